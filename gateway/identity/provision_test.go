package identity_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
)

var officeMapping = []identity.GroupRole{
	{Group: "engineers", Workspace: "engineering", Role: gateway.RoleMember},
	{Group: "leads", Workspace: "engineering", Role: gateway.RoleManager},
	{Group: "leads", Workspace: "sales", Role: gateway.RoleViewer},
	{Group: "revision", Role: gateway.RoleAuditor},
	{Group: "it", Role: gateway.RoleOwner},
}

// TestSignInPerson: a member has after each sign-in the roles that its groups have then, and what
// the mapping does not name stays.
func TestSignInPerson(t *testing.T) {
	h := memory(t)
	byName := func(m identity.Member) map[string]gateway.Role {
		out := map[string]gateway.Role{}
		for id, role := range m.Roles {
			_, name, _ := h.FindWorkspace(id)
			out[name] = role
		}
		return out
	}
	signIn := func(groups ...string) (identity.Member, bool, error) {
		return h.SignInPerson(t.Context(), identity.Person{Subject: "https://id.example.com 1", Email: "ada@example.com", Groups: groups}, officeMapping)
	}
	if _, changed, err := signIn("kitchen"); gateway.AsError(err).Code != "no_role" || changed {
		t.Errorf("no group has a role: %v %v", changed, err)
	}
	if members, err := h.Members(t.Context(), h.owner); err != nil || len(members) != 1 {
		t.Errorf("a member was made for nobody: %+v %v", members, err)
	}
	for _, c := range []struct {
		groups     []string
		roles      map[string]gateway.Role
		everywhere gateway.Role
		owner      bool
		changed    bool
		code       string
	}{
		{[]string{"engineers"}, map[string]gateway.Role{"engineering": gateway.RoleMember}, "", false, true, ""},
		{[]string{"engineers"}, map[string]gateway.Role{"engineering": gateway.RoleMember}, "", false, false, ""},
		{[]string{"engineers", "leads"}, map[string]gateway.Role{"engineering": gateway.RoleManager, "sales": gateway.RoleViewer}, "", false, true, ""},
		{[]string{"revision"}, map[string]gateway.Role{}, gateway.RoleAuditor, false, true, ""},
		{[]string{"it", "engineers"}, map[string]gateway.Role{"engineering": gateway.RoleMember}, "", true, true, ""},
		{[]string{"engineers"}, map[string]gateway.Role{"engineering": gateway.RoleMember}, "", false, true, ""},
		{nil, map[string]gateway.Role{}, "", false, true, "no_role"},
		{[]string{"leads"}, map[string]gateway.Role{"engineering": gateway.RoleManager, "sales": gateway.RoleViewer}, "", false, true, ""},
	} {
		m, changed, err := signIn(c.groups...)
		if code := codeOf(err); !maps.Equal(byName(m), c.roles) || m.Everywhere != c.everywhere || m.Owner != c.owner || changed != c.changed || code != c.code {
			t.Errorf("%v: %+v changed %v %v", c.groups, m, changed, err)
		}
	}
	if _, err := h.PutMember(t.Context(), h.owner, gateway.DefaultWorkspace, "ada@example.com", gateway.RoleBilling); err != nil {
		t.Fatal(err)
	}
	if m, _, err := signIn("engineers"); err != nil || byName(m)[gateway.DefaultWorkspace] != gateway.RoleBilling {
		t.Errorf("a role that the mapping does not name: %+v %v", m, err)
	}
}

