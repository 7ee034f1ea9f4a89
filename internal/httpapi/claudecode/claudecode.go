// Package claudecode answers what Claude Code asks a gateway that it has signed in to, besides
// models: its managed settings, and how much of the budget is spent
// (https://code.claude.com/docs/en/llm-gateway-protocol).
package claudecode

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing"
	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/errorformat"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Budgets tells what limits the cost of the caller's calls. It is billing's service.
type Budgets interface {
	Explain(ctx context.Context, p *gateway.Principal) ([]billing.Explanation, error)
}

// Settings is what the routes are made of.
type Settings struct {
	Managed json.RawMessage // Claude Code's managed settings; nil = none
	Budgets Budgets
}

// Routes are the routes of Claude Code's own. Each is served under /api, too.
func Routes(settings Settings) []httpapi.Route {
	h := &handlers{Settings: settings}
	if sorted, err := jsonx.Canonical(settings.Managed); settings.Managed != nil && err == nil { // the file's reader made the JSON
		sum := sha256.Sum256(sorted)
		h.managed = &managed{UUID: "sluice", Checksum: "sha256:" + hex.EncodeToString(sum[:]), Settings: sorted}
	}
	return []httpapi.Route{
		{Method: http.MethodGet, Path: "/managed/settings", Need: gateway.CompletionsWrite, Audit: httpapi.AuditDenied("managed_settings.get"), Handle: h.managedSettings, Errors: errorformat.Anthropic{},
			About: httpapi.Description{Summary: "Tells Claude Code its managed settings", Answer: managed{}}},
		{Method: http.MethodGet, Path: "/oauth/usage", Need: gateway.CompletionsWrite, Audit: httpapi.AuditDenied("usage.get"), Handle: h.usage, Errors: errorformat.Anthropic{},
			About: httpapi.Description{Summary: "Tells Claude Code what is spent of the caller's budgets; it asks under /api", Answer: usage{}}},
	}
}

type handlers struct {
	Settings
	managed *managed
}

// managed are the settings with their checksum, which is the entity tag, too.
type managed struct {
	UUID     string          `json:"uuid"`
	Checksum string          `json:"checksum"` // "sha256:" and the hex digits of the settings with sorted keys
	Settings json.RawMessage `json:"settings"`
}

func (h *handlers) managedSettings(c *httpapi.Call) error {
	if _, err := c.Authenticated(); err != nil {
		return err
	}
	if h.managed == nil {
		return &gateway.Error{Op: "claudecode.managedSettings", Kind: gateway.NotFound, Public: "There are no managed settings."}
	}
	c.SetHeader("Cache-Control", "no-cache")
	c.SetHeader("Etag", `"`+h.managed.Checksum+`"`)
	for _, tag := range strings.Split(c.Request().Header.Get("If-None-Match"), ",") {
		if tag = strings.TrimSpace(tag); tag == "*" || strings.Trim(strings.TrimPrefix(tag, "W/"), `"`) == h.managed.Checksum {
			c.Writer().WriteHeader(http.StatusNotModified)
			return nil
		}
	}
	return c.SendJSON(http.StatusOK, h.managed)
}

// usage is the answer of claude.ai's path of the same name. Amounts are cents.
type usage struct {
	Extra  extraUsage   `json:"extra_usage"`
	Limits []usageLimit `json:"limits"`
}

type extraUsage struct {
	Enabled     bool   `json:"is_enabled"`
	Limit       *int64 `json:"monthly_limit"` // of whatever period
	Used        int64  `json:"used_credits"`
	Utilization *int64 `json:"utilization"` // whole percents
	Currency    string `json:"currency"`
}

type usageLimit struct {
	Kind     string     `json:"kind"`  // "spend"
	Group    string     `json:"group"` // the period
	Percent  int64      `json:"percent"`
	Resets   *time.Time `json:"resets_at"`
	Severity string     `json:"severity"` // "normal"
	Active   bool       `json:"is_active"`
}

// budgetGroups are the words for periods.
var budgetGroups = map[string]string{"day": "daily", "week": "weekly", "month": "monthly", "life": "lifetime"}

// nanoPerCent is in nano-USD.
const nanoPerCent = 10_000_000

func (h *handlers) usage(c *httpapi.Call) error {
	p, err := c.Authenticated()
	if err != nil {
		return err
	}
	all, err := h.Budgets.Explain(c.Context(), p)
	if err != nil {
		return err
	}
	var budgets []gateway.BudgetFact
	for _, e := range all {
		if !e.Each || e.Guessed {
			continue
		}
		period := string(budget.Life)
		if e.Budget != nil {
			period = string(e.Budget.Period)
		}
		for _, a := range e.Accounts {
			budgets = append(budgets, gateway.BudgetFact{Limit: e.Limit, Spent: a.Spent, Period: period, Resets: a.Ends})
		}
	}
	c.SetHeader("Cache-Control", "no-store")
	return c.SendJSON(http.StatusOK, usageOf(budgets))
}

func usageOf(budgets []gateway.BudgetFact) usage {
	out := usage{Extra: extraUsage{Currency: "USD"}, Limits: []usageLimit{}}
	fullest := gateway.FullestBudget(budgets)
	for i := range budgets {
		b := &budgets[i]
		l := usageLimit{Kind: "spend", Group: budgetGroups[b.Period], Percent: int64(b.Used() * 100), Severity: "normal", Active: b == fullest}
		if !b.Resets.IsZero() {
			at := b.Resets.UTC()
			l.Resets = &at
		}
		out.Limits = append(out.Limits, l)
		if b == fullest {
			limit, percent := b.Limit/nanoPerCent, l.Percent
			out.Extra = extraUsage{Enabled: true, Limit: &limit, Used: b.Spent / nanoPerCent, Utilization: &percent, Currency: "USD"}
		}
	}
	return out
}
