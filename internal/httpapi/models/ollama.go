package models

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/errorformat"
)

// ollamaShape is Ollama's (https://docs.ollama.com/api/tags, https://docs.ollama.com/api-reference/show-model-details).
// What is about the file of a model is empty: there is none.
type ollamaShape struct{}

type ollamaList struct {
	Models []ollamaModel `json:"models"`
}

type ollamaModel struct {
	Name     string        `json:"name"`
	Model    string        `json:"model"`
	Modified string        `json:"modified_at"`
	Size     int64         `json:"size"`
	Digest   string        `json:"digest"`
	Details  ollamaDetails `json:"details"`
}

type ollamaDetails struct {
	Parent       string   `json:"parent_model"`
	Format       string   `json:"format"`
	Family       string   `json:"family"` // the provider
	Families     []string `json:"families"`
	Parameters   string   `json:"parameter_size"`
	Quantization string   `json:"quantization_level"`
}

type ollamaShown struct {
	Modelfile    string         `json:"modelfile"`
	Parameters   string         `json:"parameters"`
	Template     string         `json:"template"`
	Details      ollamaDetails  `json:"details"`
	Info         map[string]any `json:"model_info"`
	Capabilities []string       `json:"capabilities"`
	Modified     string         `json:"modified_at"`
}

func (ollamaShape) list(p page) any {
	out := ollamaList{Models: make([]ollamaModel, 0, len(p.models))}
	for i := range p.models {
		m := &p.models[i]
		out.Models = append(out.Models, ollamaModel{Name: m.ID, Model: m.ID, Modified: modifiedAt(m), Details: detailsOf(m)})
	}
	return out
}

func (ollamaShape) one(m *Model) any {
	info := map[string]any{"general.architecture": m.Provider}
	if m.Context > 0 {
		info[m.Provider+".context_length"] = m.Context
	}
	return ollamaShown{Details: detailsOf(m), Info: info, Capabilities: ollamaCapabilities(m), Modified: modifiedAt(m)}
}

func detailsOf(m *Model) ollamaDetails {
	return ollamaDetails{Family: m.Provider, Families: []string{m.Provider}}
}

func modifiedAt(m *Model) string {
	at := m.Created
	if at.IsZero() {
		at = time.Unix(0, 0)
	}
	return at.UTC().Format(time.RFC3339)
}

// ollamaCapabilities are Ollama's words for what a model can do.
func ollamaCapabilities(m *Model) []string {
	if strings.Contains(m.ID, "embed") { // as Google's clients are told
		return []string{"embedding"}
	}
	out := []string{"completion"}
	for _, word := range []struct{ ours, ollama string }{{"tools", "tools"}, {"vision", "vision"}, {"reasoning", "thinking"}} {
		if slices.Contains(m.Capabilities, word.ours) {
			out = append(out, word.ollama)
		}
	}
	return out
}

// ollamaVersion is the version of Ollama whose API the routes for its clients follow.
const ollamaVersion = "0.12.0"

// ollamaRoutes are the routes of Ollama's clients, also under the prefix for an address of their own.
func (h *handlers) ollamaRoutes() []httpapi.Route {
	const tags, show, version = "https://docs.ollama.com/api/tags", "https://docs.ollama.com/api-reference/show-model-details", "https://docs.ollama.com/api-reference/get-version"
	var routes []httpapi.Route
	for _, prefix := range []string{"", "/ollama"} {
		route := func(method, path, event string, handle httpapi.Handler, about httpapi.Description) {
			about.Group = "ollama"
			routes = append(routes, httpapi.Route{Method: method, Path: prefix + path, Need: gateway.CompletionsWrite, Audit: httpapi.AuditDenied(event), Handle: handle, Errors: errorformat.Ollama{}, About: about})
		}
		route(http.MethodGet, "/api/tags", "model.list", h.list, httpapi.Description{Summary: "Lists the models that the caller can call, in Ollama's shape", Answer: ollamaList{}, Vendor: tags})
		route(http.MethodPost, "/api/show", "model.get", h.ollamaShow, httpapi.Description{Summary: "Shows a model, in Ollama's shape", Body: ollamaShowBody{}, Answer: ollamaShown{}, Vendor: show})
		route(http.MethodGet, "/api/version", "model.list", func(c *httpapi.Call) error {
			if _, err := c.Authenticated(); err != nil {
				return err
			}
			return c.SendJSON(http.StatusOK, ollamaVersionAnswer{ollamaVersion})
		}, httpapi.Description{Summary: "Tells the version of Ollama's API that is followed", Answer: ollamaVersionAnswer{}, Vendor: version})
	}
	return routes
}

type ollamaVersionAnswer struct {
	Version string `json:"version"`
}

type ollamaShowBody struct {
	Model string `json:"model,omitempty"`
	Name  string `json:"name,omitempty"` // of older clients
}

// ollamaShow shows the model that the body names.
func (h *handlers) ollamaShow(c *httpapi.Call) error {
	all, err := h.models(c)
	if err != nil {
		return err
	}
	raw, err := c.Body()
	if err != nil {
		return err
	}
	var body ollamaShowBody
	if err := json.Unmarshal(raw, &body); err != nil {
		return gateway.InvalidField("models.ollamaShow", "", "The request body must be a JSON object that names a model.")
	}
	id := body.Model
	if id == "" {
		id = body.Name
	}
	if id == "" {
		return gateway.InvalidField("models.ollamaShow", "model", "The field 'model' is missing.")
	}
	m := find(all, id)
	if m == nil {
		return noModel(id)
	}
	return c.SendJSON(http.StatusOK, ollamaShape{}.one(m))
}