// TestSignInPersonTeams: a member belongs after each sign-in to the teams that its groups have then.
// Teams that the mapping does not name, and those of the server's file, stay.
func TestSignInPersonTeams(t *testing.T) {
	h := memory(t)
	mapping := []identity.GroupRole{
		{Group: "all", Workspace: "lab", Role: gateway.RoleMember},
		{Group: "ml", Workspace: "lab", Role: gateway.RoleMember, Team: "models"},
		{Group: "gpu", Workspace: "lab", Role: gateway.RoleMember, Team: "models"},
		{Group: "ops", Workspace: "lab", Role: gateway.RoleManager, Team: "ops"},
		{Group: "ops", Workspace: "lab", Role: gateway.RoleManager, Team: "filed"},
	}
	must(t, h.Declare(t.Context(), identity.Declared{Teams: []identity.DeclaredTeam{{Name: "filed", Workspace: "lab", Members: []string{"bob"}}}}))
	for i, c := range []struct {
		groups  []string
		teams   string
		changed bool
	}{
		{[]string{"all"}, "filed:bob", true}, // as a member
		{[]string{"all", "ml"}, "filed:bob models:ada@example.com", true},
		{[]string{"all", "ml"}, "filed:bob models:ada@example.com", false},
		{[]string{"gpu"}, "filed:bob models:ada@example.com", false},
		{[]string{"ops"}, "filed:bob models: ops:ada@example.com", true},
		{[]string{"all"}, "filed:bob models: ops:", true},
	} {
		m, changed, err := h.SignInPerson(t.Context(), identity.Person{Subject: "s", Email: "ada@example.com", Groups: c.groups}, mapping)
		must(t, err)
		var got []string
		lab := *h.owner
		for id := range m.Roles {
			lab.Workspace = id
		}
		teams, err := h.Teams(t.Context(), &lab)
		must(t, err)
		for _, team := range teams {
			var names []string
			for _, p := range team.People {
				names = append(names, p.Name)
			}
			got = append(got, team.Name+":"+strings.Join(names, ","))
		}
		slices.Sort(got)
		if strings.Join(got, " ") != c.teams || changed != c.changed {
			t.Errorf("%d, %v: %q, changed %v; want %q, %v", i, c.groups, got, changed, c.teams, c.changed)
		}
	}
}

func codeOf(err error) string {
	if err == nil {
		return ""
	}
	return gateway.AsError(err).Code
}

// TestSignInPersonOfAnotherAccount: an address that the provider gives to somebody else does not
// give its roles with it.
func TestSignInPersonOfAnotherAccount(t *testing.T) {
	h := memory(t)
	signIn := func(subject, email string, groups ...string) (identity.Member, error) {
		m, _, err := h.SignInPerson(t.Context(), identity.Person{Subject: subject, Email: email, Groups: groups}, officeMapping)
		return m, err
	}
	ada, err := signIn("1", "ada@example.com", "engineers")
	if err != nil {
		t.Fatal(err)
	}
	if m, err := signIn("1", "lovelace@example.com", "engineers"); err != nil || m.ID != ada.ID {
		t.Errorf("the same account with a new address: %+v %v", m, err)
	}
	if _, err := signIn("2", "ada@example.com", "engineers"); codeOf(err) != "another_account" {
		t.Errorf("another account with the address: %v", err)
	}
	if _, err := signIn("1", "ada@example.com"); codeOf(err) != "no_role" {
		t.Fatal(err)
	}
	if m, err := signIn("2", "ada@example.com", "engineers"); err != nil || m.ID != ada.ID {
		t.Errorf("another account after the roles are gone: %+v %v", m, err)
	}
	if _, _, err := h.CreateAPIKey(t.Context(), h.owner, identity.NewAPIKey{Name: "bot", Member: "bot@example.com", Service: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := signIn("3", "bot@example.com", "engineers"); codeOf(err) != "service_account" {
		t.Errorf("a service account: %v", err)
	}
	if _, err := signIn("4", " x@example.com", "engineers"); gateway.AsError(err).Param != "email" {
		t.Errorf("an address that is no name: %v", err)
	}
}

// TestTheLastOwnerStays: a provider that takes its owners away leaves one.
func TestTheLastOwnerStays(t *testing.T) {
	h := memory(t)
	who := identity.Person{Subject: "1", Email: "ada@example.com", Groups: []string{"it"}}
	ada, _, err := h.SignInPerson(t.Context(), who, officeMapping)
	if err != nil {
		t.Fatal(err)
	}
	by := &gateway.Principal{Organisation: ada.Organisation, Workspace: h.owner.Workspace, Member: ada.ID, MemberRef: ada.Name, Role: gateway.RoleOwner}
	if _, err := h.PutMember(t.Context(), by, gateway.DefaultWorkspace, h.owner.MemberRef, gateway.RoleMember); err != nil {
		t.Fatal(err)
	}
	who.Groups = nil
	if m, _, err := h.SignInPerson(t.Context(), who, officeMapping); err != nil || !m.Owner {
		t.Errorf("the last owner: %+v %v", m, err)
	}
}
