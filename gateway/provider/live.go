package provider

import (
	"net/url"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/live"
	"github.com/sluicegate/sluice/gateway/provider/settings"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// isLive reports a session of Gemini's Live API.
func isLive(req *gateway.Request) bool {
	_, ok := req.Dialect.(live.Dialect)
	return ok
}

// offersLive reports whether the vendor has the Live API.
func offersLive(v *vendor.Vendor) bool {
	return v.Format == vendor.FormatGoogle || v.Scheme == vendor.SchemeGoogle
}

// refusesSetup reports the code of WebSocket by which Google tells that the setup is wrong, or the model
// unknown.
func refusesSetup(code int) bool { return code == 1007 || code == 1008 }

// liveURL is where a session of a model is opened: the method of a service of Google's API, in the
// version that the base URL names.
//
//	wss://generativelanguage.googleapis.com/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent
//	wss://europe-west4-aiplatform.googleapis.com/ws/google.cloud.aiplatform.v1.LlmBidiService/BidiGenerateContent
func liveURL(v *vendor.Vendor, t *gateway.Target, model string) (*url.URL, error) {
	if _, err := modelPath(model, t); err != nil {
		return nil, err
	}
	onVertex := v.Scheme == vendor.SchemeGoogle
	if !onVertex {
		t = withGoogleVersion(v, t)
	} else if _, err := vertexURL(v, inProject(v, t), ""); err != nil {
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

// liveModel is the name of a model in the setup of a session. t is in its project.
func liveModel(v *vendor.Vendor, t *gateway.Target, model string) string {
	if v.Scheme != vendor.SchemeGoogle {
		return "models/" + strings.TrimPrefix(model, "models/")
	}
	publisher, name := vendor.Publisher(model)
	return "projects/" + v.Setting(t, settings.Project) + "/locations/" + v.Setting(t, settings.Region) + "/publishers/" + publisher + "/models/" + name
}

// permitLive refuses a message of the caller's that would set the session up once more.
func permitLive(message []byte) error {
	if jsonx.Get(message, "setup") != nil {
		return gateway.InvalidField("provider.permitLive", "setup", "The field 'setup' belongs to the first message of a session.")
	}
	return nil
}
