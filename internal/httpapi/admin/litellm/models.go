package litellm

import (
	"context"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/internal/httpapi/models"
)

func (a *routes) modelRoutes() []action.Action {
	return []action.Action{
		{Method: "GET", Path: "/model/info", Name: "model.list", Need: gateway.CompletionsWrite, Do: a.modelInfo},
		{Method: "GET", Path: "/v1/model/info", Name: "model.list", Need: gateway.CompletionsWrite, Do: a.modelInfo},
		{Method: "GET", Path: "/v2/model/info", Name: "model.list", Need: gateway.CompletionsWrite, Do: a.modelPage},
	}
}

// modelRow is one model.
type modelRow struct {
	Name   string      `json:"model_name"` // as it can be called
	Params modelParams `json:"litellm_params"`
	Info   modelInfo   `json:"model_info"`
}

type modelParams struct {
	Model    string `json:"model"` // provider/model
	Provider string `json:"custom_llm_provider"`
}

// modelInfo has prices in USD per token. What is not known is null.
type modelInfo struct {
	ID         string    `json:"id"`
	DBModel    bool      `json:"db_model"`
	Key        string    `json:"key"`
	Provider   string    `json:"litellm_provider"`
	Mode       *string   `json:"mode"`
	MaxTokens  *int64    `json:"max_tokens"`
	MaxInput   *int64    `json:"max_input_tokens"`
	MaxOutput  *int64    `json:"max_output_tokens"`
	Input      *perToken `json:"input_cost_per_token"`
	Output     *perToken `json:"output_cost_per_token"`
	CacheRead  *perToken `json:"cache_read_input_token_cost"`
	CacheWrite *perToken `json:"cache_creation_input_token_cost"`
}

// perToken is a price in nano-USD per million tokens. In JSON it is a number of USD per token.
type perToken int64

// MarshalJSON writes an exact decimal: six digits more than those of an amount.
func (p perToken) MarshalJSON() ([]byte, error) {
	text := gateway.FormatUSD(int64(p))
	if text == "0" {
		return []byte(text), nil
	}
	return []byte(text + "e-6"), nil
}

func modelOf(m models.Model) modelRow {
	name := m.ID
	if _, rest, ok := strings.Cut(name, "/"); ok {
		name = rest
	}
	out := modelRow{m.ID, modelParams{m.Provider + "/" + name, m.Provider}, modelInfo{ID: m.ID, Key: name, Provider: m.Provider, MaxTokens: known(m.Output), MaxOutput: known(m.Output), MaxInput: known(m.Context)}}
	if p := m.Price; p != nil {
		out.Info.Input, out.Info.Output = (*perToken)(&p.Input), (*perToken)(&p.Output)
		out.Info.CacheRead, out.Info.CacheWrite = (*perToken)(p.CacheRead), (*perToken)(p.CacheWrite)
	}
	return out
}

// known is nil for the zero that means unknown.
func known(n int64) *int64 {
	if n == 0 {
		return nil
	}
	return &n
}

// modelList is the answer of /model/info.
type modelList struct {
	Data []modelRow `json:"data"`
}

// modelInfo lists the models that the caller may use; litellm_model_id picks one.
func (a *routes) modelInfo(ctx context.Context, r *action.Request) error {
	q := action.ReadQuery(r)
	id := q.Text("litellm_model_id")
	if err := q.Done(); err != nil {
		return err
	}
	all, err := a.modelsOf(ctx, r, func(m modelRow) bool { return id == "" || m.Info.ID == id })
	if err != nil {
		return err
	}
	if id != "" && len(all) == 0 {
		return &gateway.Error{Op: "litellm.modelInfo", Kind: gateway.NotFound, Param: "litellm_model_id", Public: "There is no model '" + gateway.Clip(id, 100) + "'."}
	}
	r.Reply = modelList{all}
	return nil
}

// modelPage is the answer of /v2/model/info.
type modelPage struct {
	Data    []modelRow `json:"data"`
	Total   int        `json:"total_count"`
	Current int        `json:"current_page"`
	Pages   int        `json:"total_pages"`
	Size    int        `json:"size"`
}

// modelPage lists them in pages; model and search narrow the list.
func (a *routes) modelPage(ctx context.Context, r *action.Request) error {
	q := action.ReadQuery(r)
	page, size := q.Whole("page", 1, 1, 1_000_000), q.Whole("size", 50, 1, 1000)
	model, search := q.Text("model"), strings.ToLower(q.Text("search"))
	if err := q.Done(); err != nil {
		return err
	}
	all, err := a.modelsOf(ctx, r, func(m modelRow) bool {
		return (model == "" || m.Name == model) && strings.Contains(strings.ToLower(m.Name), search)
	})
	if err != nil {
		return err
	}
	rows, pages := listOf(all, page, size)
	r.Reply = modelPage{rows, len(all), page, pages, size}
	return nil
}

func (a *routes) modelsOf(ctx context.Context, r *action.Request, want func(modelRow) bool) ([]modelRow, error) {
	if err := r.RefuseWorkspace(); err != nil {
		return nil, err
	}
	all, err := a.Models.Models(ctx, r.By)
	out := []modelRow{}
	for _, m := range all {
		if row := modelOf(m); want(row) {
			out = append(out, row)
		}
	}
	return out, err
}
