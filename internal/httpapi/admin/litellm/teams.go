package litellm

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
)

// Teams administers teams of the caller's workspace. ref is an id or a name. It has the methods of
// identity.Service.
type Teams interface {
	Teams(ctx context.Context, by *gateway.Principal) ([]identity.TeamInfo, error)
	Team(ctx context.Context, by *gateway.Principal, ref string) (identity.TeamInfo, error)
	TeamWriter
}

// TeamWriter changes teams.
type TeamWriter interface {
	CreateTeam(ctx context.Context, by *gateway.Principal, n identity.NewTeam) (identity.TeamInfo, error)
	UpdateTeam(ctx context.Context, by *gateway.Principal, ref string, to identity.TeamChange) (identity.TeamInfo, error)
	AddTeamMember(ctx context.Context, by *gateway.Principal, ref, member string) (identity.TeamInfo, error)
	RemoveTeamMember(ctx context.Context, by *gateway.Principal, ref, member string) (identity.TeamInfo, error)
	DeleteTeam(ctx context.Context, by *gateway.Principal, ref string) (identity.TeamInfo, error)
}

func (a *routes) teamRoutes() []action.Action {
	return []action.Action{
		{Method: "POST", Path: "/team/new", Name: "team.create", Need: gateway.TeamsCreate, Do: a.newTeam},
		{Method: "POST", Path: "/team/update", Name: "team.update", Need: gateway.TeamsUpdate, Do: a.updateTeam},
		{Method: "POST", Path: "/team/member_add", Name: "team.add", Need: gateway.TeamsUpdate, Do: a.addTeamMember},
		{Method: "POST", Path: "/team/member_delete", Name: "team.remove", Need: gateway.TeamsUpdate, Do: a.removeTeamMember},
		{Method: "POST", Path: "/team/delete", Name: "team.delete", Need: gateway.TeamsDelete, Do: a.deleteTeams},
		{Method: "GET", Path: "/team/info", Name: "team.get", Need: gateway.TeamsRead, Do: a.teamInfo},
		{Method: "GET", Path: "/team/list", Name: "team.list", Need: gateway.TeamsList, Do: a.listTeams},
	}
}

