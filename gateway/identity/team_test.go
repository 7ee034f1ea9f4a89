package identity_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/identity/access"
)

// workspaceOf is the owner, acting in another workspace.
func (h *house) workspaceOf(p *gateway.Principal) *gateway.Principal {
	owner := *h.owner
	owner.Workspace, owner.WorkspaceRef = p.Workspace, p.WorkspaceRef
	return &owner
}

func TestKeysOfATeam(t *testing.T) {
	ctx := t.Context()
	h := memory(t)
	_, err := h.PutMember(ctx, h.owner, "", "ann", gateway.RoleMember)
	must(t, err)
	team, err := h.CreateTeam(ctx, h.owner, identity.NewTeam{Name: "ml", Members: []string{"ann", "ann"}})
	must(t, err)
	if len(team.Members) != 1 || len(team.People) != 1 || team.People[0].Name != "ann" || team.WorkspaceName != "default" {
		t.Errorf("created %+v", team)
	}
	secret, p := h.key(t, identity.NewAPIKey{Name: "ann", Member: "ann", Team: "ml"})
	if p.Team != team.ID || p.TeamRef != "ml" {
		t.Errorf("the caller's team is %q, %q", p.Team, p.TeamRef)
	}
	_, p = h.key(t, identity.NewAPIKey{Name: "robot", Service: true, Team: team.ID})
	if team, err = h.Team(ctx, h.owner, "ml"); err != nil || p.Team != team.ID || len(team.People) != 2 || team.APIKeys != 2 {
		t.Errorf("a key's member did not join: %+v, %v", team, err)
	}

	_, err = h.RemoveTeamMember(ctx, h.owner, "ml", "ann")
	must(t, err)
	_, err = h.Identify(ctx, secret, "")
	wantKind(t, "the key of a member who left the team", err, gateway.Unauthorized)
	_, err = h.AddTeamMember(ctx, h.owner, "ml", "ann")
	must(t, err)
	_, err = h.Identify(ctx, secret, "")
	must(t, err)
	_, err = h.RemoveMember(ctx, h.owner, "ann")
	must(t, err)
	if team, err = h.Team(ctx, h.owner, "ml"); err != nil || len(team.Members) != 1 {
		t.Errorf("who left the workspace is still in the team: %+v, %v", team, err)
	}

	_, err = h.DeleteTeam(ctx, h.owner, "ml")
	wantKind(t, "deleting a team with keys", err, gateway.Conflict)
	none := ""
	for _, key := range []string{"ann", "robot"} {
		_, err = h.UpdateAPIKey(ctx, h.owner, key, identity.APIKeyChange{Team: &none})
		must(t, err)
	}
	_, err = h.DeleteTeam(ctx, h.owner, "ml")
	must(t, err)
}

