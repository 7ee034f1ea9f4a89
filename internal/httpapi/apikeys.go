package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
)

// APIKeys administers what callers present. ref is an id or a name.
type APIKeys interface {
	APIKeyReader
	APIKeyWriter
}

// APIKeyReader shows them.
type APIKeyReader interface {
	APIKeys(ctx context.Context, by *gateway.Principal, workspace string) ([]identity.APIKeyInfo, error)
	APIKey(ctx context.Context, by *gateway.Principal, ref string) (identity.APIKeyInfo, error)
}

// APIKeyWriter makes and changes them.
type APIKeyWriter interface {
	CreateAPIKey(ctx context.Context, by *gateway.Principal, n identity.NewAPIKey) (identity.APIKeyInfo, gateway.Secret, error)
	SetAPIKeyDisabled(ctx context.Context, by *gateway.Principal, ref string, disabled bool) (identity.APIKeyInfo, error)
	DeleteAPIKey(ctx context.Context, by *gateway.Principal, ref string) (identity.APIKeyInfo, error)
}

func (s *Server) apiKeyRoutes() []adminRoute {
	return []adminRoute{
		{"GET", "/v1/api-keys", "api_key.list", gateway.APIKeysRead, s.listAPIKeys},
		{"POST", "/v1/api-keys", "api_key.create", gateway.APIKeysWrite, s.createAPIKey},
		{"GET", "/v1/api-keys/:id", "api_key.get", gateway.APIKeysRead, s.getAPIKey},
		{"DELETE", "/v1/api-keys/:id", "api_key.delete", gateway.APIKeysWrite, s.deleteAPIKey},
		{"POST", "/v1/api-keys/:id/disable", "api_key.disable", gateway.APIKeysWrite, s.disableAPIKey},
		{"POST", "/v1/api-keys/:id/enable", "api_key.enable", gateway.APIKeysWrite, s.enableAPIKey},
	}
}

type apiKeyShape struct {
	Object      string       `json:"object"`
	ID          string       `json:"id"`
	Name        string       `json:"name"`
	Key         string       `json:"key,omitempty"` // once, in the answer to its creation
	Masked      string       `json:"masked"`
	Workspace   string       `json:"workspace"` // name
	WorkspaceID string       `json:"workspace_id"`
	Member      string       `json:"member"` // name
	MemberID    string       `json:"member_id"`
	Role        gateway.Role `json:"role"`
	Config      string       `json:"config"`
	Budget      *usd         `json:"budget_usd"`
	Spent       *usd         `json:"spent_usd"` // null without a budget
	Disabled    bool         `json:"disabled"`
	FromFile    bool         `json:"from_file"`
	ExpiresAt   *time.Time   `json:"expires_at"`
	CreatedAt   time.Time    `json:"created_at"`
	UpdatedAt   time.Time    `json:"updated_at"`
}

// usd is nano-USD that reads as a JSON number of USD.
type usd int64

// MarshalJSON writes an exact decimal.
func (u usd) MarshalJSON() ([]byte, error) { return []byte(gateway.FormatUSD(int64(u))), nil }

func apiKeyOf(k identity.APIKeyInfo) apiKeyShape {
	out := apiKeyShape{Object: "api_key", ID: k.ID, Name: k.Name, Masked: k.Masked, Workspace: k.WorkspaceName, WorkspaceID: k.Workspace,
		Member: k.MemberName, MemberID: k.Member, Role: k.Role, Config: k.Config, Disabled: k.Disabled, FromFile: k.FromFile,
		CreatedAt: k.CreatedAt, UpdatedAt: k.UpdatedAt}
	if k.Budget != nil {
		budget, spent := usd(*k.Budget), usd(k.Spent)
		out.Budget, out.Spent = &budget, &spent
	}
	if !k.ExpiresAt.IsZero() {
		out.ExpiresAt = &k.ExpiresAt
	}
	return out
}

func (s *Server) listAPIKeys(ctx context.Context, d *deed) error {
	all, err := s.APIKeys.APIKeys(ctx, d.by, d.query("workspace"))
	if err != nil {
		return err
	}
	out := make([]apiKeyShape, len(all))
	for i, k := range all {
		out[i] = apiKeyOf(k)
	}
	d.reply = page{Object: "list", Data: out}
	return nil
}

func (s *Server) getAPIKey(ctx context.Context, d *deed) error {
	ref, err := s.apiKeyRef(ctx, d)
	if err != nil {
		return err
	}
	k, err := s.APIKeys.APIKey(ctx, d.by, ref)
	d.reply = apiKeyOf(k)
	return err
}

// apiKeyRef is the key that the path names. Names are unique in a workspace only: where
// the call says in which, it becomes an id.
func (s *Server) apiKeyRef(ctx context.Context, d *deed) (string, error) {
	d.target = d.param("id")
	workspace := d.query("workspace")
	if workspace == "" {
		return d.target, nil
	}
	all, err := s.APIKeys.APIKeys(ctx, d.by, workspace)
	if err != nil {
		return "", err
	}
	for _, k := range all {
		if k.ID == d.target || k.Name == d.target {
			return k.ID, nil
		}
	}
	return "", &gateway.Error{Op: "httpapi.apiKeyRef", Kind: gateway.NotFound, Param: "id", Public: "There is no API key '" + clip(d.target, 100) + "' in this workspace."}
}

// createAPIKey takes {name, workspace, member, role, config, expires_at, budget_usd}.
func (s *Server) createAPIKey(ctx context.Context, d *deed) error {
	f, err := d.form()
	if err != nil {
		return err
	}
	n := identity.NewAPIKey{Name: f.text("name", true), Workspace: f.text("workspace", false), Member: f.text("member", false),
		Role:   gateway.Role(f.oneOf("role", string(gateway.RoleOwner), string(gateway.RoleAdmin), string(gateway.RoleMember))),
		Config: f.text("config", false), ExpiresAt: f.time("expires_at"), BudgetUSD: f.usd("budget_usd")}
	d.target = n.Name
	if err := f.done(); err != nil {
		return err
	}
	k, secret, err := s.APIKeys.CreateAPIKey(ctx, d.by, n)
	if err != nil {
		return err
	}
	out := apiKeyOf(k)
	out.Key = secret.Reveal()
	d.target, d.workspace, d.status, d.reply = k.ID, k.Workspace, http.StatusCreated, out
	return nil
}

func (s *Server) deleteAPIKey(ctx context.Context, d *deed) error {
	ref, err := s.apiKeyRef(ctx, d)
	if err != nil {
		return err
	}
	k, err := s.APIKeys.DeleteAPIKey(ctx, d.by, ref)
	if err != nil {
		return err
	}
	d.target, d.workspace, d.reply = k.ID, k.Workspace, deleted{k.ID, true}
	return nil
}

func (s *Server) disableAPIKey(ctx context.Context, d *deed) error {
	return s.switchAPIKey(ctx, d, true)
}
func (s *Server) enableAPIKey(ctx context.Context, d *deed) error {
	return s.switchAPIKey(ctx, d, false)
}

func (s *Server) switchAPIKey(ctx context.Context, d *deed, disabled bool) error {
	ref, err := s.apiKeyRef(ctx, d)
	if err != nil {
		return err
	}
	k, err := s.APIKeys.SetAPIKeyDisabled(ctx, d.by, ref, disabled)
	if err != nil {
		return err
	}
	d.target, d.workspace, d.reply = k.ID, k.Workspace, apiKeyOf(k)
	return nil
}

// usd is an amount, as a number or a text; "" if absent.
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
