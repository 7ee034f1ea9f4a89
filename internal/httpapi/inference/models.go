package inference

import (
	"net/http"
	"strconv"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
)

// Model is one entry of the list.
type Model struct {
	ID       string // "@vk_anthropic_prod/claude-opus-4-7", "mock/echo"
	Provider string // vendor id
	Created  time.Time
	Context  int            // tokens; 0 = unknown
	Output   int            // tokens; 0 = unknown
	Price    *gateway.Price // nil = unknown
}

type modelList struct {
	Object string      `json:"object"`
	Data   []any       `json:"data"`
	Total  *int        `json:"total_count,omitempty"`
	Links  *modelLinks `json:"links,omitempty"`
}

type modelLinks struct {
	Next *string `json:"next"`
}

type modelResponse struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	Created int64  `json:"created"`
	Owner   string `json:"owned_by"`
}

// openRouterModel adds the fields that OpenRouter's typed client requires; null means unknown.
type openRouterModel struct {
	modelResponse
	Slug         string                 `json:"canonical_slug"`
	Name         string                 `json:"name"`
	Context      *int                   `json:"context_length"`
	Architecture openRouterArchitecture `json:"architecture"`
	Pricing      map[string]string      `json:"pricing"`
	Top          openRouterTop          `json:"top_provider"`
	Limits       *struct{}              `json:"per_request_limits"`
	Parameters   []string               `json:"supported_parameters"`
	Defaults     *struct{}              `json:"default_parameters"`
	Voices       *struct{}              `json:"supported_voices"`
	Links        openRouterLinks        `json:"links"`
}

type openRouterArchitecture struct {
	Modality string   `json:"modality"`
	In       []string `json:"input_modalities"`
	Out      []string `json:"output_modalities"`
}

type openRouterTop struct {
	Context   *int `json:"context_length"`
	Output    *int `json:"max_completion_tokens"`
	Moderated bool `json:"is_moderated"`
}

type openRouterLinks struct {
	Details string `json:"details"`
}

// models answers GET /v1/models.
func (s *surfaces) models(c *httpapi.Call) error {
	caller, err := c.Authenticated()
	if err != nil {
		return err
	}
	if err := refuseWorkspace(c); err != nil {
		return err
	}
	var all []Model
	if s.Models != nil {
		if all, err = s.Models.Models(c.Context(), caller); err != nil {
			return err
		}
	}
	list := modelList{Object: "list", Data: make([]any, 0, len(all))}
	for i := range all {
		m := &all[i]
		shape := modelResponse{ID: m.ID, Object: "model", Owner: m.Provider}
		if !m.Created.IsZero() {
			shape.Created = m.Created.Unix()
		}
		if c.OpenRouter {
			list.Data = append(list.Data, openRouterModelOf(m, shape))
		} else {
			list.Data = append(list.Data, shape)
		}
	}
	if c.OpenRouter {
		n := len(all)
		list.Total, list.Links = &n, &modelLinks{}
	}
	return c.SendJSON(http.StatusOK, list)
}

func openRouterModelOf(m *Model, shape modelResponse) openRouterModel {
	return openRouterModel{modelResponse: shape, Slug: m.ID, Name: m.ID, Context: known(m.Context),
		Architecture: openRouterArchitecture{"text->text", []string{"text"}, []string{"text"}},
		Pricing:      perToken(m.Price), Top: openRouterTop{Context: known(m.Context), Output: known(m.Output)},
		Parameters: []string{}, Links: openRouterLinks{"/api/v1/models"}}
}

func known(n int) *int {
	if n == 0 {
		return nil
	}
	return &n
}

// perToken gives prices as OpenRouter does: USD per token, in decimal; "-1" where the price is
// not known.
func perToken(p *gateway.Price) map[string]string {
	if p == nil {
		return map[string]string{"prompt": "-1", "completion": "-1"}
	}
	usd := func(nanoPerMillion int64) string {
		return strconv.FormatFloat(float64(nanoPerMillion)/1e15, 'f', -1, 64)
	}
	out := map[string]string{"prompt": usd(p.Input), "completion": usd(p.Output)}
	if p.CacheRead != nil {
		out["input_cache_read"] = usd(*p.CacheRead)
	}
	if p.CacheWrite != nil {
		out["input_cache_write"] = usd(*p.CacheWrite)
	}
	return out
}
