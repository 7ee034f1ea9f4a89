package admin

import (
	"context"
	"net/http"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/identity/access"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/internal/httpapi/admin/apikey"
	"github.com/sluicegate/sluice/internal/httpapi/admin/own"
)

// portkeyKey has the fields by which Portkey's clients read an API key, beside ours.
type portkeyKey struct {
	Title          string       `json:"title"` // a name of any text, where a client of Portkey gave one
	Description    string       `json:"description"`
	Type           string       `json:"type"`   // workspace-user or workspace-service
	Status         string       `json:"status"` // active, exhausted, disabled or expired
	OrganisationID string       `json:"organisation_id"`
	UserID         *string      `json:"user_id"` // null: a service account's
	UsageLimits    *usageLimits `json:"usage_limits"`
	Defaults       ownDefaults  `json:"defaults"`
	AlertEmails    []string     `json:"alert_emails"`
	UpdatedAt      time.Time    `json:"last_updated_at"`
	Transition     *time.Time   `json:"key_transition_expires_at"` // the old value of a rotated key is good until then
}

type ownDefaults struct {
	Metadata map[string]string `json:"metadata"`
	Config   string            `json:"config_id"`
	Override bool              `json:"allow_config_override"`
}

func portkeyKeyOf(k identity.APIKeyInfo, budgets []own.Budget, organisation string, now time.Time) portkeyKey {
	out := portkeyKey{Title: k.Access.Title, Description: k.Access.Description, Type: "workspace-user", Status: "active", OrganisationID: organisation, UserID: &k.Member,
		Defaults: ownDefaults{k.Access.Metadata, k.Config, !k.Access.LockConfig}, AlertEmails: []string{}, UpdatedAt: k.UpdatedAt}
	if k.Service {
		out.Type, out.UserID = "workspace-service", nil
	}
	switch {
	case k.Disabled:
		out.Status = "disabled"
	case !k.ExpiresAt.IsZero() && !now.Before(k.ExpiresAt):
		out.Status = "expired"
	case spentUp(budgets):
		out.Status = "exhausted"
	}
	out.UsageLimits = usageLimitsOf(budgets)
	if !k.Previous.Until.IsZero() {
		out.Transition = &k.Previous.Until
	}
	return out
}

// createPortkeyKey makes a key at Portkey's paths. A key of the organisation does not exist here: a
// member with a role in all workspaces has keys that act in all of them. It takes {name, description, workspace_id, user_id, scopes, rate_limits,
// usage_limits, defaults, expires_at}.
func (a *resources) createPortkeyKey(kind string) func(context.Context, *request) error {
	return func(ctx context.Context, r *request) error {
		f, err := action.ReadForm(ctx, r)
		if err != nil {
			return err
		}
		title := f.Text("name", true)
		n := identity.NewAPIKey{Workspace: f.Text("workspace", false), Service: kind == "service", ExpiresAt: f.Time("expires_at")}
		if kind == "user" {
			n.Member = f.Text("user_id", true)
		}
		edit, config := readKeyAccess(f)
		if edit != nil {
			edit(&n.Access)
		}
		if config != nil {
			n.Config = *config
		}
		usage, _ := readUsageLimits(f)
		limits := readKeyLimits(f, "rate_limits")
		n.Access.Description = f.Text("description", false)
		f.Same("type", "workspace") // portkey-ai repeats the path in the body
		f.Same("sub-type", kind)
		f.Idle("", "alert_emails", "rotation_policy")
		n.Name, n.Access.Title = apikey.NameFor(title, r.NewID)
		r.Target = n.Name
		if err := f.Done(); err != nil {
			return err
		}
		has := own.Change{Limits: &limits}
		switch {
		case usage == nil:
		case usage.Period == budget.Life:
			n.BudgetUSD = usdOf(usage)
		default:
			has.Budgets = &[]budget.Budget{*usage}
		}
		if err := a.checkKeyConfig(ctx, r, n.Workspace, n.Config); err != nil {
			return err
		}
		k, secret, err := a.keys().Create(ctx, r.By, n, has)
		if err != nil {
			return portkeyError(err)
		}
		r.Status = http.StatusCreated
		return a.answerKey(ctx, r, k, secret)
	}
}

// portkeyError names the fields as Portkey's clients do.
func portkeyError(err error) error {
	e := *gateway.AsError(err)
	switch e.Param {
	case "member":
		e.Param = "user_id"
	case "budget_usd", "budgets[0].credit_limit":
		e.Param = "usage_limits.credit_limit"
	}
	return &e
}

// readPortkeyChange reads those fields of a change that Portkey's clients send. limit is the change of
// the key's budget, if there is one.
func readPortkeyChange(f *form, to *apikey.Change, id string) (limit apikey.Budget, limited bool) {
	edit := to.Access
	title, description := f.GivenText("name", true), f.GivenText("description", false)
	if title != nil || description != nil {
		to.Access = func(rules *access.Rules) {
			if edit != nil {
				edit(rules)
			}
			if title != nil {
				rules.Title = *title
			}
			if description != nil {
				rules.Description = *description
			}
		}
	}
	usage, limited := readUsageLimits(f)
	if limited {
		if to.BudgetUSD != nil || to.Budgets != nil {
			f.Wrong("usage_limits", "is a budget as budget_usd and budgets are: give one of them")
		}
		text, period := usdOf(usage), budget.Life
		if usage != nil {
			period = usage.Period
		}
		limit = apikey.Budget{USD: &text, Period: &period}
	}
	f.Same("id", id) // portkey-ai repeats the path in the body
	f.Idle("", "alert_emails", "rotation_policy", "reset_usage")
	return limit, limited
}

// paged cuts a list as Portkey's clients ask for it, if they do.
func paged[T any](r *request, all []T) ([]T, error) {
	if r.Query("page_size") == "" && r.Query("current_page") == "" {
		return all, nil
	}
	q := action.ReadQuery(r)
	size, current := q.Whole("page_size", 100, 1, 1000), q.Whole("current_page", 0, 0, 1_000_000)
	if err := q.Problems(); err != nil {
		return nil, err
	}
	from := min(current*size, len(all))
	return all[from:min(from+size, len(all))], nil
}
