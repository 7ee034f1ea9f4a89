package codec

import (
	"net/url"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/provider/settings"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
)

// LiveURL is where a session of a model is opened: the method of a service of Google's API, in the
// version that the base URL names.
//
//	wss://generativelanguage.googleapis.com/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent
//	wss://europe-west4-aiplatform.googleapis.com/ws/google.cloud.aiplatform.v1.LlmBidiService/BidiGenerateContent
func LiveURL(v *vendor.Vendor, t *gateway.Target, model string) (*url.URL, error) {
	if _, err := modelPath(model, t); err != nil {
		return nil, err
	}
	onVertex := v.Scheme == vendor.SchemeGoogle
	if !onVertex {
		t = withGoogleVersion(v, t)
	} else if _, err := vertexURL(v, InProject(v, t), ""); err != nil {
		return nil, err // there is no project
	}
	u, err := v.Base(t)
	if err != nil {
		return nil, err
	}
	base, version := strings.TrimRight(u.Path, "/"), "v1"
	if i := strings.LastIndexByte(base, '/'); i >= 0 && strings.HasPrefix(base[i:], "/v1") {
		base, version = base[:i], base[i+1:]
	}
	service := "google.ai.generativelanguage." + version + ".GenerativeService.BidiGenerateContent"
	if onVertex {
		service = "google.cloud.aiplatform." + version + ".LlmBidiService/BidiGenerateContent"
	}
	u.Path, u.RawPath, u.Fragment = base+"/ws/"+service, "", ""
	return u, nil
}

// LiveModel is the name of a model in the setup of a session. t is in its project.
func LiveModel(v *vendor.Vendor, t *gateway.Target, model string) string {
	if v.Scheme != vendor.SchemeGoogle {
		return "models/" + strings.TrimPrefix(model, "models/")
	}
	publisher, name := vendor.Publisher(model)
	return "projects/" + v.Setting(t, settings.Project) + "/locations/" + v.Setting(t, settings.Region) + "/publishers/" + publisher + "/models/" + name
}
