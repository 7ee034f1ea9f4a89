package inference

import (
	"net/http"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/cohere"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/errorformat"
	"github.com/sluicegate/sluice/internal/httpapi/inference/output"
)

type (
	cohereChatBody struct {
		Model    string `json:"model,omitempty"`
		Messages []any  `json:"messages"`
		Stream   bool   `json:"stream,omitempty"`
	}
	cohereEmbedBody struct {
		Model  string   `json:"model,omitempty"`
		Texts  []string `json:"texts,omitempty"`  // these or inputs
		Inputs []any    `json:"inputs,omitempty"` // of one block of text each
	}
)

// cohereRoutes are the routes of Cohere's clients, also under the prefix of Cohere's own API.
func (s *surfaces) cohereRoutes() []httpapi.Route {
	const reference = "https://docs.cohere.com/reference/"
	var routes []httpapi.Route
	for _, prefix := range []string{"", "/cohere"} {
		add := func(path string, op gateway.Op, handle httpapi.Handler, about httpapi.Description) {
			about.Group = "cohere"
			routes = append(routes, httpapi.Route{Method: http.MethodPost, Path: prefix + path, Need: gateway.CompletionsWrite, Audit: httpapi.AuditDenied(string(op)), Errors: errorformat.Cohere{}, Handle: handle, About: about})
		}
		add("/v2/chat", gateway.OpChat, func(c *httpapi.Call) error { return s.client(c, cohere.Dialect{}, gateway.OpChat, output.Cohere) },
			httpapi.Description{Summary: "Answers a chat, in Cohere's format", Body: cohereChatBody{}, Types: orStreamed, Vendor: reference + "chat"})
		add("/v2/embed", gateway.OpEmbeddings, func(c *httpapi.Call) error {
			return s.client(c, cohere.Dialect{}, gateway.OpEmbeddings, output.Cohere)
		}, httpapi.Description{Summary: "Embeds texts, in Cohere's format", Body: cohereEmbedBody{}, Vendor: reference + "embed"})
	}
	for i := range taskRoutes {
		if t := &taskRoutes[i]; t.op == gateway.OpRerank {
			routes = append(routes, httpapi.Route{Method: http.MethodPost, Path: "/cohere" + t.path, Need: gateway.CompletionsWrite, Audit: httpapi.AuditDenied(string(t.op)), Errors: errorformat.Cohere{},
				Handle: func(c *httpapi.Call) error { return s.task(c, t) },
				About:  httpapi.Description{Group: "cohere", Summary: t.summary, Body: t.body, Vendor: reference + "rerank"}})
		}
	}
	return routes
}
