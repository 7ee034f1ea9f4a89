package inference

import (
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/gemini"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/inference/input"
	"github.com/sluicegate/sluice/internal/httpapi/inference/output"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// geminiMethod is a method of a model in Google's API.
type geminiMethod struct {
	op       gateway.Op
	stream   bool
	required []string // one of these fields must be there
	foreign  string   // field of another method, which would be called for it; "" = none
}

var geminiMethods = map[string]geminiMethod{
	"generateContent":       {op: gateway.OpChat, required: []string{"contents"}},
	"streamGenerateContent": {op: gateway.OpChat, stream: true, required: []string{"contents"}},
	"countTokens":           {op: gateway.OpCountTokens, required: []string{"contents", "generateContentRequest", "generate_content_request"}},
	"embedContent":          {op: gateway.OpEmbeddings, required: []string{"content"}, foreign: "requests"},
	"batchEmbedContents":    {op: gateway.OpEmbeddings, required: []string{"requests"}},
}

// gemini answers POST /v1beta/models/{model}:{method}, Google's API. The model may hold
// slashes, and "@" before a virtual key: the last colon ends it. A stream comes as
// server-sent events with alt=sse, else as one JSON array that grows.
func (s *surfaces) gemini(c *httpapi.Call) error { return s.geminiMethod(c, c.Param("*")) }

// geminiMethod answers a call of a method; path is what follows the version, or the models.
func (s *surfaces) geminiMethod(c *httpapi.Call, path string) error {
	model, name := cutMethod(path)
	method, known := geminiMethods[name]
	if known && strings.HasSuffix(c.Route, "models/*") {
		c.Route = strings.TrimSuffix(c.Route, "*") + "{model}:" + name
	}
	c.Open(method.op)
	input.As(c, func(raw []byte) (*gateway.Request, error) { return method.request(model, raw) })
	if method.stream && c.Query("alt") != "sse" {
		return s.output.Serve(c, output.GeminiList)
	}
	return s.output.Serve(c, output.Gemini)
}

// cutMethod cuts "models/m:generateContent" into the model and the method.
func cutMethod(path string) (model, method string) {
	colon := strings.LastIndexByte(path, ':')
	if colon < 0 {
		return path, ""
	}
	return strings.TrimPrefix(path[:colon], "models/"), path[colon+1:]
}

// request parses a body.
func (m *geminiMethod) request(model string, raw []byte) (*gateway.Request, error) {
	const op = "inference.gemini"
	switch {
	case len(m.required) == 0:
		return nil, &gateway.Error{Op: op, Kind: gateway.NotFound, Code: "unknown_method",
			Public: "The path must end in {model}:generateContent, :streamGenerateContent, :countTokens, :embedContent or :batchEmbedContents."}
	case model == "":
		return nil, gateway.InvalidField(op, "model", "The path names no model.")
	}
	if err := gateway.CheckBody(op, raw); err != nil {
		return nil, err
	}
	found := false
	for _, field := range m.required {
		found = found || jsonx.Get(raw, field) != nil
	}
	if !found {
		return nil, gateway.InvalidField(op, m.required[0], "The field '"+m.required[0]+"' is missing.")
	}
	if m.foreign != "" && jsonx.Get(raw, m.foreign) != nil {
		return nil, gateway.InvalidField(op, m.foreign, "The field '"+m.foreign+"' is not for this method.")
	}
	return gateway.NewRequest(gemini.Dialect{}, m.op, gemini.FromURL(raw, model, m.stream))
}
