package codec

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/dialect/gemini"
	"github.com/sluicegate/sluice/gateway/provider/auth/google"
	"github.com/sluicegate/sluice/gateway/provider/settings"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// The codecs of Vertex AI. Gemini models are called by generateContent
// (https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference), Claude by rawPredict
// (https://cloud.google.com/vertex-ai/generative-ai/docs/partner-models/claude/use-claude), and the
// others in OpenAI's format
// (https://cloud.google.com/vertex-ai/generative-ai/docs/start/openai).
type (
	vertexGemini struct{ googleCodec }
	vertexClaude struct{ anthropicCodec }
	vertexOpen   struct{ *openaiCodec }
)

func newVertexCodec(v *vendor.Vendor, format string) Codec {
	switch format {
	case gateway.FormatGemini:
		return &vertexGemini{googleCodec{*v}}
	case gateway.FormatMessages:
		return &vertexClaude{anthropicCodec{*v}}
	}
	return &vertexOpen{newOpenAICodec(*v)}
}

// anthropicOnVertex is the version of the Messages API that Vertex takes in a body.
const anthropicOnVertex = "vertex-2023-10-16"

// InProject returns t with the project of its credential, unless its virtual key sets one.
func InProject(v *vendor.Vendor, t *gateway.Target) *gateway.Target {
	if v.Scheme != vendor.SchemeGoogle || t.Settings[settings.Project.Name] != "" {
		return t
	}
	project := google.ProjectOf(t.Credential)
	if _, problem := settings.Check([]settings.Setting{settings.Project}, gateway.ProviderSettings{settings.Project.Name: project}); problem != "" {
		return t
	}
	c := *t
	c.Settings = gateway.ProviderSettings{settings.Project.Name: project}
	for name, value := range t.Settings {
		c.Settings[name] = value
	}
	return &c
}

// vertexURL is the URL of something in the project and region of a target.
func vertexURL(v *vendor.Vendor, t *gateway.Target, path string) (*url.URL, error) {
	project := v.Setting(t, settings.Project)
	if project == "" {
		return nil, &gateway.Error{Op: "codec.vertexURL", Kind: gateway.Invalid, Param: "settings.project", Target: t.Path,
			Public: "The provider '" + v.ID + "' needs a project: its virtual key needs the setting 'project', or the key of a service account, which names one."}
	}
	base := *t
	base.BaseURL = strings.TrimSuffix(strings.TrimSuffix(strings.TrimRight(t.BaseURL, "/"), "/v1"), "/v1beta1")
	return v.Endpoint(&base, "", "/v1/projects/"+project+"/locations/"+v.Setting(t, settings.Region)+path)
}

// vertexPath is the path of a method of a model.
func vertexPath(t *gateway.Target, model, method string) (string, error) {
	publisher, name := vendor.Publisher(model)
	for _, part := range []string{publisher, name} {
		if !isSegment(part) || strings.Contains(part, ":") {
			return "", badModel("codec.vertexPath", t, "")
		}
	}
	return "/publishers/" + publisher + "/models/" + name + ":" + method, nil
}

func (c *vertexGemini) Request(t *gateway.Target, req *gateway.Request) (*http.Request, []byte, error) {
	body, method := gemini.Wire(req.Raw), "generateContent"
	switch {
	case req.Op == gateway.OpCountTokens:
		method = "countTokens"
		if inner := jsonx.Get(body, "generateContentRequest"); inner != nil { // of the API without projects
			body = jsonx.Update(inner, jsonx.Change{Name: "model"})
		}
	case req.Stream():
		method = "streamGenerateContent"
	}
	path, err := vertexPath(t, req.Model(), method)
	if err != nil {
		return nil, nil, err
	}
	to, err := vertexURL(&c.vendor, t, path)
	if err != nil {
		return nil, nil, err
	}
	return newGooglePost(to, body, req.Stream()), body, nil
}

func (c *vertexClaude) Request(t *gateway.Target, req *gateway.Request) (*http.Request, []byte, error) {
	body, method, model := anthropic.WithoutForeign(req.Raw), "rawPredict", req.Model()
	if c.DropsBillingLine(t) {
		body = anthropic.WithoutBillingLine(body)
	}
	version := jsonx.Change{Name: "anthropic_version", Value: jsonx.Quote(anthropicOnVertex), IfAbsent: true}
	switch {
	case req.Op == gateway.OpCountTokens:
		_, name := vendor.Publisher(model)
		body = jsonx.Update(body, append(append([]jsonx.Change(nil), uncounted...), jsonx.Change{Name: "model", Value: jsonx.Quote(name)})...)
		model = "anthropic/count-tokens"
	default:
		if t.CachePoints {
			body = anthropic.WithCachePoints(body)
		}
		body = jsonx.Update(body, jsonx.Change{Name: "model"}, version)
		if req.Stream() {
			method = "streamRawPredict"
		}
	}
	path, err := vertexPath(t, model, method)
	if err != nil {
		return nil, nil, err
	}
	to, err := vertexURL(&c.vendor, t, path)
	if err != nil {
		return nil, nil, err
	}
	return NewPost(to, body, req.Stream()), body, nil
}

// Error implements Codec. Errors of the platform have Google's form, those of the model Anthropic's.
func (c *vertexClaude) Error(status int, header http.Header, body []byte) *gateway.Error {
	if gjson.GetBytes(body, "error.status").Exists() || gjson.GetBytes(body, "0.error").Exists() {
		return (&googleCodec{c.vendor}).Error(status, header, body)
	}
	return c.anthropicCodec.Error(status, header, body)
}

func (c *vertexOpen) Request(t *gateway.Target, req *gateway.Request) (*http.Request, []byte, error) {
	to, err := vertexURL(&c.vendor, t, "/endpoints/openapi")
	if err != nil {
		return nil, nil, err
	}
	publisher, name := vendor.Publisher(req.Model())
	if req, err = req.WithFields(jsonx.Change{Name: "model", Value: jsonx.Quote(publisher + "/" + name)}); err != nil {
		return nil, nil, err
	}
	at := *t
	at.BaseURL = to.String()
	return c.openaiCodec.Request(&at, req)
}
