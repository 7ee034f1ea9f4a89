package inference

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/vendorobject"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/errorformat"
	"github.com/sluicegate/sluice/internal/httpapi/inference/output"
	"github.com/sluicegate/sluice/internal/httpapi/inference/responsesapi"
	"github.com/sluicegate/sluice/internal/httpapi/inference/vendorapi"
)

// Settings is what the surfaces are made of. Pipeline is required.
type Settings struct {
	Pipeline gateway.Handler
	Realtime httpapi.Handler      // of sessions, which vendors' own APIs have, too
	History  responsesapi.History // of the Responses API; nil = nothing is kept
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
	output    output.Server
	responses *responsesapi.Surface
	vendors   *vendorapi.Surface
}

// Routes are the routes of all surfaces.
func Routes(settings Settings) []httpapi.Route {
	if settings.KeepAlive <= 0 {
		settings.KeepAlive = 15 * time.Second
	}
	s := &surfaces{Settings: settings, output: output.Server{Pipeline: settings.Pipeline, KeepAlive: settings.KeepAlive}}
	s.responses = &responsesapi.Surface{Output: s.output, History: settings.History, DeleteAtVendor: settings.DeleteAtVendor}
	s.vendors = &vendorapi.Surface{Output: s.output, Objects: settings.Objects, AllowUnknown: settings.AllowUnknown, Keys: settings.Keys, Known: s.ofVendor}
	routes := slices.Concat([]httpapi.Route{
		{Method: http.MethodPost, Path: "/v1/chat/completions", Need: gateway.CompletionsWrite, Audit: httpapi.AuditDenied("chat"), Handle: s.chat, Bare: true},
		{Method: http.MethodPost, Path: "/v1/embeddings", Need: gateway.CompletionsWrite, Audit: httpapi.AuditDenied("embeddings"), Handle: s.embeddings, Bare: true},
		{Method: http.MethodPost, Path: "/v1/messages", Need: gateway.CompletionsWrite, Audit: httpapi.AuditDenied("chat"), Handle: s.messages, Bare: true, Errors: errorformat.Anthropic{}},
		{Method: http.MethodPost, Path: "/v1/messages/count_tokens", Need: gateway.CompletionsWrite, Audit: httpapi.AuditDenied("count_tokens"), Handle: s.countTokens, Bare: true, Errors: errorformat.Anthropic{}},
	}, s.responses.Routes(), []httpapi.Route{
		{Method: http.MethodPost, Path: "/v1/models/*", Need: gateway.CompletionsWrite, Audit: httpapi.AuditDenied("chat"), Handle: s.gemini, Bare: true, Errors: errorformat.Google{}},
		{Method: http.MethodPost, Path: "/v1beta/models/*", Need: gateway.CompletionsWrite, Audit: httpapi.AuditDenied("chat"), Handle: s.gemini, Errors: errorformat.Google{}},
		{Method: http.MethodPost, Path: "/v1/prompts/:id/completions", Need: gateway.CompletionsWrite, Audit: httpapi.AuditDenied("chat"), Handle: s.promptCompletion},
		{Method: http.MethodPost, Path: "/v1/prompts/:id/render", Need: gateway.PromptsRender, Audit: httpapi.AuditDenied("render"), Handle: s.promptRender},
	})
	for _, path := range modelPaths {
		routes = append(routes, httpapi.Route{Method: http.MethodPost, Path: path, Need: gateway.CompletionsWrite, Audit: httpapi.AuditDenied("chat"), Handle: s.modelInPath})
	}
	for i, r := range routes {
		if about, ok := descriptions[r.Method+" "+r.Path]; ok {
			routes[i].About = about
		}
	}
	routes = append(routes, s.taskRoutes()...)
	routes = append(routes, s.vendors.ObjectRoutes()...)
	routes = append(routes, s.ollamaRoutes()...)
	routes = append(routes, s.cohereRoutes()...)
	return append(routes, s.vendors.NativeRoutes()...)
}
