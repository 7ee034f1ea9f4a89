package admin

import (
	"context"
	"net/http"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/internal/httpapi"
)

// APIKeys administers API keys. ref is an id or a name.
type APIKeys interface {
	APIKeyReader
	APIKeyWriter
}

// APIKeyReader reads API keys.
type APIKeyReader interface {
	APIKeys(ctx context.Context, by *gateway.Principal, workspace string) ([]identity.APIKeyInfo, error)
	APIKey(ctx context.Context, by *gateway.Principal, ref string) (identity.APIKeyInfo, error)
}

// APIKeyWriter creates and changes API keys.
type APIKeyWriter interface {
	CreateAPIKey(ctx context.Context, by *gateway.Principal, n identity.NewAPIKey) (identity.APIKeyInfo, gateway.Secret, error)
	RotateAPIKey(ctx context.Context, by *gateway.Principal, ref string, overlap time.Duration) (identity.APIKeyInfo, gateway.Secret, error)
	UpdateAPIKey(ctx context.Context, by *gateway.Principal, ref string, to identity.APIKeyChange) (identity.APIKeyInfo, error)
	SetAPIKeyDisabled(ctx context.Context, by *gateway.Principal, ref string, disabled bool) (identity.APIKeyInfo, error)
	DeleteAPIKey(ctx context.Context, by *gateway.Principal, ref string) (identity.APIKeyInfo, error)
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
	keyAccess
}

// usd is an amount in nano-USD. In JSON it is a number of USD.
type usd int64

// MarshalJSON writes an exact decimal.
func (u usd) MarshalJSON() ([]byte, error) { return []byte(gateway.FormatUSD(int64(u))), nil }

func apiKeyOf(k identity.APIKeyInfo) apiKeyResponse {
	out := apiKeyResponse{Object: "api_key", ID: k.ID, Name: k.Name, Masked: k.Masked, Workspace: k.WorkspaceName, WorkspaceID: k.Workspace,
		Member: k.MemberName, MemberID: k.Member, Role: k.Role, Config: k.Config, Compat: k.Compat, Closed: k.Closed, Disabled: k.Disabled, FromFile: k.FromFile,
		CreatedAt: k.CreatedAt, UpdatedAt: k.UpdatedAt, Service: k.Service, keyAccess: keyAccessOf(k.Access)}
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
	all, err := a.APIKeys.APIKeys(ctx, r.by, r.Query("workspace"))
	if err != nil {
		return err
	}
	out := make([]apiKeyResponse, len(all))
	for i, k := range all {
		out[i] = apiKeyOf(k)
	}
	r.reply = page{Object: "list", Data: out}
	return nil
}

func (a *resources) getAPIKey(ctx context.Context, r *request) error {
	ref, err := a.apiKeyRef(ctx, r)
	if err != nil {
		return err
	}
	k, err := a.APIKeys.APIKey(ctx, r.by, ref)
	r.reply = apiKeyOf(k)
	return err
}

// apiKeyRef is the key that the path names. A name is unique within a workspace only: where the
// query names the workspace, the name is resolved to an id.
func (a *resources) apiKeyRef(ctx context.Context, r *request) (string, error) {
	r.target = r.Param("id")
	workspace := r.Query("workspace")
	if workspace == "" {
		return r.target, nil
	}
	all, err := a.APIKeys.APIKeys(ctx, r.by, workspace)
	if err != nil {
		return "", err
	}
	for _, k := range all {
		if k.ID == r.target || k.Name == r.target {
			return k.ID, nil
		}
	}
	return "", &gateway.Error{Op: "admin.apiKeyRef", Kind: gateway.NotFound, Param: "id", Public: "There is no API key '" + httpapi.Clip(r.target, 100) + "' in this workspace."}
}

