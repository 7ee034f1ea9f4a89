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
	Pipeline  gateway.Handler
	Models    Models        // nil = the list is empty
	KeepAlive time.Duration // idle time after which a stream gets a comment; 0 = 15 s
}

// Models lists what a caller may name as "model". Each id can be called as it stands.
type Models interface {
	Models(ctx context.Context, by *gateway.Principal) ([]Model, error)
}

// surfaces has the handlers.
type surfaces struct{ Settings }

// Routes are the routes of all surfaces.
func Routes(settings Settings) []httpapi.Route {
	if settings.KeepAlive <= 0 {
		settings.KeepAlive = 15 * time.Second
	}
	s := &surfaces{settings}
	return []httpapi.Route{
		{Method: http.MethodPost, Path: "/v1/chat/completions", Handle: s.chat, Bare: true},
		{Method: http.MethodPost, Path: "/v1/embeddings", Handle: s.embeddings, Bare: true},
		{Method: http.MethodPost, Path: "/v1/messages", Handle: s.messages, Bare: true, Errors: httpapi.AnthropicErrors{}},
		{Method: http.MethodPost, Path: "/v1/messages/count_tokens", Handle: s.countTokens, Bare: true, Errors: httpapi.AnthropicErrors{}},
		{Method: http.MethodGet, Path: "/v1/models", Handle: s.models, Bare: true},
		{Method: http.MethodPost, Path: "/v1/prompts/:id/completions", Handle: s.promptCompletion},
		{Method: http.MethodPost, Path: "/v1/prompts/:id/render", Handle: s.promptRender},
	}
}
