package admin

import (
	"context"
	"net/http"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/internal/httpapi/admin/apikey"
	"github.com/sluicegate/sluice/internal/httpapi/admin/own"
)

// keys are the API keys with their limits and budgets.
func (a *resources) keys() apikey.Service {
	return apikey.Service{Keys: a.APIKeys, Own: a.Own}
}

func (a *resources) apiKeyRoutes() []operation {
	return []operation{
		{"GET", "/v1/api-keys", "api_key.list", gateway.APIKeysList, a.listAPIKeys},
		{"POST", "/v1/api-keys", "api_key.create", gateway.APIKeysCreate, a.createAPIKey},
		{"GET", "/v1/api-keys/:id", "api_key.get", gateway.APIKeysRead, a.getAPIKey},
		{"PUT", "/v1/api-keys/:id", "api_key.update", gateway.APIKeysUpdate, a.updateAPIKey},
		{"DELETE", "/v1/api-keys/:id", "api_key.delete", gateway.APIKeysDelete, a.deleteAPIKey},
		{"POST", "/v1/api-keys/:id/disable", "api_key.disable", gateway.APIKeysUpdate, a.disableAPIKey},
		{"POST", "/v1/api-keys/:id/enable", "api_key.enable", gateway.APIKeysUpdate, a.enableAPIKey},
		{"POST", "/v1/api-keys/:id/rotate", "api_key.rotate", gateway.APIKeysUpdate, a.rotateAPIKey},
		{"POST", "/v1/api-keys/workspace/user", "api_key.create", gateway.APIKeysCreate, a.createPortkeyKey("user")},
		{"POST", "/v1/api-keys/workspace/service", "api_key.create", gateway.APIKeysCreate, a.createPortkeyKey("service")},
	}
}

type apiKeyResponse struct {
	Object      string         `json:"object"`
	ID          string         `json:"id"`
	Name        string         `json:"name"`
	Key         string         `json:"key,omitempty"` // once, in the answer to its creation
	Masked      string         `json:"masked"`
	Workspace   string         `json:"workspace"` // name
	WorkspaceID string         `json:"workspace_id"`
	Member      string         `json:"member"` // name
	MemberID    string         `json:"member_id"`
	Team        string         `json:"team"` // name, ""
	TeamID      string         `json:"team_id"`
	Role        gateway.Role   `json:"role"`
	Config      string         `json:"config"`
	Compat      gateway.Compat `json:"compat"` // "": the workspace's
	Budget      *usd           `json:"budget_usd"`
	Spent       *usd           `json:"spent_usd"`    // null without a budget
	Reserved    *usd           `json:"reserved_usd"` // of the budget, by calls in flight; null without one
	Closed      bool           `json:"closed"`       // until the budget is raised: a provider billed above its limits
	Disabled    bool           `json:"disabled"`
	FromFile    bool           `json:"from_file"`
	ExpiresAt   *time.Time     `json:"expires_at"`
	CreatedAt   time.Time      `json:"created_at"`
	UpdatedAt   time.Time      `json:"updated_at"`
	Service     bool           `json:"service"`       // the key of a service account
	OldUntil    *time.Time     `json:"old_key_until"` // a rotated key's old value is good until then
	RateLimits  []keyLimit     `json:"rate_limits"`   // of the key alone
	Budgets     []keyBudget    `json:"budgets"`       // of the key alone, beside the one of its life
	keyAccess
	portkeyKey
}

// apiKeysOf are keys with their limits and budgets.
func (a *resources) apiKeysOf(ctx context.Context, r *request, keys ...identity.APIKeyInfo) ([]apiKeyResponse, error) {
	budgets, err := a.keys().Budgets(ctx, keys...)
	if err != nil {
		return nil, err
	}
	out := make([]apiKeyResponse, len(keys))
	for i, k := range keys {
		out[i] = a.apiKeyOf(r, k, budgets[i])
	}
	return out, nil
}

// answerKey answers with a key, and with its value where it was made.
func (a *resources) answerKey(ctx context.Context, r *request, k identity.APIKeyInfo, secret gateway.Secret) error {
	rows, err := a.apiKeysOf(ctx, r, k)
	if err != nil {
		return err
	}
	rows[0].Key = secret.Reveal()
	r.Target, r.Workspace, r.Reply = k.ID, k.Workspace, rows[0]
	return nil
}

