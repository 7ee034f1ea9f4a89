package workspace

import (
	"context"
	"encoding/json"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing"
	"github.com/sluicegate/sluice/gateway/billing/alert"
	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/gateway/billing/pricing"
	"github.com/sluicegate/sluice/gateway/limit"
	"github.com/sluicegate/sluice/gateway/policy"
	"github.com/sluicegate/sluice/internal/demo"
	"github.com/sluicegate/sluice/prompts"
	"github.com/sluicegate/sluice/telemetry"
)

// template creates the prompt template with its versions and labels, and returns its id.
func (w *Workspace) template(ctx context.Context, workspace string) (id string, err error) {
	for i, v := range demo.PromptVersions() {
		draft := prompts.Draft{Slug: demo.PromptSlug, Name: "Answers of the support desk (demo)", Description: v.Description, Body: json.RawMessage(v.Body)}
		if i == 0 {
			var made prompts.View
			made, err = w.services.Templates.Create(ctx, w.by, workspace, draft)
			id = made.ID
		} else {
			_, err = w.services.Templates.AddVersion(ctx, w.by, workspace, demo.PromptSlug, draft)
		}
		if err != nil {
			return "", err
		}
	}
	newest := len(demo.PromptVersions())
	for label, version := range map[string]int{"published": newest, "previous": newest - 1} {
		if _, err := w.services.Templates.SetLabel(ctx, w.by, workspace, demo.PromptSlug, label, version); err != nil {
			return "", err
		}
	}
	return id, w.note(ctx, workspace, "prompt", id)
}

// usd is an amount in nano-USD.
func usd(dollars float64) int64 { return int64(dollars * float64(gateway.NanoPerUSD)) }

// rules creates what limits spending and calls, what is charged, and who is told. Their amounts fit a
// week of the traffic. days scales those that last.
func (w *Workspace) rules(ctx context.Context, cast *demo.Cast, days int) error {
	id := cast.Workspace
	of := func(key policy.Attribute, value string) []policy.Condition {
		return []policy.Condition{{Key: key, Values: policy.Values{value}}}
	}
	weeks := float64(days+6) / 7
	for _, b := range []budget.Budget{
		{Name: "demo: all teams", Period: budget.Month, Limit: usd(150 * weeks)},
		{Name: "demo: each team", Period: budget.Week, Limit: usd(80), GroupBy: []policy.Group{{Key: "team"}}},
		{Name: "demo: research", Period: budget.Day, Limit: usd(12), Conditions: of("team", "research")},
	} {
		b.Workspace = id
		made, err := w.services.Budgets.PutBudget(ctx, b)
		if err == nil {
			err = w.note(ctx, id, "budget", made.ID)
		}
		if err != nil {
			return err
		}
	}
	for _, r := range []limit.Rule{
		{Name: "demo: requests of each API key", Kind: limit.Requests, Unit: "rpm", Value: 120, GroupBy: []policy.Group{{Key: "api_key"}}},
		{Name: "demo: tokens of the support desk", Kind: limit.Tokens, Unit: "rph", Value: 2_000_000, Conditions: of("team", "support")},
		{Name: "demo: agents at once", Kind: limit.Concurrency, Value: 20, Conditions: of("team", "platform")},
	} {
		r.Workspace = id
		made, err := w.services.Limits.Put(ctx, r)
		if err == nil {
			err = w.note(ctx, id, "rate_limit", made.ID)
		}
		if err != nil {
			return err
		}
	}
	resale := gateway.FactorOne + gateway.FactorOne/10
	for _, r := range []pricing.Rule{
		{Name: "demo-resale-to-support", Team: w.teams["support"], Factor: &resale},
		{Name: "demo-flat-gpt-5-mini", Model: "gpt-5-mini*", Price: &gateway.Price{Input: usd(0.3), Output: usd(2.4)}},
	} {
		r.Workspace = id
		made, err := w.services.Pricing.Put(ctx, r)
		if err == nil {
			err = w.note(ctx, id, "price_rule", made.ID)
		}
		if err != nil {
			return err
		}
	}
	// Nobody has this host, and the budgets are far from where anybody is told.
	target, err := w.services.Alerts.Create(ctx, alert.Target{Name: "demo-nobody", Workspace: id, Format: alert.Webhook,
		URL: gateway.NewSecret("https://no-such-host.example.com/hook"), Secret: gateway.NewSecret("demo-demo-demo-demo")})
	if err == nil {
		err = w.note(ctx, id, "alert_target", target.ID)
	}
	if err != nil {
		return err
	}
	return w.wallet(ctx, cast)
}

// wallet creates the wallet that pays for the summaries, with two payments.
func (w *Workspace) wallet(ctx context.Context, cast *demo.Cast) error {
	for _, c := range cast.Callers {
		if c.APIKey != demo.WalletKey {
			continue
		}
		wallet, err := w.services.Budgets.CreateWallet(ctx, budget.Wallet{Name: "demo-summaries", Workspace: cast.Workspace, APIKey: c.APIKeyID})
		if err != nil {
			return err
		}
		for _, p := range []struct {
			reference string
			amount    float64
			ago       time.Duration
		}{{"demo invoice 1001", 5, 6 * 24 * time.Hour}, {"demo invoice 1002", 10, 2 * 24 * time.Hour}} {
			if _, _, err := w.services.Budgets.CreditWallet(ctx, wallet.ID, budget.Credit{Reference: p.reference, Amount: usd(p.amount), By: w.by.Member, At: time.Now().Add(-p.ago)}); err != nil {
				return err
			}
		}
		return w.note(ctx, cast.Workspace, "wallet", wallet.ID)
	}
	return nil
}

// charge books what rows cost to the budgets and the wallet.
func (w *Workspace) charge(ctx context.Context, rows []*telemetry.Record) error {
	var calls []billing.PastCall
	for _, r := range rows {
		if r.Cost.Charged > 0 {
			calls = append(calls, billing.PastCall{ID: r.ID + "-demo", At: r.Time, Provider: r.Provider, Price: r.Cost.Charged, Cost: r.Cost.Nano,
				By: &gateway.Principal{Workspace: r.Workspace, WorkspaceRef: r.WorkspaceName, Member: r.Member, MemberRef: r.MemberName, Team: r.Team, TeamRef: r.TeamName, APIKey: r.APIKey, APIKeyName: r.APIKeyName}})
		}
	}
	return w.services.Bills.Book(ctx, calls)
}