// createAPIKey takes {name, workspace, member, service, role, config, compat, expires_at,
// budget_usd, key_hash} and the fields of readKeyAccess.
func (a *resources) createAPIKey(ctx context.Context, r *request) error {
	f, err := readForm(ctx, r)
	if err != nil {
		return err
	}
	n := identity.NewAPIKey{Name: f.text("name", true), Workspace: f.text("workspace", false), Member: f.text("member", false),
		Role:   gateway.Role(f.oneOf("role", gateway.RoleNames()...)),
		Config: f.text("config", false), Compat: f.compat(), ExpiresAt: f.time("expires_at"), BudgetUSD: f.usd("budget_usd"),
		Service: f.flag("service", false), Hash: f.text("key_hash", false)}
	edit, config := f.readKeyAccess()
	if edit != nil {
		edit(&n.Access)
	}
	if config != nil {
		n.Config = *config
	}
	r.target = n.Name
	if err := f.done(); err != nil {
		return err
	}
	k, secret, err := a.APIKeys.CreateAPIKey(ctx, r.by, n)
	if err != nil {
		return err
	}
	out := apiKeyOf(k)
	out.Key = secret.Reveal() // empty where a hash was given
	r.target, r.workspace, r.status, r.reply = k.ID, k.Workspace, http.StatusCreated, out
	return nil
}

// updateAPIKey takes {budget_usd, compat, config, expires_at} and the fields of readKeyAccess. null
// takes a budget, an expiry or a limit away, and makes compat and config the workspace's.
func (a *resources) updateAPIKey(ctx context.Context, r *request) error {
	r.target = r.Param("id")
	f, err := readForm(ctx, r)
	if err != nil {
		return err
	}
	var to identity.APIKeyChange
	f.oneGiven(append([]string{"budget_usd", "compat", "config", "expires_at"}, keyAccessFields...)...)
	to.Access, to.Config = f.readKeyAccess()
	if f.given("config") {
		slug := f.text("config", false)
		to.Config = &slug
	}
	if f.given("expires_at") {
		at := f.time("expires_at")
		to.ExpiresAt = &at
	}
	if f.given("budget_usd") {
		budget := f.usd("budget_usd")
		to.BudgetUSD = &budget
	}
	if f.given("compat") {
		compat := f.compat()
		to.Compat = &compat
	}
	if err := f.done(); err != nil {
		return err
	}
	ref, err := a.apiKeyRef(ctx, r)
	if err != nil {
		return err
	}
	k, err := a.APIKeys.UpdateAPIKey(ctx, r.by, ref, to)
	if err != nil {
		return err
	}
	r.target, r.workspace, r.reply = k.ID, k.Workspace, apiKeyOf(k)
	return nil
}

// rotateAPIKey takes {overlap}: how long the old value stays good, "0s" by default.
func (a *resources) rotateAPIKey(ctx context.Context, r *request) error {
	r.target = r.Param("id")
	f, err := readForm(ctx, r)
	if err != nil {
		return err
	}
	overlap := f.duration("overlap")
	if err := f.done(); err != nil {
		return err
	}
	ref, err := a.apiKeyRef(ctx, r)
	if err != nil {
		return err
	}
	k, secret, err := a.APIKeys.RotateAPIKey(ctx, r.by, ref, overlap)
	if err != nil {
		return err
	}
	out := apiKeyOf(k)
	out.Key = secret.Reveal()
	r.target, r.workspace, r.reply = k.ID, k.Workspace, out
	return nil
}

func (a *resources) deleteAPIKey(ctx context.Context, r *request) error {
	ref, err := a.apiKeyRef(ctx, r)
	if err != nil {
		return err
	}
	k, err := a.APIKeys.DeleteAPIKey(ctx, r.by, ref)
	if err != nil {
		return err
	}
	r.target, r.workspace, r.reply = k.ID, k.Workspace, deleted{k.ID, true}
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
	k, err := a.APIKeys.SetAPIKeyDisabled(ctx, r.by, ref, disabled)
	if err != nil {
		return err
	}
	r.target, r.workspace, r.reply = k.ID, k.Workspace, apiKeyOf(k)
	return nil
}

// usd reads an amount of USD, a number or a string; "" if it is absent.
func (f *form) usd(name string) string {
	v, ok := f.take(name, false)
	if !ok {
		return ""
	}
	text := v.String()
	if v.Type == gjson.Number {
		text = v.Raw
	}
	if _, err := gateway.ParseUSD(name, text); err != nil || v.Type != gjson.Number && v.Type != gjson.String {
		f.wrong(name, "must be an amount in USD such as 12.50")
		return ""
	}
	return text
}
