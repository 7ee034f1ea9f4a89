package inference

import (
	"context"
	"net/http"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
)

// Settings is what the surfaces are made of. Pipeline is required.
type Settings struct {
	Pipeline gateway.Handler
	History  History // of the Responses API; nil = nothing is kept
	// DeleteAtVendor deletes a response that a virtual key's vendor keeps, too.
	DeleteAtVendor func(ctx context.Context, workspace, virtualKey, id string) error
	KeepAlive      time.Duration // idle time after which a stream gets a comment; 0 = 15 s
}

// surfaces has the handlers.
type surfaces struct{ Settings }

// Routes are the routes of all surfaces.
func Routes(settings Settings) []httpapi.Route {
	if settings.KeepAlive <= 0 {
		settings.KeepAlive = 15 * time.Second
	}
	s := &surfaces{settings}
	routes := []httpapi.Route{
		{Method: http.MethodPost, Path: "/v1/chat/completions", Handle: s.chat, Bare: true},
		{Method: http.MethodPost, Path: "/v1/embeddings", Handle: s.embeddings, Bare: true},
		{Method: http.MethodPost, Path: "/v1/messages", Handle: s.messages, Bare: true, Errors: httpapi.AnthropicErrors{}},
		{Method: http.MethodPost, Path: "/v1/messages/count_tokens", Handle: s.countTokens, Bare: true, Errors: httpapi.AnthropicErrors{}},
		{Method: http.MethodPost, Path: "/v1/responses", Handle: s.responses, Bare: true, Errors: httpapi.ResponsesErrors{}},
		{Method: http.MethodPost, Path: "/v1/responses/input_tokens", Handle: s.responsesInputTokens, Bare: true, Errors: httpapi.ResponsesErrors{}},
		{Method: http.MethodPost, Path: "/v1/responses/compact", Handle: s.responsesCompact, Bare: true, Errors: httpapi.ResponsesErrors{}},
		{Method: http.MethodGet, Path: "/v1/responses/:id", Handle: s.response, Bare: true, Errors: httpapi.ResponsesErrors{}},
		{Method: http.MethodDelete, Path: "/v1/responses/:id", Handle: s.deleteResponse, Bare: true, Errors: httpapi.ResponsesErrors{}},
		{Method: http.MethodPost, Path: "/v1/responses/:id/cancel", Handle: s.cancelResponse, Bare: true, Errors: httpapi.ResponsesErrors{}},
		{Method: http.MethodGet, Path: "/v1/responses/:id/input_items", Handle: s.responseInputItems, Bare: true, Errors: httpapi.ResponsesErrors{}},
		{Method: http.MethodGet, Path: "/v1/responses", Handle: s.responsesUpgrade, Bare: true, Errors: httpapi.ResponsesErrors{}},
		{Method: http.MethodPost, Path: "/v1/models/*", Handle: s.gemini, Bare: true, Errors: httpapi.GoogleErrors{}},
		{Method: http.MethodPost, Path: "/v1beta/models/*", Handle: s.gemini, Errors: httpapi.GoogleErrors{}},
		{Method: http.MethodPost, Path: "/v1/prompts/:id/completions", Handle: s.promptCompletion},
		{Method: http.MethodPost, Path: "/v1/prompts/:id/render", Handle: s.promptRender},
	}
	for _, path := range modelPaths {
		routes = append(routes, httpapi.Route{Method: http.MethodPost, Path: path, Handle: s.modelInPath})
	}
	return routes
}
