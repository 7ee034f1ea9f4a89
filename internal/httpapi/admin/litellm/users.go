package litellm

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/internal/httpapi/admin/apikey"
	"github.com/sluicegate/sluice/internal/httpapi/admin/own"
)

// People administers the members of the caller's workspace. It has the methods of
// identity.Service.
type People interface {
	Members(ctx context.Context, by *gateway.Principal) ([]identity.MemberInfo, error)
	PutMember(ctx context.Context, by *gateway.Principal, workspace, ref string, role gateway.Role) (identity.Member, error)
	RemoveMember(ctx context.Context, by *gateway.Principal, ref string) (identity.Member, error)
}

func (a *routes) userRoutes() []action.Action {
	return []action.Action{
		{Method: "POST", Path: "/user/new", Name: "member.put", Need: gateway.MembersUpdate, Do: a.newUser},
		{Method: "POST", Path: "/user/update", Name: "member.put", Need: gateway.MembersUpdate, Do: a.updateUser},
		{Method: "POST", Path: "/user/delete", Name: "member.delete", Need: gateway.MembersDelete, Do: a.deleteUsers},
		{Method: "GET", Path: "/user/info", Name: "member.get", Need: gateway.MembersRead, Do: a.userInfo},
		{Method: "GET", Path: "/user/list", Name: "member.list", Need: gateway.MembersList, Do: a.listUsers},
	}
}

// userRoles are LiteLLM's roles and ours. The first role of ours stands for each of LiteLLM's.
var userRoles = []struct {
	theirs string
	ours   []gateway.Role
}{
	{"proxy_admin", []gateway.Role{gateway.RoleOwner}},
	{"org_admin", []gateway.Role{gateway.RoleAdmin, gateway.RoleManager}},
	{"internal_user", []gateway.Role{gateway.RoleMember}},
	{"internal_user_viewer", []gateway.Role{gateway.RoleViewer, gateway.RoleBilling}},
	{"proxy_admin_viewer", []gateway.Role{gateway.RoleAuditor}},
}

func theirRole(ours gateway.Role) string {
	for _, r := range userRoles {
		for _, role := range r.ours {
			if role == ours {
				return r.theirs
			}
		}
	}
	return ""
}

func ourRole(theirs string) gateway.Role {
	for _, r := range userRoles {
		if r.theirs == theirs {
			return r.ours[0]
		}
	}
	return gateway.RoleMember
}

// userRow is a member in LiteLLM's form (LiteLLM_UserTable).
type userRow struct {
	ID    string  `json:"user_id"`
	Alias *string `json:"user_alias"`
	Email *string `json:"user_email"`
	Role  string  `json:"user_role"`

	Teams          []string   `json:"teams"`
	Models         []string   `json:"models"`
	Metadata       struct{}   `json:"metadata"`
	Spend          action.USD `json:"spend"`
	MaxBudget      *struct{}  `json:"max_budget"`
	BudgetDuration *string    `json:"budget_duration"`
	BudgetResetAt  *string    `json:"budget_reset_at"`
	TPM            *int64     `json:"tpm_limit"`
	RPM            *int64     `json:"rpm_limit"`
	MaxParallel    *int64     `json:"max_parallel_requests"`
	Keys           int        `json:"key_count"`

	CreatedAt time.Time `json:"created_at"`
}

// userOf is a member with the ids of its teams and the number of its keys. What its keys with a
// budget spent is summed up.
func (a *routes) userOf(m identity.MemberInfo, teams []identity.TeamInfo, keys []identity.APIKeyInfo) userRow {
	out := userRow{ID: m.Name, Role: theirRole(m.Role), Teams: []string{}, Models: []string{}, CreatedAt: m.CreatedAt}
	if strings.Contains(m.Name, "@") {
		out.Email = &m.Name
	}
	for _, t := range teams {
		for _, p := range t.People {
			if p.ID == m.ID {
				out.Teams = append(out.Teams, t.ID)
			}
		}
	}
	for _, k := range keys {
		if k.Member == m.ID {
			out.Keys++
			out.Spend += action.USD(k.Spent)
		}
	}
	return out
}

// newUser takes {user_id, user_email, user_role, teams, auto_create_key, key_alias} and what a key
// takes; it makes a key for the member unless auto_create_key is false.
func (a *routes) newUser(ctx context.Context, r *action.Request) error {
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	name, email := f.Text("user_id", false), f.Text("user_email", false)
	if name != "" && email != "" && name != email {
		f.Wrong("user_email", "must be the user_id where both are given: a member has one name")
	}
	if name == "" {
		name = email
	}
	if name == "" {
		name = "user-" + strings.ToLower(r.NewID())
	}
	role := readRole(f)
	makeKey := f.Flag("auto_create_key", true)
	teams := f.Texts("teams")
	alias := f.Text("key_alias", false)
	duration := readDuration(f, "duration", r.Now())
	readUserIdleFields(f)
	r.Target = name
	if err := f.Done(); err != nil {
		return err
	}
	if err := a.checkAlias(ctx, r, alias, ""); err != nil {
		return err
	}
	found := make([]identity.TeamInfo, len(teams))
	for i, ref := range teams {
		if found[i], err = a.Teams.Team(ctx, r.By, ref); err != nil {
			return at(err, "teams")
		}
	}
	m, err := a.People.PutMember(ctx, r.By, "", name, role)
	if err != nil {
		return named(err)
	}
	for i, t := range found {
		if found[i], err = a.Teams.AddTeamMember(ctx, r.By, t.ID, m.ID); err != nil {
			return at(err, "teams")
		}
	}
	r.Target, r.Workspace = m.ID, r.By.Workspace
	info := identity.MemberInfo{Member: m, Role: m.RoleIn(r.By.Workspace)}
	out := newUser{userRow: a.userOf(info, found, nil)}
	if makeKey {
		n := identity.NewAPIKey{Member: m.Name, ExpiresAt: duration, Compat: gateway.CompatLiteLLM}
		n.Name, n.Access.Title = apikey.NameFor(alias, r.NewID)
		k, secret, err := a.Keys.Create(ctx, r.By, n, own.Change{})
		if err != nil {
			return named(err)
		}
		made, err := a.newKeyOf(ctx, k, secret)
		if err != nil {
			return err
		}
		out.Key, out.Token, out.KeyAlias, out.Expires, out.userRow.Keys = &made.Key, &made.Token, made.KeyAlias, made.Expires, 1
	}
	r.Reply = out
	return nil
}

