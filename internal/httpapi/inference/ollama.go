package inference

import (
	"net/http"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect"
	"github.com/sluicegate/sluice/gateway/dialect/ollama"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/errorformat"
	"github.com/sluicegate/sluice/internal/httpapi/inference/output"
)

// ollamaPrefix begins the paths for clients that get an address of their own for Ollama.
const ollamaPrefix = "/ollama"

type (
	ollamaChatBody struct {
		Model    string `json:"model,omitempty"`
		Messages []any  `json:"messages"`
		Stream   *bool  `json:"stream,omitempty"` // absent: true
	}
	ollamaGenerateBody struct {
		Model  string `json:"model,omitempty"`
		Prompt string `json:"prompt"`
		System string `json:"system,omitempty"`
		Stream *bool  `json:"stream,omitempty"` // absent: true
	}
	ollamaEmbedBody struct {
		Model string `json:"model,omitempty"`
		Input any    `json:"input"` // a string or a list
	}
)

// ollamaRoutes are the routes of Ollama's clients.
func (s *surfaces) ollamaRoutes() []httpapi.Route {
	var routes []httpapi.Route
	for _, o := range []struct {
		path    string
		format  dialect.ClientFormat
		op      gateway.Op
		body    any
		summary string
		types   []string
	}{
		{"/api/chat", ollama.Dialect{}, gateway.OpChat, ollamaChatBody{}, "Answers a chat, in Ollama's format", []string{"application/x-ndjson", "application/json"}},
		{"/api/generate", ollama.Generate{}, gateway.OpChat, ollamaGenerateBody{}, "Answers a prompt, in Ollama's format", []string{"application/x-ndjson", "application/json"}},
		{"/api/embed", ollama.Dialect{}, gateway.OpEmbeddings, ollamaEmbedBody{}, "Embeds texts, in Ollama's format", nil},
	} {
		for _, prefix := range []string{"", ollamaPrefix} {
			routes = append(routes, httpapi.Route{Method: http.MethodPost, Path: prefix + o.path, Need: gateway.CompletionsWrite, Audit: httpapi.AuditDenied(string(o.op)), Errors: errorformat.Ollama{},
				Handle: func(c *httpapi.Call) error { return s.client(c, o.format, o.op, output.Ollama) },
				About:  httpapi.Description{Group: "ollama", Summary: o.summary, Body: o.body, Types: o.types, Vendor: "https://docs.ollama.com" + o.path}})
		}
	}
	return routes
}
