package models

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// openRouterShape is OpenRouter's (https://openrouter.ai/docs/api/api-reference/models). Its
// typed client requires all of these fields; null means unknown.
type openRouterShape struct{}

type openRouterList struct {
	Object string            `json:"object"` // "list"
	Data   []openRouterModel `json:"data"`
	Total  int               `json:"total_count"`
	Links  struct {
		Next *string `json:"next"`
	} `json:"links"`
}

type openRouterModel struct {
	openAIModel
	Slug         string                 `json:"canonical_slug"`
	Name         string                 `json:"name"`
	Description  string                 `json:"description"`
	Architecture openRouterArchitecture `json:"architecture"`
	Pricing      map[string]string      `json:"pricing"` // "-1" where it is unknown
	Top          openRouterTop          `json:"top_provider"`
	Limits       *struct{}              `json:"per_request_limits"`
	Parameters   []string               `json:"supported_parameters"`
	Defaults     *struct{}              `json:"default_parameters"`
	Voices       *struct{}              `json:"supported_voices"`
	Links        openRouterLinks        `json:"links"`
}

type openRouterArchitecture struct {
	Modality  string   `json:"modality"`
	In        []string `json:"input_modalities"`
	Out       []string `json:"output_modalities"`
	Tokenizer string   `json:"tokenizer"`
	Instruct  *string  `json:"instruct_type"`
}

type openRouterTop struct {
	Context   *int64 `json:"context_length"`
	Output    *int64 `json:"max_completion_tokens"`
	Moderated bool   `json:"is_moderated"`
}

type openRouterLinks struct {
	Details string `json:"details"`
}

func (openRouterShape) list(p page) any {
	out := openRouterList{Object: "list", Data: make([]openRouterModel, 0, len(p.models)), Total: p.total}
	for i := range p.models {
		out.Data = append(out.Data, openRouterModelOf(&p.models[i]))
	}
	return out
}

func (openRouterShape) one(m *Model) any {
	return map[string]any{"data": openRouterModelOf(m)}
}

// architectureOf tells what goes in and what comes out. What the catalogue does not know is text.
func architectureOf(m *Model) openRouterArchitecture {
	a := openRouterArchitecture{In: []string{"text"}, Out: []string{"text"}, Tokenizer: "Other"}
	for _, kind := range []struct{ capability, name string }{{"vision", "image"}, {"pdf", "file"}, {"audio_input", "audio"}, {"video_input", "video"}} {
		if slices.Contains(m.Capabilities, kind.capability) {
			a.In = append(a.In, kind.name)
		}
	}
	if slices.Contains(m.Capabilities, "audio_output") {
		a.Out = append(a.Out, "audio")
	}
	a.Modality = strings.Join(a.In, "+") + "->" + strings.Join(a.Out, "+")
	return a
}

func openRouterModelOf(m *Model) openRouterModel {
	return openRouterModel{openAIModel: openAIModelOf(m), Slug: m.ID, Name: m.ID, Architecture: architectureOf(m),
		Pricing: perToken(m.Price), Top: openRouterTop{Context: known(m.Context), Output: known(m.Output)},
		Parameters: []string{}, Links: openRouterLinks{"/api/v1/models/" + escaped(m.ID) + "/endpoints"}}
}

// escaped escapes an id for a path, part by part.
func escaped(id string) string {
	parts := strings.Split(id, "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return strings.Join(parts, "/")
}

// countOf answers how many models there are.
func countOf(all []Model) any {
	return map[string]any{"data": map[string]int{"count": len(all)}}
}

type openRouterEndpoints struct {
	ID           string                 `json:"id"`
	Name         string                 `json:"name"`
	Created      int64                  `json:"created"`
	Description  string                 `json:"description"`
	Architecture openRouterArchitecture `json:"architecture"`
	Endpoints    []openRouterEndpoint   `json:"endpoints"`
}

type openRouterEndpoint struct {
	Name         string            `json:"name"`
	ModelID      string            `json:"model_id"`
	ModelName    string            `json:"model_name"`
	Provider     string            `json:"provider_name"`
	Tag          string            `json:"tag"`
	Quantization *string           `json:"quantization"`
	Context      *int64            `json:"context_length"`
	Prompt       *int64            `json:"max_prompt_tokens"`
	Output       *int64            `json:"max_completion_tokens"`
	Pricing      map[string]string `json:"pricing"`
	Status       int               `json:"status"` // 0 = in service
	Uptime       *float64          `json:"uptime_last_30m"`
	Latency      *struct{}         `json:"latency_last_30m"`
	Throughput   *struct{}         `json:"throughput_last_30m"`
	Caching      bool              `json:"supports_implicit_caching"`
	Parameters   []string          `json:"supported_parameters"`
}

// endpointsOf answers who serves a model: the one virtual key that its id names.
func endpointsOf(m *Model) any {
	model := openAIModelOf(m)
	return map[string]any{"data": openRouterEndpoints{ID: m.ID, Name: m.ID, Created: model.Created, Architecture: architectureOf(m),
		Endpoints: []openRouterEndpoint{{Name: m.Provider + " | " + m.ID, ModelID: m.ID, ModelName: m.ID, Provider: m.Provider, Tag: m.Provider,
			Context: model.Context, Output: model.Output, Pricing: perToken(m.Price), Parameters: []string{}}}}}
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