// readRole reads LiteLLM's word for a role.
func readRole(f *action.Form) gateway.Role {
	var theirs []string
	for _, role := range userRoles {
		theirs = append(theirs, role.theirs)
	}
	return ourRole(f.OneOf("user_role", theirs...))
}

// readUserIdleFields reads what is known of a user and has no effect here.
func readUserIdleFields(f *action.Form) {
	f.Idle(": limit what a member uses by POST /v1/policies/rate-limits", "tpm_limit", "rpm_limit", "max_parallel_requests", "model_rpm_limit", "model_tpm_limit")
	f.Idle(": a key has these, see /key/generate", "models", "aliases", "metadata", "blocked", "spend")
	f.Idle("", "user_alias", "max_budget", "budget_duration", "soft_budget", "organizations", "organization_id", "team_id", "guardrails", "permissions", "config", "send_invite_email", "sso_user_id",
		"allowed_cache_controls", "model_max_budget", "object_permission", "prompts")
}

// newUser is the answer of /user/new, with the key that was made.
type newUser struct {
	userRow
	Key      *string    `json:"key"`
	Token    *string    `json:"token"`
	KeyAlias *string    `json:"key_alias"`
	Expires  *time.Time `json:"expires"`
}

// office is what is known of the members of a workspace.
func (a *routes) office(ctx context.Context, r *action.Request) (members []identity.MemberInfo, teams []identity.TeamInfo, keys []identity.APIKeyInfo, err error) {
	if members, err = a.People.Members(ctx, r.By); err != nil {
		return
	}
	if r.By.May(gateway.TeamsList) {
		if teams, err = a.Teams.Teams(ctx, r.By); err != nil {
			return
		}
	}
	keys, err = a.Keys.APIKeys(ctx, r.By, r.By.Workspace)
	return
}

// userInfo describes the member of ?user_id=, else the caller.
func (a *routes) userInfo(ctx context.Context, r *action.Request) error {
	q := action.ReadQuery(r)
	q.Text("workspace")
	user := q.Text("user_id")
	if err := q.Done(); err != nil {
		return err
	}
	if user == "" {
		user = r.By.Member
	}
	members, teams, keys, err := a.office(ctx, r)
	if err != nil {
		return err
	}
	for _, m := range members {
		if m.ID != user && m.Name != user {
			continue
		}
		row := a.userOf(m, teams, keys)
		out := userInfoResponse{ID: row.ID, Info: row, Keys: []keyRow{}, Teams: []teamRow{}}
		own := slices.DeleteFunc(slices.Clone(keys), func(k identity.APIKeyInfo) bool { return k.Member != m.ID })
		if out.Keys, err = a.rows(ctx, own...); err != nil {
			return err
		}
		for _, t := range teams {
			for _, id := range row.Teams {
				if id == t.ID {
					out.Teams = append(out.Teams, teamOf(t))
				}
			}
		}
		r.Target, r.Reply = m.ID, out
		return nil
	}
	return &gateway.Error{Op: "litellm.userInfo", Kind: gateway.NotFound, Param: "user_id", Public: "There is no such user."}
}

// userInfoResponse is the answer of /user/info.
type userInfoResponse struct {
	ID    string    `json:"user_id"`
	Info  userRow   `json:"user_info"`
	Keys  []keyRow  `json:"keys"`
	Teams []teamRow `json:"teams"`
}

// userList is the answer of /user/list.
type userList struct {
	Users []userRow `json:"users"`
	Total int       `json:"total"`
	Page  int       `json:"page"`
	Size  int       `json:"page_size"`
	Pages int       `json:"total_pages"`
}

// listUsers takes page, page_size, role and user_email.
func (a *routes) listUsers(ctx context.Context, r *action.Request) error {
	q := action.ReadQuery(r)
	q.Text("workspace")
	page, size := q.Whole("page", 1, 1, 1_000_000), q.Whole("page_size", 25, 1, 100)
	role, email := q.Text("role"), q.Text("user_email")
	if err := q.Done(); err != nil {
		return err
	}
	members, teams, keys, err := a.office(ctx, r)
	if err != nil {
		return err
	}
	all := []userRow{}
	for _, m := range members {
		row := a.userOf(m, teams, keys)
		if (role == "" || role == row.Role) && strings.Contains(row.ID, email) {
			all = append(all, row)
		}
	}
	rows, pages := listOf(all, page, size)
	r.Reply = userList{rows, len(all), page, size, pages}
	return nil
}