// teamRow is a team in LiteLLM's form (LiteLLM_TeamTable).
type teamRow struct {
	ID      string       `json:"team_id"`
	Alias   string       `json:"team_alias"`
	Members []teamMember `json:"members_with_roles"`

	Admins         []string   `json:"admins"`
	Names          []string   `json:"members"`
	Models         []string   `json:"models"`
	Metadata       struct{}   `json:"metadata"`
	Blocked        bool       `json:"blocked"`
	Spend          action.USD `json:"spend"`
	MaxBudget      *struct{}  `json:"max_budget"`
	BudgetDuration *string    `json:"budget_duration"`
	BudgetResetAt  *string    `json:"budget_reset_at"`
	TPM            *int64     `json:"tpm_limit"`
	RPM            *int64     `json:"rpm_limit"`
	MaxParallel    *int64     `json:"max_parallel_requests"`
	OrganizationID *string    `json:"organization_id"`

	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

type teamMember struct {
	Role   string `json:"role"`
	UserID string `json:"user_id"`
}

func teamOf(t identity.TeamInfo) teamRow {
	out := teamRow{ID: t.ID, Alias: t.Name, Members: []teamMember{}, Admins: []string{}, Names: []string{}, Models: []string{}, CreatedAt: t.CreatedAt, UpdatedAt: t.UpdatedAt}
	for _, m := range t.People {
		out.Members = append(out.Members, teamMember{"user", m.Name})
	}
	return out
}

// readTeamIdleFields reads what is known of a team and has no effect here.
func readTeamIdleFields(f *action.Form) {
	f.Idle(": name a workspace by ?workspace=", "organization_id")
	f.Idle(": limit a team by POST /v1/policies/rate-limits", "tpm_limit", "rpm_limit", "max_parallel_requests", "model_rpm_limit", "model_tpm_limit", "team_member_rpm_limit", "team_member_tpm_limit")
	f.Idle(": a key's models, metadata and tags limit and mark its calls", "models", "model_aliases", "metadata", "tags", "blocked")
	f.Idle("", "max_budget", "budget_duration", "team_member_budget", "guardrails", "prompts", "object_permission", "members", "admins", "allowed_passthrough_routes", "soft_budget")
}

// newTeam takes {team_alias, members_with_roles}.
func (a *routes) newTeam(ctx context.Context, r *action.Request) error {
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	n := identity.NewTeam{Name: f.Text("team_alias", true)}
	if members, ok := f.Take("members_with_roles", false); ok {
		n.Members = readTeamMembers(f, "members_with_roles", members)
	}
	f.Idle(": a team has an id of its own", "team_id")
	readTeamIdleFields(f)
	r.Target = n.Name
	if err := f.Done(); err != nil {
		return err
	}
	for i, m := range n.Members {
		if err := a.ensureMember(ctx, r, m); err != nil {
			return at(err, "members_with_roles["+strconv.Itoa(i)+"].user_id")
		}
	}
	t, err := a.Teams.CreateTeam(ctx, r.By, n)
	if err != nil {
		return teamError(err)
	}
	r.Target, r.Workspace, r.Reply = t.ID, t.Workspace, teamOf(t)
	return nil
}

// ensureMember makes whom LiteLLM's clients name a member of the workspace, as LiteLLM does.
func (a *routes) ensureMember(ctx context.Context, r *action.Request, name string) error {
	all, err := a.People.Members(ctx, r.By)
	if err != nil {
		return err
	}
	for _, m := range all {
		if m.Name == name || m.ID == name {
			return nil
		}
	}
	_, err = a.People.PutMember(ctx, r.By, "", name, gateway.RoleMember)
	return named(err)
}

// readTeamMembers reads {role, user_id}, or a list of these. user_email stands for user_id.
func readTeamMembers(f *action.Form, name string, v gjson.Result) []string {
	items, single := v.Array(), v.IsObject()
	if single {
		items = []gjson.Result{v}
	}
	if !single && !v.IsArray() {
		f.Wrong(name, "must be {role, user_id}, or a list of these")
		return nil
	}
	var out []string
	for i, item := range items {
		where := name
		if !single {
			where += "[" + strconv.Itoa(i) + "]"
		}
		if !item.IsObject() {
			f.Wrong(where, "must be {role, user_id}")
			continue
		}
		in := action.Inside(item)
		user := in.Text("user_id", !in.Given("user_email"))
		if email := in.Text("user_email", false); user == "" {
			user = email
		}
		if in.OneOf("role", "user", "admin") == "admin" {
			in.Wrong("role", "must be user: a team has no admins, a member has a role in the workspace")
		}
		f.Close(where, in)
		out = append(out, user)
	}
	return out
}

func (a *routes) updateTeam(ctx context.Context, r *action.Request) error {
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	ref := f.Text("team_id", true)
	var to identity.TeamChange
	to.Name = f.GivenText("team_alias", true)
	readTeamIdleFields(f)
	r.Target = ref
	if err := f.Done(); err != nil {
		return err
	}
	r.ActsOn(ctx, ref, r.Workspace)
	t, err := a.Teams.UpdateTeam(ctx, r.By, ref, to)
	if err != nil {
		return teamError(err)
	}
	r.Target, r.Workspace = t.ID, t.Workspace
	r.Reply = struct {
		TeamID string  `json:"team_id"`
		Data   teamRow `json:"data"`
	}{t.ID, teamOf(t)}
	return nil
}

// addTeamMember takes {team_id, member}.
func (a *routes) addTeamMember(ctx context.Context, r *action.Request) error {
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	ref := f.Text("team_id", true)
	var members []string
	if v, ok := f.Take("member", true); ok {
		members = readTeamMembers(f, "member", v)
	}
	f.Idle("", "max_budget_in_team")
	r.Target = ref
	if err := f.Done(); err != nil {
		return err
	}
	r.ActsOn(ctx, ref, r.Workspace)
	t, err := a.Teams.Team(ctx, r.By, ref)
	for _, m := range members {
		if err == nil {
			err = a.ensureMember(ctx, r, m)
		}
		if err == nil {
			t, err = a.Teams.AddTeamMember(ctx, r.By, t.ID, m)
		}
	}
	if err != nil {
		return teamError(err)
	}
	r.Target, r.Workspace, r.Reply = t.ID, t.Workspace, teamOf(t)
	return nil
}

// removeTeamMember takes {team_id, user_id}.
func (a *routes) removeTeamMember(ctx context.Context, r *action.Request) error {
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	ref, user := f.Text("team_id", true), f.Text("user_id", !f.Given("user_email"))
	if email := f.Text("user_email", false); user == "" {
		user = email
	}
	r.Target = ref
	if err := f.Done(); err != nil {
		return err
	}
	r.ActsOn(ctx, ref, r.Workspace)
	t, err := a.Teams.RemoveTeamMember(ctx, r.By, ref, user)
	if err != nil {
		return teamError(err)
	}
	r.Target, r.Workspace, r.Reply = t.ID, t.Workspace, teamOf(t)
	return nil
}

// deleteTeams takes {team_ids}. All of them are found before one is deleted.
func (a *routes) deleteTeams(ctx context.Context, r *action.Request) error {
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	f.OneGiven("team_ids")
	refs := f.Texts("team_ids")
	if err := f.Done(); err != nil {
		return err
	}
	ids := make([]string, len(refs))
	for i, ref := range refs {
		t, err := a.Teams.Team(ctx, r.By, ref)
		if err != nil {
			return at(err, "team_ids["+strconv.Itoa(i)+"]")
		}
		ids[i] = t.ID
	}
	for _, id := range ids {
		r.ActsOn(ctx, id, r.Workspace)
		if _, err := a.Teams.DeleteTeam(ctx, r.By, id); err != nil {
			return teamError(err)
		}
	}
	r.Reply = struct {
		Deleted []string `json:"deleted_teams"`
	}{ids}
	return nil
}

// teamError names the fields as LiteLLM's clients do.
func teamError(err error) error {
	switch e := gateway.AsError(err); e.Param {
	case "team", "id":
		return at(err, "team_id")
	case "name":
		return at(err, "team_alias")
	case "member":
		return at(err, "user_id")
	}
	return err
}

// teamInfo describes a team with its keys.
func (a *routes) teamInfo(ctx context.Context, r *action.Request) error {
	q := action.ReadQuery(r)
	q.Text("workspace")
	ref := q.Text("team_id")
	if ref == "" {
		q.Wrong("team_id", "is missing")
	}
	if err := q.Done(); err != nil {
		return err
	}
	t, err := a.Teams.Team(ctx, r.By, ref)
	if err != nil {
		return teamError(err)
	}
	keys, err := a.rowsOf(ctx, r, func(k identity.APIKeyInfo) bool { return k.Team == t.ID })
	if err != nil {
		return err
	}
	r.Target = t.ID
	r.Reply = struct {
		ID          string     `json:"team_id"`
		Info        teamRow    `json:"team_info"`
		Keys        []keyRow   `json:"keys"`
		Memberships []struct{} `json:"team_memberships"`
	}{t.ID, teamOf(t), keys, []struct{}{}}
	return nil
}

// rowsOf are the keys of the caller's workspace that it sees and that are wanted.
func (a *routes) rowsOf(ctx context.Context, r *action.Request, want func(identity.APIKeyInfo) bool) ([]keyRow, error) {
	all, err := a.Keys.APIKeys(ctx, r.By, r.By.Workspace)
	if err != nil {
		return nil, err
	}
	return a.rows(ctx, slices.DeleteFunc(all, func(k identity.APIKeyInfo) bool { return !want(k) })...)
}

// listTeams lists the teams of the workspace; user_id narrows them to those of a member.
func (a *routes) listTeams(ctx context.Context, r *action.Request) error {
	q := action.ReadQuery(r)
	q.Text("workspace")
	user := q.Text("user_id")
	if err := q.Done(); err != nil {
		return err
	}
	all, err := a.Teams.Teams(ctx, r.By)
	if err != nil {
		return err
	}
	out := []teamRow{}
	for _, t := range all {
		row := teamOf(t)
		mine := user == ""
		for _, m := range t.People {
			mine = mine || m.Name == user || m.ID == user
		}
		if mine {
			out = append(out, row)
		}
	}
	r.Reply = out
	return nil
}
