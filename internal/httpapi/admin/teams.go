package admin

import (
	"context"
	"net/http"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
)

// Teams administers the teams of a workspace. ref is an id or a name, as is member.
type Teams interface {
	Teams(ctx context.Context, by *gateway.Principal) ([]identity.TeamInfo, error)
	Team(ctx context.Context, by *gateway.Principal, ref string) (identity.TeamInfo, error)
	CreateTeam(ctx context.Context, by *gateway.Principal, n identity.NewTeam) (identity.TeamInfo, error)
	UpdateTeam(ctx context.Context, by *gateway.Principal, ref string, to identity.TeamChange) (identity.TeamInfo, error)
	DeleteTeam(ctx context.Context, by *gateway.Principal, ref string) (identity.TeamInfo, error)
	AddTeamMember(ctx context.Context, by *gateway.Principal, ref, member string) (identity.TeamInfo, error)
	RemoveTeamMember(ctx context.Context, by *gateway.Principal, ref, member string) (identity.TeamInfo, error)
}

func (a *resources) teamRoutes() []operation {
	return []operation{
		{"GET", "/v1/teams", "team.list", gateway.TeamsList, a.listTeams},
		{"POST", "/v1/teams", "team.create", gateway.TeamsCreate, a.createTeam},
		{"GET", "/v1/teams/:id", "team.get", gateway.TeamsRead, a.getTeam},
		{"PUT", "/v1/teams/:id", "team.update", gateway.TeamsUpdate, a.updateTeam},
		{"DELETE", "/v1/teams/:id", "team.delete", gateway.TeamsDelete, a.deleteTeam},
		{"PUT", "/v1/teams/:id/members/:member", "team.add_member", gateway.TeamsUpdate, a.addTeamMember},
		{"DELETE", "/v1/teams/:id/members/:member", "team.remove_member", gateway.TeamsUpdate, a.removeTeamMember},
	}
}

type teamResponse struct {
	Object      string       `json:"object"`
	ID          string       `json:"id"`
	Name        string       `json:"name"`
	Workspace   string       `json:"workspace"` // name
	WorkspaceID string       `json:"workspace_id"`
	Members     []teamMember `json:"members"`  // by name
	APIKeys     int          `json:"api_keys"` // how many belong to the team
	FromFile    bool         `json:"from_file"`
	CreatedAt   time.Time    `json:"created_at"`
	UpdatedAt   time.Time    `json:"updated_at"`
}

type teamMember struct {
	ID   string       `json:"id"`
	Name string       `json:"name"`
	Role gateway.Role `json:"role"` // in the workspace
}

func teamOf(t identity.TeamInfo) teamResponse {
	out := teamResponse{Object: "team", ID: t.ID, Name: t.Name, Workspace: t.WorkspaceName, WorkspaceID: t.Workspace, Members: []teamMember{},
		APIKeys: t.APIKeys, FromFile: t.FromFile, CreatedAt: t.CreatedAt, UpdatedAt: t.UpdatedAt}
	for _, m := range t.People {
		out.Members = append(out.Members, teamMember(m))
	}
	return out
}

// answerTeam answers with a team that was acted upon.
func answerTeam(r *request, status int, t identity.TeamInfo, err error) error {
	if err != nil {
		return err
	}
	r.Target, r.Workspace, r.Status, r.Reply = t.ID, t.Workspace, status, teamOf(t)
	return nil
}

func (a *resources) listTeams(ctx context.Context, r *request) error {
	all, err := a.Teams.Teams(ctx, r.By)
	if err != nil {
		return err
	}
	r.Reply = action.ListOf(all, teamOf)
	return nil
}

func (a *resources) getTeam(ctx context.Context, r *request) error {
	r.Target = r.Param("id")
	t, err := a.Teams.Team(ctx, r.By, r.Target)
	return answerTeam(r, http.StatusOK, t, err)
}

// createTeam takes {name, workspace, members}: ids or names of members of the workspace.
func (a *resources) createTeam(ctx context.Context, r *request) error {
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	n := identity.NewTeam{Name: f.Text("name", true), Workspace: f.Text("workspace", false), Members: f.Texts("members")}
	r.Target = n.Name
	if err := f.Done(); err != nil {
		return err
	}
	t, err := a.Teams.CreateTeam(ctx, r.By, n)
	return answerTeam(r, http.StatusCreated, t, err)
}

// updateTeam takes {name, members}: all members, or none for null.
func (a *resources) updateTeam(ctx context.Context, r *request) error {
	r.Target = r.Param("id")
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	var to identity.TeamChange
	f.OneGiven("name", "members")
	to.Name = f.GivenText("name", true)
	to.Members = action.IfGiven(f, "members", f.Texts)
	if err := f.Done(); err != nil {
		return err
	}
	t, err := a.Teams.UpdateTeam(ctx, r.By, r.Target, to)
	return answerTeam(r, http.StatusOK, t, err)
}

func (a *resources) deleteTeam(ctx context.Context, r *request) error {
	r.Target = r.Param("id")
	t, err := a.Teams.DeleteTeam(ctx, r.By, r.Target)
	if err != nil {
		return err
	}
	r.Target, r.Workspace, r.Reply = t.ID, t.Workspace, deleted{ID: t.ID, Deleted: true}
	return nil
}

func (a *resources) addTeamMember(ctx context.Context, r *request) error {
	r.Target = r.Param("id")
	t, err := a.Teams.AddTeamMember(ctx, r.By, r.Target, r.Param("member"))
	return answerTeam(r, http.StatusOK, t, err)
}

// removeTeamMember takes a member out of a team. Its API keys that belong to the team are refused
// from then on.
func (a *resources) removeTeamMember(ctx context.Context, r *request) error {
	r.Target = r.Param("id")
	t, err := a.Teams.RemoveTeamMember(ctx, r.By, r.Target, r.Param("member"))
	return answerTeam(r, http.StatusOK, t, err)
}