// What names nothing of the workspace is refused by the field's name, and changes nothing.
func TestTeamsThatCannotBeMeant(t *testing.T) {
	ctx := t.Context()
	h := memory(t)
	_, there := h.key(t, identity.NewAPIKey{Name: "b", Workspace: "elsewhere", Member: "bob"})
	foreign, err := h.CreateTeam(ctx, h.workspaceOf(there), identity.NewTeam{Name: "theirs", Members: []string{"bob"}})
	must(t, err)
	_, err = h.CreateTeam(ctx, h.owner, identity.NewTeam{Name: "ml", Members: []string{"owner"}})
	must(t, err)
	_, err = h.CreateTeam(ctx, h.owner, identity.NewTeam{Name: "ops"})
	must(t, err)
	before := h.IndexState()
	name := "ml"
	bob := []string{"owner", "bob"}
	for what, c := range map[string]struct {
		kind  gateway.Kind
		field string
		do    func() error
	}{
		"a name with spaces": {gateway.Invalid, "name", func() error { _, err := h.CreateTeam(ctx, h.owner, identity.NewTeam{Name: "a b"}); return err }},
		"a name in use":      {gateway.Conflict, "name", func() error { _, err := h.CreateTeam(ctx, h.owner, identity.NewTeam{Name: "ml"}); return err }},
		"renamed to a name in use": {gateway.Conflict, "name", func() error {
			_, err := h.UpdateTeam(ctx, h.owner, "ops", identity.TeamChange{Name: &name})
			return err
		}},
		"an unknown member": {gateway.NotFound, "members[0]", func() error {
			_, err := h.CreateTeam(ctx, h.owner, identity.NewTeam{Name: "x", Members: []string{"nobody"}})
			return err
		}},
		"a member of another place": {gateway.NotFound, "members[1]", func() error {
			_, err := h.UpdateTeam(ctx, h.owner, "ml", identity.TeamChange{Members: &bob})
			return err
		}},
		"added from another place":  {gateway.NotFound, "member", func() error { _, err := h.AddTeamMember(ctx, h.owner, "ml", there.Member); return err }},
		"removed without belonging": {gateway.NotFound, "member", func() error { _, err := h.RemoveTeamMember(ctx, h.owner, "ops", "owner"); return err }},
		"an unknown team":           {gateway.NotFound, "team", func() error { _, err := h.DeleteTeam(ctx, h.owner, "nothing"); return err }},
		"a key of an unknown team": {gateway.NotFound, "team", func() error {
			_, _, err := h.CreateAPIKey(ctx, h.owner, identity.NewAPIKey{Name: "x", Team: "nothing"})
			return err
		}},
		"a key of a team elsewhere": {gateway.NotFound, "team", func() error {
			_, _, err := h.CreateAPIKey(ctx, h.owner, identity.NewAPIKey{Name: "x", Team: foreign.ID})
			return err
		}},
		"a key of a new workspace": {gateway.NotFound, "team", func() error {
			_, _, err := h.CreateAPIKey(ctx, h.owner, identity.NewAPIKey{Name: "x", Workspace: "new", Team: "ml"})
			return err
		}},
		"a key moved to another team": {gateway.NotFound, "team", func() error {
			_, err := h.UpdateAPIKey(ctx, h.owner, "b", identity.APIKeyChange{Team: &name})
			return err
		}},
	} {
		if e := wantKind(t, what, c.do(), c.kind); e.Param != c.field {
			t.Errorf("%s: names %q, want %q", what, e.Param, c.field)
		}
	}
	if d := cmp.Diff(before, h.IndexState()); d != "" {
		t.Errorf("a refused change changed (-before +after):\n%s", d)
	}
}

// A team is absent for whoever does not belong to it, unless a role shows all of the workspace;
// and for everybody of another workspace.
func TestWhoSeesATeam(t *testing.T) {
	ctx := t.Context()
	h := memory(t)
	_, ann := h.key(t, identity.NewAPIKey{Name: "a", Member: "ann"})
	_, mia := h.key(t, identity.NewAPIKey{Name: "m", Member: "mia"})
	_, lead := h.key(t, identity.NewAPIKey{Name: "l", Member: "lea", Role: gateway.RoleManager})
	_, other := h.key(t, identity.NewAPIKey{Name: "o", Workspace: "elsewhere", Member: "bob", Role: gateway.RoleAdmin})
	team, err := h.CreateTeam(ctx, lead, identity.NewTeam{Name: "ml", Members: []string{"ann"}})
	must(t, err)
	for name, c := range map[string]struct {
		by   *gateway.Principal
		sees bool
	}{"a member of it": {ann, true}, "another member": {mia, false}, "a manager": {lead, true}, "an admin elsewhere": {other, false}} {
		list, err := h.Teams(ctx, c.by)
		must(t, err)
		_, err = h.Team(ctx, c.by, team.ID)
		if c.sees && err != nil || c.sees != (len(list) == 1) {
			t.Errorf("%s lists %d, %v", name, len(list), err)
		}
		if !c.sees {
			wantKind(t, name, err, gateway.NotFound)
		}
	}
	to := identity.TeamChange{Members: &[]string{}}
	for what, do := range map[string]func(by *gateway.Principal) error{
		"change": func(by *gateway.Principal) error { _, err := h.UpdateTeam(ctx, by, team.ID, to); return err },
		"add":    func(by *gateway.Principal) error { _, err := h.AddTeamMember(ctx, by, team.ID, by.Member); return err },
		"remove": func(by *gateway.Principal) error { _, err := h.RemoveTeamMember(ctx, by, team.ID, "ann"); return err },
		"delete": func(by *gateway.Principal) error { _, err := h.DeleteTeam(ctx, by, team.ID); return err },
	} {
		wantKind(t, what+" by a member", do(ann), gateway.Forbidden)
		wantKind(t, what+" from elsewhere", do(other), gateway.NotFound)
	}
	scoped := *lead
	scoped.Scopes = []gateway.Permission{gateway.APIKeysCreate}
	rules := access.Rules{Scopes: scoped.Scopes}
	_, _, err = h.CreateAPIKey(ctx, &scoped, identity.NewAPIKey{Name: "x", Member: "mia", Team: "ml", Access: rules})
	wantKind(t, "a key that lets its member join, by who may not change teams", err, gateway.Forbidden)
}
