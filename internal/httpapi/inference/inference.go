package inference

import (
	"context"
	"net/http"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/vendorobject"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/errorformat"
	"github.com/sluicegate/sluice/internal/httpapi/inference/output"
)

// Settings is what the surfaces are made of. Pipeline is required.
type Settings struct {
	Pipeline gateway.Handler
	Realtime httpapi.Handler // of sessions, which vendors' own APIs have, too
	History  History         // of the Responses API; nil = nothing is kept
	// DeleteAtVendor deletes a response that a virtual key's vendor keeps, too.
	DeleteAtVendor func(ctx context.Context, workspace string, keptBy gateway.VendorAccount, id string) error
	// Objects tells which workspace owns what vendors keep; nil = nobody owns anything.
	Objects vendorobject.Store
	// AllowUnknown lets calls use objects that no call through Sluice has made, and paths of vendors'
	// own APIs that Sluice does not know. What other workspaces have made is refused all the same.
	AllowUnknown bool
	// Keys lists the virtual keys of a workspace.
	Keys      func(ctx context.Context, workspace string) ([]gateway.VirtualKey, error)
	KeepAlive time.Duration // idle time after which a stream gets a comment; 0 = 15 s
}

// surfaces has the handlers.
type surfaces struct {
	Settings
	output output.Server
}

// Routes are the routes of all surfaces.
func Routes(settings Settings) []httpapi.Route {
	if settings.KeepAlive <= 0 {
		settings.KeepAlive = 15 * time.Second
	}
	s := &surfaces{settings, output.Server{Pipeline: settings.Pipeline, KeepAlive: settings.KeepAlive}}
	routes := []httpapi.Route{
		{Method: http.MethodPost, Path: "/v1/chat/completions", Need: gateway.CompletionsWrite, Audit: httpapi.AuditDenied("chat"), Handle: s.chat, Bare: true},
		{Method: http.MethodPost, Path: "/v1/embeddings", Need: gateway.CompletionsWrite, Audit: httpapi.AuditDenied("embeddings"), Handle: s.embeddings, Bare: true},
		{Method: http.MethodPost, Path: "/v1/messages", Need: gateway.CompletionsWrite, Audit: httpapi.AuditDenied("chat"), Handle: s.messages, Bare: true, Errors: errorformat.Anthropic{}},
		{Method: http.MethodPost, Path: "/v1/messages/count_tokens", Need: gateway.CompletionsWrite, Audit: httpapi.AuditDenied("count_tokens"), Handle: s.countTokens, Bare: true, Errors: errorformat.Anthropic{}},
		{Method: http.MethodPost, Path: "/v1/responses", Need: gateway.CompletionsWrite, Audit: httpapi.AuditDenied("chat"), Handle: s.responses, Bare: true, Errors: errorformat.Responses{}},
		{Method: http.MethodPost, Path: "/v1/responses/input_tokens", Need: gateway.CompletionsWrite, Audit: httpapi.AuditDenied("count_tokens"), Handle: s.responsesInputTokens, Bare: true, Errors: errorformat.Responses{}},
		{Method: http.MethodPost, Path: "/v1/responses/compact", Need: gateway.CompletionsWrite, Audit: httpapi.AuditDenied("compact"), Handle: s.responsesCompact, Bare: true, Errors: errorformat.Responses{}},
		{Method: http.MethodGet, Path: "/v1/responses/:id", Need: gateway.CompletionsWrite, Audit: httpapi.AuditDenied("response.get"), Handle: s.response, Bare: true, Errors: errorformat.Responses{}},
		{Method: http.MethodDelete, Path: "/v1/responses/:id", Need: gateway.CompletionsWrite, Audit: httpapi.AuditEvery("response.delete"), Handle: s.deleteResponse, Bare: true, Errors: errorformat.Responses{}},
		{Method: http.MethodPost, Path: "/v1/responses/:id/cancel", Need: gateway.CompletionsWrite, Audit: httpapi.AuditEvery("response.cancel"), Handle: s.cancelResponse, Bare: true, Errors: errorformat.Responses{}},
		{Method: http.MethodGet, Path: "/v1/responses/:id/input_items", Need: gateway.CompletionsWrite, Audit: httpapi.AuditDenied("response.input_items"), Handle: s.responseInputItems, Bare: true, Errors: errorformat.Responses{}},
		{Method: http.MethodGet, Path: "/v1/responses", Need: gateway.CompletionsWrite, Audit: httpapi.AuditDenied("chat"), Handle: s.responsesUpgrade, Bare: true, Errors: errorformat.Responses{}},
		{Method: http.MethodPost, Path: "/v1/models/*", Need: gateway.CompletionsWrite, Audit: httpapi.AuditDenied("chat"), Handle: s.gemini, Bare: true, Errors: errorformat.Google{}},
		{Method: http.MethodPost, Path: "/v1beta/models/*", Need: gateway.CompletionsWrite, Audit: httpapi.AuditDenied("chat"), Handle: s.gemini, Errors: errorformat.Google{}},
		{Method: http.MethodPost, Path: "/v1/prompts/:id/completions", Need: gateway.CompletionsWrite, Audit: httpapi.AuditDenied("chat"), Handle: s.promptCompletion},
		{Method: http.MethodPost, Path: "/v1/prompts/:id/render", Need: gateway.PromptsRender, Audit: httpapi.AuditDenied("render"), Handle: s.promptRender},
	}
	for _, path := range modelPaths {
		routes = append(routes, httpapi.Route{Method: http.MethodPost, Path: path, Need: gateway.CompletionsWrite, Audit: httpapi.AuditDenied("chat"), Handle: s.modelInPath})
	}
	for i, r := range routes {
		routes[i].About = descriptions[r.Method+" "+r.Path]
	}
	routes = append(routes, s.taskRoutes()...)
	routes = append(routes, s.objectRoutes()...)
	routes = append(routes, s.ollamaRoutes()...)
	routes = append(routes, s.cohereRoutes()...)
	return append(routes, s.nativeRoutes()...)
}
