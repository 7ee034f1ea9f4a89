package identity_test

import (
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/identity/access"
)

func TestDeclareTeams(t *testing.T) {
	ctx := t.Context()
	h := memory(t)
	key := gateway.NewSecret("declared-ci-key")
	d := identity.Declared{
		Teams:   []identity.DeclaredTeam{{Name: "ml", Members: []string{"ann"}}},
		APIKeys: []identity.DeclaredAPIKey{{Name: "ci", Key: key, Member: "bob", Team: "ml"}},
	}
	must(t, h.Declare(ctx, d))
	team, err := h.Team(ctx, h.owner, "ml")
	must(t, err)
	if len(team.People) != 2 || team.People[0].Name != "ann" || team.People[1].Name != "bob" || !team.FromFile {
		t.Errorf("declared %+v", team)
	}
	p, err := h.Identify(ctx, key, "")
	must(t, err)
	if p.Team != team.ID {
		t.Errorf("the caller's team is %q", p.Team)
	}
	_, err = h.AddTeamMember(ctx, h.owner, "ml", "owner")
	wantKind(t, "changing a declared team", err, gateway.Conflict)
	_, _, err = h.CreateAPIKey(ctx, h.owner, identity.NewAPIKey{Name: "mia", Team: "ml"})
	if e := wantKind(t, "a key whose member would join a declared team", err, gateway.Conflict); e.Param != "team" {
		t.Errorf("names %q", e.Param)
	}

	// Again nothing changes; who is no longer named is out.
	before := h.IndexState().Teams[team.ID]
	must(t, h.Declare(ctx, d))
	if after := h.IndexState().Teams[team.ID]; after.UpdatedAt != before.UpdatedAt {
		t.Errorf("declared again: %+v, was %+v", after, before)
	}
	d.Teams[0].Members = nil
	must(t, h.Declare(ctx, d))
	if team, err = h.Team(ctx, h.owner, "ml"); err != nil || len(team.People) != 1 {
		t.Errorf("%+v, %v", team, err)
	}

	// A team that a key of the admin API belongs to outlives its declaration.
	d.Teams[0].Members = []string{"ann"}
	must(t, h.Declare(ctx, d))
	_, _, err = h.CreateAPIKey(ctx, h.owner, identity.NewAPIKey{Name: "ann", Member: "ann", Team: "ml"})
	must(t, err)
	must(t, h.Declare(ctx, identity.Declared{}))
	if team, err = h.Team(ctx, h.owner, "ml"); err != nil || team.FromFile {
		t.Errorf("%+v, %v", team, err)
	}
	_, err = h.DeleteAPIKey(ctx, h.owner, "ann")
	must(t, err)
	_, err = h.DeleteTeam(ctx, h.owner, "ml")
	must(t, err)
}

func TestDeclareTeamsRefuses(t *testing.T) {
	h := memory(t)
	_, err := h.CreateTeam(t.Context(), h.owner, identity.NewTeam{Name: "taken"})
	must(t, err)
	key := func(name, workspace, team string) identity.DeclaredAPIKey {
		return identity.DeclaredAPIKey{Name: name, Key: gateway.NewSecret("a-fixed-key-" + name), Workspace: workspace, Team: team}
	}
	err = h.Declare(t.Context(), identity.Declared{
		Teams:   []identity.DeclaredTeam{{Name: "a"}, {Name: "a"}, {Name: "x y"}, {Name: "taken"}, {Name: "b", Workspace: "?"}, {Name: "c", Members: []string{"line\nbreak"}}},
		APIKeys: []identity.DeclaredAPIKey{key("one", "", "nothing"), key("two", "elsewhere", "a"), key("three", "", "taken"), key("four", "", "a")},
	})
	if err == nil {
		t.Fatal("accepted")
	}
	for _, at := range []string{"teams[1].name", "teams[2].name", "teams[3].name", "teams[4].workspace", "teams[5].members[0]", "api_keys[0].team", "api_keys[1].team"} {
		if !strings.Contains(err.Error(), at) {
			t.Errorf("does not name %s: %v", at, err)
		}
	}
	if strings.Contains(err.Error(), "api_keys[2]") || strings.Contains(err.Error(), "api_keys[3]") {
		t.Errorf("refuses keys of known teams: %v", err)
	}
}

// The access groups of the file belong to the file; without them the admin API decides.
func TestDeclareAccessGroups(t *testing.T) {
	ctx := t.Context()
	h := memory(t)
	groups := map[string][]string{"small": {"haiku-*"}}
	must(t, h.Declare(ctx, identity.Declared{Workspaces: []identity.DeclaredWorkspace{{Name: "default", AccessGroups: groups}}}))
	_, p := h.key(t, identity.NewAPIKey{Name: "k", Access: access.Rules{Models: []string{"small"}}})
	if len(p.Models) != 1 || p.Models[0] != "haiku-*" {
		t.Errorf("models %v", p.Models)
	}
	mine := map[string][]string{"large": {"opus-*"}}
	e := wantKind(t, "a declared list", h.UpdateWorkspace(ctx, h.owner, "default", identity.WorkspaceChange{AccessGroups: &mine}), gateway.Conflict)
	if e.Param != "access_groups" {
		t.Errorf("names %q", e.Param)
	}
	must(t, h.Declare(ctx, identity.Declared{}))
	must(t, h.UpdateWorkspace(ctx, h.owner, "default", identity.WorkspaceChange{AccessGroups: &mine}))
	err := h.Declare(ctx, identity.Declared{Workspaces: []identity.DeclaredWorkspace{{Name: "default", AccessGroups: map[string][]string{"x": {"line\nbreak"}}}}})
	if err == nil || !strings.Contains(err.Error(), "workspaces[0].access_groups") {
		t.Error(err)
	}
}
