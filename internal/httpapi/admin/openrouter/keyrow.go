package openrouter

import (
	"context"
	"encoding/hex"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/internal/httpapi/admin/own"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/listing"
)

// keyRow is a key in OpenRouter's form.
type keyRow struct {
	Hash        string      `json:"hash"`
	Name        string      `json:"name"`
	Label       string      `json:"label"` // masked
	Disabled    bool        `json:"disabled"`
	Limit       *action.USD `json:"limit"`
	Remaining   *action.USD `json:"limit_remaining"`       // null: unlimited
	LimitReset  *string     `json:"limit_reset"`           // daily, weekly or monthly; null: never
	IncludeBYOK bool        `json:"include_byok_in_limit"` // a budget counts each call, whosever credential it uses
	usage
	ExpiresAt    *time.Time `json:"expires_at"`
	CreatedAt    time.Time  `json:"created_at"`
	UpdatedAt    time.Time  `json:"updated_at"`
	Creator      *string    `json:"creator_user_id"`
	WorkspaceID  string     `json:"workspace_id"`
	ExternalUser *string    `json:"external_user"`
}

// usage is what the calls of a key cost. OpenRouter tells calls with the account's own credentials
// apart; here there are no others.
type usage struct {
	Total       action.USD `json:"usage"`
	Daily       action.USD `json:"usage_daily"`   // since midnight UTC
	Weekly      action.USD `json:"usage_weekly"`  // since Monday
	Monthly     action.USD `json:"usage_monthly"` // since the first
	BYOK        action.USD `json:"byok_usage"`
	BYOKDaily   action.USD `json:"byok_usage_daily"`
	BYOKWeekly  action.USD `json:"byok_usage_weekly"`
	BYOKMonthly action.USD `json:"byok_usage_monthly"`
}

func nameOf(k identity.APIKeyInfo) string {
	if k.Access.Title != "" {
		return k.Access.Title
	}
	return k.Name
}

func rowOf(k identity.APIKeyInfo, budgets []own.Budget, u usage) keyRow {
	out := keyRow{Hash: hex.EncodeToString(k.Hash[:]), Name: nameOf(k), Label: k.Masked, Disabled: k.Disabled, IncludeBYOK: true, usage: u,
		CreatedAt: k.CreatedAt, UpdatedAt: k.UpdatedAt, WorkspaceID: k.Workspace}
	if !k.ExpiresAt.IsZero() {
		out.ExpiresAt = &k.ExpiresAt
	}
	if !k.Service {
		out.Creator = &k.MemberName
	}
	if k.Budget != nil {
		out.Total = action.USD(k.Spent) // the ledger's
	}
	if len(budgets) > 0 {
		b := budgets[0]
		limit, left := action.USD(b.Limit), action.USD(max(b.Limit-b.Spent, 0))
		out.Limit, out.Remaining = &limit, &left
		if word, resets := resets[b.Period]; resets {
			out.LimitReset = &word
		}
	}
	return out
}

// resets are the periods in OpenRouter's words.
var resets = map[budget.Period]string{budget.Day: "daily", budget.Week: "weekly", budget.Month: "monthly"}

// rows are keys with what was spent of their budgets.
func (a *routes) rows(ctx context.Context, used map[string]usage, keys ...identity.APIKeyInfo) ([]keyRow, error) {
	budgets, err := a.Keys.Budgets(ctx, keys...)
	if err != nil {
		return nil, err
	}
	out := make([]keyRow, len(keys))
	for i, k := range keys {
		out[i] = rowOf(k, budgets[i], used[k.ID])
	}
	return out, nil
}

// usageOf sums up what keys used, by their ids: in all, and since the beginning of the day, of the
// week and of the month. one is the id of the only key that is asked about, or "".
func (a *routes) usageOf(ctx context.Context, by *gateway.Principal, now time.Time, one string) (map[string]usage, error) {
	now = now.UTC()
	day := telemetry.DayOf(now)
	week := day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
	month := day.AddDate(0, 0, 1-day.Day())
	q := telemetry.UsageQuery{Scope: listing.ScopeOf(by), Until: now.Add(time.Minute), APIKey: one, GroupBy: []telemetry.UsageKey{telemetry.UsageByAPIKey}}
	if !by.May(gateway.APIKeysReadAll) {
		q.Member = by.Member
	}
	out := map[string]usage{}
	for _, part := range []struct {
		since time.Time
		sum   func(*usage) *action.USD
	}{
		{now.Add(time.Minute - telemetry.MaxUsagePeriod), func(u *usage) *action.USD { return &u.Total }},
		{day, func(u *usage) *action.USD { return &u.Daily }},
		{week, func(u *usage) *action.USD { return &u.Weekly }},
		{month, func(u *usage) *action.USD { return &u.Monthly }},
	} {
		q.Since = part.since
		rows, err := a.Usage.Usage(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			u := out[r.APIKey]
			*part.sum(&u) = action.USD(r.Charged)
			out[r.APIKey] = u
		}
	}
	return out, nil
}
