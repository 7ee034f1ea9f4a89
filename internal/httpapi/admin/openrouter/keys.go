package openrouter

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/identity/access"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/internal/httpapi/admin/apikey"
)

// keyResponse is the answer about one key.
type keyResponse struct {
	Data keyRow `json:"data"`
	Key  string `json:"key,omitempty"` // once, in the answer to its creation
}

// keyList is the answer of GET /v1/keys.
type keyList struct {
	Data []keyRow `json:"data"`
}

// pageSize is how many keys one answer lists, as OpenRouter's.
const pageSize = 100

// listKeys takes offset, include_disabled and workspace_id; the newest first.
func (a *routes) listKeys(ctx context.Context, r *action.Request) error {
	q := action.ReadQuery(r)
	workspace := q.Text("workspace")
	offset, disabled := q.Whole("offset", 0, 0, 1_000_000), q.Flag("include_disabled")
	if err := q.Done(); err != nil {
		return err
	}
	all, err := a.Keys.APIKeys(ctx, r.By, workspace)
	if err != nil {
		return named(err)
	}
	all = slices.DeleteFunc(all, func(k identity.APIKeyInfo) bool { return k.Disabled && !disabled })
	slices.SortStableFunc(all, func(x, y identity.APIKeyInfo) int { return y.CreatedAt.Compare(x.CreatedAt) })
	all = all[min(offset, len(all)):]
	all = all[:min(pageSize, len(all))]
	used, err := a.usageOf(ctx, r.By, r.Now(), "")
	if err != nil {
		return err
	}
	rows, err := a.rows(ctx, used, all...)
	r.Reply = keyList{rows}
	return err
}

// createKey takes {name, limit, limit_reset, expires_at, creator_user_id, workspace_id}.
func (a *routes) createKey(ctx context.Context, r *action.Request) error {
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	title := f.Text("name", true)
	member := f.Text("creator_user_id", false)
	n := identity.NewAPIKey{Workspace: f.Text("workspace", false), Member: member, Service: member == "", ExpiresAt: f.Time("expires_at")}
	budget := readBudget(f)
	readFixed(f)
	n.Name, n.Access.Title = apikey.NameFor(title, r.NewID)
	r.Target = n.Name
	if err := f.Done(); err != nil {
		return err
	}
	var has apikey.Change
	if err := a.setBudget(identity.APIKeyInfo{}, budget, &has); err != nil {
		return err
	}
	if has.BudgetUSD != nil {
		n.BudgetUSD = *has.BudgetUSD
	}
	k, secret, err := a.Keys.Create(ctx, r.By, n, has.Change)
	if e := gateway.AsError(err); err != nil && e.Kind == gateway.Conflict && e.Param == "name" { // OpenRouter's names need not be unique
		n.Name, _ = apikey.NameFor(title+" ", r.NewID)
		n.Access.Title = title
		k, secret, err = a.Keys.Create(ctx, r.By, n, has.Change)
	}
	if err != nil {
		return named(err)
	}
	rows, err := a.rows(ctx, nil, k)
	if err != nil {
		return err
	}
	r.Target, r.Workspace, r.Status, r.Reply = k.ID, k.Workspace, http.StatusCreated, keyResponse{rows[0], secret.Reveal()}
	return nil
}

// readBudget reads limit and limit_reset.
func readBudget(f *action.Form) (b apikey.Budget) {
	b.USD = action.IfGiven(f, "limit", f.USD)
	if f.Given("limit_reset") {
		period, word := budget.Life, f.OneOf("limit_reset", "daily", "weekly", "monthly")
		for p, known := range resets {
			if word == known {
				period = p
			}
		}
		b.Period = &period
	}
	return b
}

// setBudget makes a budget a change of the key, which is zero for a new one.
func (a *routes) setBudget(k identity.APIKeyInfo, b apikey.Budget, to *apikey.Change) error {
	if a.Keys.Alone(k, b) {
		return gateway.InvalidField("openrouter.setBudget", "limit_reset", "The field 'limit_reset' needs 'limit'.")
	}
	a.Keys.SetBudget(k, b, to)
	return nil
}

// readFixed reads the settings that have one value here.
func readFixed(f *action.Form) {
	if !f.Flag("include_byok_in_limit", true) {
		f.Wrong("include_byok_in_limit", "must be true: a limit counts each call, whosever credential it uses")
	}
}

// find finds the key that the path names by its hash.
func (a *routes) find(ctx context.Context, r *action.Request) (identity.APIKeyInfo, error) {
	k, err := a.Finder.APIKeyOf(ctx, r.By, gateway.NewSecret(r.Param("hash")))
	if err == nil && (len(r.Param("hash")) != 64 || r.Named && k.Workspace != r.By.Workspace) {
		err = &gateway.Error{Op: "openrouter.find", Kind: gateway.NotFound, Public: "There is no such API key."}
	}
	if err != nil {
		return k, at(err, "hash")
	}
	r.ActsOn(ctx, k.ID, k.Workspace)
	return k, nil
}

func (a *routes) getKey(ctx context.Context, r *action.Request) error {
	k, err := a.find(ctx, r)
	if err != nil {
		return err
	}
	return a.answer(ctx, r, k)
}

func (a *routes) answer(ctx context.Context, r *action.Request, k identity.APIKeyInfo) error {
	used, err := a.usageOf(ctx, r.By, r.Now(), k.ID)
	if err != nil {
		return err
	}
	rows, err := a.rows(ctx, used, k)
	if err == nil {
		r.Reply = keyResponse{Data: rows[0]}
	}
	return err
}

// updateKey takes {name, disabled, limit, limit_reset}.
func (a *routes) updateKey(ctx context.Context, r *action.Request) error {
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	var to apikey.Change
	f.OneGiven("name", "disabled", "limit", "limit_reset", "include_byok_in_limit")
	if f.Given("name") {
		title := f.Text("name", true)
		to.Access = func(a *access.Rules) { a.Title = title }
	}
	to.Disabled = f.GivenFlag("disabled")
	budget := readBudget(f)
	readFixed(f)
	if err := f.Done(); err != nil {
		return err
	}
	k, err := a.find(ctx, r)
	if err != nil {
		return err
	}
	if err := a.setBudget(k, budget, &to); err != nil {
		return err
	}
	if k, err = a.Keys.Change(ctx, r.By, k.ID, to); err != nil {
		return named(err)
	}
	return a.answer(ctx, r, k)
}

func (a *routes) deleteKey(ctx context.Context, r *action.Request) error {
	k, err := a.find(ctx, r)
	if err != nil {
		return err
	}
	r.Reply = struct {
		Deleted bool `json:"deleted"`
	}{true}
	_, err = a.Keys.Delete(ctx, r.By, k.ID)
	return named(err)
}

// named names the fields as OpenRouter's clients do.
func named(err error) error {
	switch e := gateway.AsError(err); {
	case err == nil:
		return nil
	case e.Param == "budget_usd" || strings.HasPrefix(e.Param, "budgets["):
		return at(err, "limit")
	case e.Param == "member":
		return at(err, "creator_user_id")
	case e.Param == "workspace":
		return at(err, "workspace_id")
	}
	return err
}

func at(err error, field string) error {
	e := *gateway.AsError(err)
	e.Param = field
	return &e
}
