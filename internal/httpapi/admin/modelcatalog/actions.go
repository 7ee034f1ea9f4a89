// Package modelcatalog shows the catalogue of models and their list prices, and how it is renewed.
package modelcatalog

import (
	"context"
	"net/http"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/catalog"
	"github.com/sluicegate/sluice/gateway/catalog/refresh"
	"github.com/sluicegate/sluice/gateway/catalog/table"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
)

// Settings is what the actions are made of. All fields are required.
type Settings struct {
	Book    *catalog.Catalog
	Renewal *refresh.Service
}

// Actions are the operations.
func Actions(s Settings) []action.Action {
	const path = "/v1/catalog"
	return []action.Action{
		{Method: http.MethodGet, Path: path, Name: "catalog.get", Need: gateway.PricesRead,
			About: httpapi.Description{Summary: "Shows which catalogue of models and prices is in use, and how its renewal goes", Answer: statusResponse{}}, Do: s.status},
		{Method: http.MethodPost, Path: path + "/refresh", Name: "catalog.refresh", Need: gateway.PricesUpdate,
			About: httpapi.Description{Summary: "Looks for a newer catalogue now", Answer: statusResponse{}}, Do: s.refresh},
		{Method: http.MethodGet, Path: path + "/models", Name: "catalog_model.list", Need: gateway.PricesList,
			About: httpapi.Description{Summary: "Lists models with limits, capabilities and list prices", Answer: action.ListLike(modelResponse{})}, Do: s.models},
		{Method: http.MethodGet, Path: path + "/conflicts", Name: "catalog_conflict.list", Need: gateway.PricesList,
			About: httpapi.Description{Summary: "Lists the models for which two sources tell different prices", Answer: action.ListLike(conflictResponse{})}, Do: s.conflicts},
	}
}

type statusResponse struct {
	Object      string     `json:"object"`
	Origin      string     `json:"origin"`  // "built-in", "source", or "kept" by an earlier run
	Version     int64      `json:"version"` // 0: the built-in one
	Day         string     `json:"day"`     // of the prices that have none of their own
	Models      int        `json:"models"`
	Providers   int        `json:"providers"`
	Conflicts   int        `json:"conflicts"`
	UsedSince   time.Time  `json:"used_since"`
	Renewed     *bool      `json:"renewed,omitempty"` // by this call
	Configured  bool       `json:"configured"`        // a source is
	Every       float64    `json:"every_seconds,omitempty"`
	CheckedAt   *time.Time `json:"checked_at"`
	Problem     string     `json:"problem,omitempty"` // of the last look at the source
	FailedSince *time.Time `json:"failed_since,omitempty"`
	Failures    uint64     `json:"failures"`
}

func (s Settings) statusNow() statusResponse {
	st, e, names := s.Renewal.Status(), s.Book.Edition(), s.Book.Names("", "")
	out := statusResponse{Object: "catalog", Origin: string(st.Origin), Version: st.Version, Day: st.Day, Models: len(names), Conflicts: len(e.Conflicts), UsedSince: st.Used.UTC(),
		Configured: st.Configured, Every: st.Every.Seconds(), CheckedAt: timeOf(st.Checked), Problem: st.Problem, FailedSince: timeOf(st.FailedSince), Failures: st.Failures}
	for i, n := range names { // sorted by provider
		if i == 0 || names[i-1].Provider != n.Provider {
			out.Providers++
		}
	}
	return out
}

func timeOf(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func (s Settings) status(_ context.Context, r *action.Request) error {
	r.Reply = s.statusNow()
	return nil
}

func (s Settings) refresh(ctx context.Context, r *action.Request) error {
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	if err := f.Done(); err != nil {
		return err
	}
	r.Target = "catalog"
	renewed, err := s.Renewal.Refresh(ctx)
	if err != nil {
		return err
	}
	out := s.statusNow()
	out.Renewed = &renewed
	r.Reply = out
	return nil
}

type conflictResponse struct {
	Object   string       `json:"object"`
	Provider string       `json:"provider"`
	Model    string       `json:"model"`
	Used     *tokenPrices `json:"used"`
	Unused   *tokenPrices `json:"unused"`
}

// tokenPrices are in USD per million tokens.
type tokenPrices struct {
	Input  number `json:"input"`
	Output number `json:"output"`
}

func (s Settings) conflicts(_ context.Context, r *action.Request) error {
	q := action.ReadQuery(r)
	provider := q.Text("provider")
	_ = q.Text("workspace") // the catalogue is that of all
	if err := q.Done(); err != nil {
		return err
	}
	conflicts := []conflictResponse{}
	for _, line := range s.Book.Edition().Conflicts {
		d, err := table.ReadDifference(line)
		if err != nil {
			return err
		}
		if provider == "" || d.Provider == provider {
			conflicts = append(conflicts, conflictResponse{"catalog_conflict", d.Provider, d.ID, &tokenPrices{number(d.Used[0]), number(d.Used[1])}, &tokenPrices{number(d.Unused[0]), number(d.Unused[1])}})
		}
	}
	r.Reply = action.List{Object: "list", Data: conflicts}
	return nil
}
