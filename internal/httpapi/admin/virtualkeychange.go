package admin

import (
	"context"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/gateway/credential"
	"github.com/sluicegate/sluice/gateway/policy"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/internal/httpapi/admin/own"
)

// ownerOf is a virtual key as the owner of limits and budgets.
func ownerOf(k credential.VirtualKeyInfo) own.Key {
	return own.Key{Workspace: k.Workspace, Owner: policy.Owner{Attribute: "virtual_key", ID: k.Name}, Name: k.Name}
}

// virtualKeysOf are virtual keys with their limits and budgets.
func (a *resources) virtualKeysOf(ctx context.Context, keys ...credential.VirtualKeyInfo) ([]virtualKeyResponse, error) {
	owners := make([]own.Key, len(keys))
	for i, k := range keys {
		owners[i] = ownerOf(k)
	}
	budgets, err := a.Own.BudgetsOf(ctx, owners...)
	if err != nil {
		return nil, err
	}
	out := make([]virtualKeyResponse, len(keys))
	for i, k := range keys {
		row := virtualKeyOf(k)
		row.RateLimits, row.Budgets, row.UsageLimits = keyLimitsOf(a.Own.LimitsOf(owners[i])), keyBudgetsOf(budgets[i]), usageLimitsOf(budgets[i])
		if row.Status == credential.StatusActive && spentUp(budgets[i]) {
			row.Status = credential.StatusExhausted
		}
		out[i] = row
	}
	return out, nil
}

// answerVirtualKey answers with a virtual key.
func (a *resources) answerVirtualKey(ctx context.Context, r *request, k credential.VirtualKeyInfo) error {
	rows, err := a.virtualKeysOf(ctx, k)
	if err != nil {
		return err
	}
	r.Target, r.Workspace, r.Reply = k.Name, k.Workspace, rows[0]
	return nil
}

// readOwnRules reads rate_limits and budgets, or Portkey's usage_limits in the place of budgets.
func readOwnRules(f *form) (to own.Change) {
	if f.Given("rate_limits") {
		limits := readKeyLimits(f, "rate_limits")
		to.Limits = &limits
	}
	to.Budgets = readKeyBudgets(f, "budgets", budget.Periods()...)
	usage, given := readUsageLimits(f)
	if !given {
		return to
	}
	if to.Budgets != nil {
		f.Wrong("usage_limits", "is a budget as budgets are: give one of them")
	}
	to.Budgets = &[]budget.Budget{}
	if usage != nil {
		to.Budgets = &[]budget.Budget{*usage}
	}
	return to
}

// updateVirtualKey takes {note, api_key, credentials, base_url, models, prices, max_output, formats,
// settings, expires_at, rate_limits, budgets, usage_limits}. null takes away what may be left out. An entry of
// credentials without api_key keeps the value that it has.
func (a *resources) updateVirtualKey(ctx context.Context, r *request) error {
	r.Target = r.Param("name")
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	f.OneGiven("note", "api_key", "key", "credentials", "base_url", "models", "prices", "max_output", "formats", "settings", "expires_at", "rate_limits", "budgets", "usage_limits", "name")
	value, portkeys := f.Text("api_key", false), f.Text("key", false) // Portkey's name of api_key
	if value != "" && portkeys != "" {
		f.Wrong("key", "must be left out where api_key is given")
	}
	to := credential.VirtualKeyChange{Credential: gateway.NewSecret(value + portkeys), Credentials: credentials(f, "credentials", false)}
	change(f, "note", &to.Note, func() string { return f.Text("note", false) })
	change(f, "base_url", &to.BaseURL, func() string { return f.Text("base_url", false) })
	change(f, "models", &to.Models, func() []string { return modelNames(f, "models") })
	change(f, "prices", &to.Prices, func() gateway.Prices { return prices(f, "prices") })
	change(f, "max_output", &to.MaxOutput, func() map[string]int64 { return tokens(f, "max_output") })
	change(f, "formats", &to.Formats, func() gateway.Formats { return formats(f, "formats") })
	change(f, "settings", &to.Settings, func() gateway.ProviderSettings { return settings(f, "settings") })
	to.ExpiresAt = action.IfGiven(f, "expires_at", f.Time)
	rules := readOwnRules(f)
	f.Same("slug", r.Target) // portkey-ai repeats the path in the body
	f.Same("name", r.Target)
	f.Idle("", "deploymentConfig", "secret_mappings")
	if err := f.Done(); err != nil {
		return err
	}
	if err := a.Own.Check(rules, r.Now()); err != nil {
		return err
	}
	ref, err := a.virtualKeyRef(ctx, r)
	if err != nil {
		return err
	}
	k, err := a.VirtualKeys.UpdateVirtualKey(ctx, r.By, ref, to)
	if err != nil {
		return err
	}
	if err := a.Own.Set(ctx, ownerOf(k), rules); err != nil {
		return err
	}
	return a.answerVirtualKey(ctx, r, k)
}

// change reads a field into to if it is given.
func change[T any](f *form, name string, to **T, read func() T) {
	if f.Given(name) {
		v := read()
		*to = &v
	}
}