func (a *resources) apiKeyOf(r *request, k identity.APIKeyInfo, budgets []own.Budget) apiKeyResponse {
	out := apiKeyResponse{Object: "api_key", ID: k.ID, Name: k.Name, Masked: k.Masked, Workspace: k.WorkspaceName, WorkspaceID: k.Workspace,
		Member: k.MemberName, MemberID: k.Member, Team: k.TeamName, TeamID: k.Team, Role: k.Role, Config: k.Config, Compat: k.Compat, Closed: k.Closed, Disabled: k.Disabled, FromFile: k.FromFile,
		CreatedAt: k.CreatedAt, UpdatedAt: k.UpdatedAt, Service: k.Service, keyAccess: keyAccessOf(k.Access), portkeyKey: portkeyKeyOf(k, budgets, r.By.Organisation, r.Now())}
	out.RateLimits, out.Budgets = keyLimitsOf(a.keys().LimitsOf(k)), keyBudgetsOf(periodic(budgets))
	if !k.Previous.Until.IsZero() {
		out.OldUntil = &k.Previous.Until
	}
	if k.Budget != nil {
		budget, spent, reserved := usd(*k.Budget), usd(k.Spent), usd(k.Reserved)
		out.Budget, out.Spent, out.Reserved = &budget, &spent, &reserved
	}
	if !k.ExpiresAt.IsZero() {
		out.ExpiresAt = &k.ExpiresAt
	}
	return out
}

func (a *resources) listAPIKeys(ctx context.Context, r *request) error {
	all, err := a.APIKeys.APIKeys(ctx, r.By, r.Query("workspace"))
	if err != nil {
		return err
	}
	rows, err := paged(r, all)
	if err != nil {
		return err
	}
	out, err := a.apiKeysOf(ctx, r, rows...)
	if err != nil {
		return err
	}
	r.Reply = page{Object: "list", Data: out, Total: len(all)}
	return nil
}

func (a *resources) getAPIKey(ctx context.Context, r *request) error {
	ref, err := a.apiKeyRef(ctx, r)
	if err != nil {
		return err
	}
	k, err := a.APIKeys.APIKey(ctx, r.By, ref)
	if err != nil {
		return err
	}
	rows, err := a.apiKeysOf(ctx, r, k)
	if err == nil {
		r.Reply = rows[0]
	}
	return err
}

// apiKeyRef is the key that the path names. A name is unique within a workspace only: where the
// query names the workspace, the name is resolved to an id.
func (a *resources) apiKeyRef(ctx context.Context, r *request) (string, error) {
	r.Target = r.Param("id")
	workspace := r.Query("workspace")
	if workspace == "" {
		return r.Target, nil
	}
	all, err := a.APIKeys.APIKeys(ctx, r.By, workspace)
	if err != nil {
		return "", err
	}
	for _, k := range all {
		if k.ID == r.Target || k.Name == r.Target {
			return k.ID, nil
		}
	}
	return "", &gateway.Error{Op: "admin.apiKeyRef", Kind: gateway.NotFound, Param: "id", Public: "There is no API key '" + gateway.Clip(r.Target, 100) + "' in this workspace."}
}

// createAPIKey takes {name, workspace, member, team, service, role, config, compat, expires_at,
// budget_usd, budgets, key_hash, rate_limits} and the fields of readKeyAccess.
func (a *resources) createAPIKey(ctx context.Context, r *request) error {
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	n := identity.NewAPIKey{Name: f.Text("name", true), Workspace: f.Text("workspace", false), Member: f.Text("member", false), Team: f.Text("team", false),
		Role:   gateway.Role(f.OneOf("role", gateway.RoleNames()...)),
		Config: f.Text("config", false), Compat: f.Compat(), ExpiresAt: f.Time("expires_at"), BudgetUSD: f.USD("budget_usd"),
		Service: f.Flag("service", false), Hash: f.Text("key_hash", false)}
	edit, config := readKeyAccess(f)
	if edit != nil {
		edit(&n.Access)
	}
	if config != nil {
		n.Config = *config
	}
	limits := readKeyLimits(f, "rate_limits")
	budgets := readKeyBudgets(f, "budgets", apiKeyPeriods...)
	r.Target = n.Name
	checkPin(f, "config", n.Config)
	if err := f.Done(); err != nil {
		return err
	}
	if err := a.checkKeyConfig(ctx, r, n.Workspace, n.Config); err != nil {
		return err
	}
	k, secret, err := a.keys().Create(ctx, r.By, n, own.Change{Limits: &limits, Budgets: budgets})
	if err != nil {
		return err
	}
	r.Status = http.StatusCreated
	return a.answerKey(ctx, r, k, secret) // the value is empty where a hash was given
}

