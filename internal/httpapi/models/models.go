package models

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/errorformat"
)

// Model is one entry of the list.
type Model struct {
	ID           string // "@vk_anthropic_prod/claude-opus-4-7", "mock/echo"
	Provider     string // vendor id
	Created      time.Time
	Context      int64          // tokens; 0 = unknown
	Output       int64          // tokens of one answer; 0 = unknown
	Price        *gateway.Price // nil = unknown
	Capabilities []string       // nil = unknown
}

// Source lists what a caller may name as "model". Each id can be called as it stands.
type Source interface {
	// Models lists the models of a caller; nil = of a caller without a key.
	Models(ctx context.Context, by *gateway.Principal) ([]Model, error)
}

// Settings is what the routes are made of. Source is required.
type Settings struct {
	Source Source
	Public bool // lists need no key, as OpenRouter's
}

// shape writes models for the clients of one vendor.
type shape interface {
	// list is a page of the models.
	list(p page) any
	// one is a single model.
	one(m *Model) any
}

// Routes are the routes of the lists and of single models.
func Routes(settings Settings) []httpapi.Route {
	h := &handlers{settings}
	return append([]httpapi.Route{
		{Method: http.MethodGet, Path: "/v1/models", Need: gateway.CompletionsWrite, Audit: httpapi.AuditDenied("model.list"), Handle: h.list, Bare: true, About: httpapi.Description{Summary: "Lists the models that the caller can call, in the shape of its client", Vendor: "https://platform.openai.com/docs/api-reference/models/list"}},
		{Method: http.MethodGet, Path: "/v1/models/*", Need: gateway.CompletionsWrite, Audit: httpapi.AuditDenied("model.get"), Handle: h.one, Bare: true, About: httpapi.Description{Summary: "Shows a model, in the shape of the caller's client", Vendor: "https://platform.openai.com/docs/api-reference/models/retrieve"}},
		{Method: http.MethodGet, Path: "/v1beta/models", Need: gateway.CompletionsWrite, Audit: httpapi.AuditDenied("model.list"), Handle: h.list, Errors: errorformat.Google{}, About: httpapi.Description{Summary: "Lists the models that the caller can call, in Gemini's shape", Vendor: "https://ai.google.dev/api/models"}},
		{Method: http.MethodGet, Path: "/v1beta/models/*", Need: gateway.CompletionsWrite, Audit: httpapi.AuditDenied("model.get"), Handle: h.one, Errors: errorformat.Google{}, About: httpapi.Description{Summary: "Shows a model, in Gemini's shape", Vendor: "https://ai.google.dev/api/models"}},
		{Method: http.MethodGet, Path: "/v1/codex/models.json", Need: gateway.CompletionsWrite, Audit: httpapi.AuditDenied("model.list"), Handle: h.codexFile, About: httpapi.Description{Summary: "Lists the models as Codex reads them from a file", Answer: map[string]any{}}},
	}, h.ollamaRoutes()...)
}

type handlers struct{ Settings }

// shapeOf is the shape that the caller's client reads.
func shapeOf(c *httpapi.Call) shape {
	switch {
	case strings.HasPrefix(c.Route, "/v1beta/"):
		return googleShape{}
	case strings.HasSuffix(c.Route, "/api/tags"):
		return ollamaShape{}
	case c.Anthropic():
		return anthropicShape{}
	case c.Google():
		return googleShape{}
	case c.Query("client_version") != "":
		return codexShape{}
	case c.OpenRouter():
		return openRouterShape{}
	}
	return openAIShape{}
}

// models are those of the caller, who needs a key unless the lists are public.
func (h *handlers) models(c *httpapi.Call) ([]Model, error) {
	caller, err := c.Authenticated()
	if err != nil && !h.Public {
		return nil, err
	}
	if err := c.RefuseWorkspace(); err != nil {
		return nil, err
	}
	return h.Source.Models(c.Context(), caller)
}

func (h *handlers) list(c *httpapi.Call) error {
	all, err := h.models(c)
	if err != nil {
		return err
	}
	page, err := cut(c, all)
	if err != nil {
		return err
	}
	return c.SendJSON(http.StatusOK, shapeOf(c).list(page))
}

// codexFile answers with the file that Codex reads its models from, to be saved.
func (h *handlers) codexFile(c *httpapi.Call) error {
	all, err := h.models(c)
	if err != nil {
		return err
	}
	c.SetHeader("Content-Disposition", `attachment; filename="models.json"`)
	return c.SendJSON(http.StatusOK, codexShape{}.list(page{models: all}))
}

// one answers for a single model. OpenRouter's clients find the endpoints of a model below it,
// and the number of models beside them.
func (h *handlers) one(c *httpapi.Call) error {
	all, err := h.models(c)
	if err != nil {
		return err
	}
	id := c.Param("*")
	if c.OpenRouter() {
		if id == "count" {
			return c.SendJSON(http.StatusOK, countOf(all))
		}
		if of, ok := strings.CutSuffix(id, "/endpoints"); ok {
			if m := find(all, of); m != nil {
				return c.SendJSON(http.StatusOK, endpointsOf(m))
			}
		}
	}
	m := find(all, id)
	if m == nil {
		return noModel(id)
	}
	return c.SendJSON(http.StatusOK, shapeOf(c).one(m))
}

func noModel(id string) error {
	return &gateway.Error{Op: "models.one", Kind: gateway.NotFound, Code: "model_not_found", Param: "model",
		Public: "The model '" + gateway.Clip(strings.ToValidUTF8(id, "\uFFFD"), 200) + "' does not exist, or your key may not use it."}
}

func find(all []Model, id string) *Model {
	for i := range all {
		if all[i].ID == id {
			return &all[i]
		}
	}
	return nil
}

// known is nil for the zero that means unknown.
func known(n int64) *int64 {
	if n == 0 {
		return nil
	}
	return &n
}