// checkKeyConfig refuses a config that the workspace of a new key does not have: each call of the
// key would be refused. A workspace that the key makes has none yet.
func (a *resources) checkKeyConfig(ctx context.Context, r *request, workspace, config string) error {
	const op = "admin.checkKeyConfig"
	if config == "" {
		return nil
	}
	id, err := r.In(ctx, workspace)
	if e := gateway.AsError(err); e != nil && e.Kind == gateway.NotFound && r.By.May(gateway.AnyWorkspace) {
		return gateway.InvalidField(op, "config", "There is no config '"+gateway.Clip(config, 100)+"' in this workspace.")
	}
	if err != nil {
		return err
	}
	return a.checkConfig(ctx, op, id, config)
}

// apiKeyPeriods are the periods of the field budgets: budget_usd holds for the life of a key.
var apiKeyPeriods = []string{string(budget.Day), string(budget.Week), string(budget.Month)}

// updateAPIKey takes {team, budget_usd, budgets, compat, config, expires_at, rate_limits} and the fields of
// readKeyAccess. null takes a team, a budget, an expiry or a limit away, and makes compat and config the workspace's.
func (a *resources) updateAPIKey(ctx context.Context, r *request) error {
	r.Target = r.Param("id")
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	var to apikey.Change
	f.OneGiven(append([]string{"budget_usd", "budgets", "team", "name", "description", "usage_limits", "compat", "config", "expires_at", "rate_limits"}, keyAccessFields...)...)
	to.Access, to.Config = readKeyAccess(f)
	if f.Given("config") {
		slug := f.Text("config", false)
		to.Config = &slug
	}
	to.ExpiresAt = action.IfGiven(f, "expires_at", f.Time)
	if f.Given("rate_limits") {
		limits := readKeyLimits(f, "rate_limits")
		to.Limits = &limits
	}
	to.Team = f.GivenText("team", false)
	to.BudgetUSD = action.IfGiven(f, "budget_usd", f.USD)
	if f.Given("compat") {
		compat := f.Compat()
		to.Compat = &compat
	}
	to.Budgets = readKeyBudgets(f, "budgets", apiKeyPeriods...)
	limit, limited := readPortkeyChange(f, &to, r.Target)
	if to.Config != nil {
		checkPin(f, "config", *to.Config)
	}
	if err := f.Done(); err != nil {
		return err
	}
	ref, err := a.apiKeyRef(ctx, r)
	if err != nil {
		return err
	}
	if limited || to.Config != nil {
		known, err := a.APIKeys.APIKey(ctx, r.By, ref)
		if err != nil {
			return err
		}
		if limited {
			a.keys().SetBudget(known, limit, &to)
		}
		if to.Config != nil {
			if err := a.checkConfig(ctx, "admin.updateAPIKey", known.Workspace, *to.Config); err != nil {
				return err
			}
		}
	}
	k, err := a.keys().Change(ctx, r.By, ref, to)
	if err != nil {
		return err
	}
	return a.answerKey(ctx, r, k, gateway.Secret{})
}

// rotateAPIKey takes {overlap}: how long the old value stays good, "0s" by default.
func (a *resources) rotateAPIKey(ctx context.Context, r *request) error {
	r.Target = r.Param("id")
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	overlap := f.Duration("overlap")
	if ms := f.Count("key_transition_period_ms", false, 0); ms > 0 { // Portkey's
		overlap = time.Duration(ms) * time.Millisecond
	}
	if err := f.Done(); err != nil {
		return err
	}
	ref, err := a.apiKeyRef(ctx, r)
	if err != nil {
		return err
	}
	k, secret, err := a.APIKeys.RotateAPIKey(ctx, r.By, ref, overlap)
	if err != nil {
		return err
	}
	return a.answerKey(ctx, r, k, secret)
}

func (a *resources) deleteAPIKey(ctx context.Context, r *request) error {
	ref, err := a.apiKeyRef(ctx, r)
	if err != nil {
		return err
	}
	k, err := a.keys().Delete(ctx, r.By, ref)
	if err != nil {
		return err
	}
	r.Target, r.Workspace, r.Reply = k.ID, k.Workspace, deleted{ID: k.ID, Deleted: true}
	return nil
}

func (a *resources) disableAPIKey(ctx context.Context, r *request) error {
	return a.switchAPIKey(ctx, r, true)
}
func (a *resources) enableAPIKey(ctx context.Context, r *request) error {
	return a.switchAPIKey(ctx, r, false)
}

func (a *resources) switchAPIKey(ctx context.Context, r *request, disabled bool) error {
	ref, err := a.apiKeyRef(ctx, r)
	if err != nil {
		return err
	}
	k, err := a.APIKeys.SetAPIKeyDisabled(ctx, r.By, ref, disabled)
	if err != nil {
		return err
	}
	return a.answerKey(ctx, r, k, gateway.Secret{})
}
