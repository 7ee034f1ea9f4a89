package identity_test

import (
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
)

func TestCreateMember(t *testing.T) {
	ctx := t.Context()
	h := memory(t)
	_, lead := h.key(t, identity.NewAPIKey{Name: "l", Workspace: "team-a", Member: "lea", Role: gateway.RoleManager})
	_, _ = h.key(t, identity.NewAPIKey{Name: "b", Workspace: "team-b", Member: "bob"})
	m, err := h.CreateMember(ctx, lead, identity.NewMember{Name: "robot", Service: true})
	must(t, err)
	if !m.Service || m.RoleIn(lead.Workspace) != gateway.RoleMember {
		t.Errorf("created %+v", m)
	}
	for what, c := range map[string]struct {
		n     identity.NewMember
		kind  gateway.Kind
		field string
	}{
		"no name":                    {identity.NewMember{}, gateway.Invalid, "name"},
		"a name like an id":          {identity.NewMember{Name: m.ID}, gateway.Invalid, "name"},
		"a role that does not exist": {identity.NewMember{Name: "x", Role: "god"}, gateway.Invalid, "role"},
		"a role above one's own":     {identity.NewMember{Name: "x", Role: gateway.RoleAdmin}, gateway.Forbidden, "member"},
		"who is there":               {identity.NewMember{Name: "robot"}, gateway.Conflict, "name"},
		"who is elsewhere":           {identity.NewMember{Name: "bob"}, gateway.NotFound, "member"},
		"another workspace":          {identity.NewMember{Name: "x", Workspace: "team-b"}, gateway.NotFound, "workspace"},
	} {
		_, err := h.CreateMember(ctx, lead, c.n)
		if e := wantKind(t, what, err, c.kind); e.Param != c.field {
			t.Errorf("%s: names %q, want %q", what, e.Param, c.field)
		}
	}
	_, err = h.CreateMember(ctx, h.owner, identity.NewMember{Name: "bob", Service: true})
	if e := wantKind(t, "a person as a service account", err, gateway.Conflict); e.Param != "service" {
		t.Errorf("names %q", e.Param)
	}
	bob, err := h.CreateMember(ctx, h.owner, identity.NewMember{Name: "bob", Role: gateway.RoleViewer})
	must(t, err)
	if len(bob.Roles) != 2 {
		t.Errorf("the owner's new member has the roles %v", bob.Roles)
	}
}

// Nobody acts as a disabled member: not with its keys, not in a session, not with its password.
func TestDisabledMember(t *testing.T) {
	ctx := t.Context()
	h := memory(t)
	_, lead := h.key(t, identity.NewAPIKey{Name: "l", Member: "lea", Role: gateway.RoleManager})
	secret, ann := h.key(t, identity.NewAPIKey{Name: "a", Member: "ann"})
	_, err := h.SetPassword(ctx, h.owner, "ann", "correct horse battery")
	must(t, err)
	_, err = h.SetMemberDisabled(ctx, lead, "ann", true)
	must(t, err)
	_, err = h.Identify(ctx, secret, "")
	wantKind(t, "its key", err, gateway.Unauthorized)
	_, err = h.SignIn(ctx, "ann", "correct horse battery", "")
	wantKind(t, "its password", err, gateway.Unauthorized)
	_, err = h.SetMemberDisabled(ctx, lead, "ann", false)
	must(t, err)
	_, err = h.Identify(ctx, secret, "")
	must(t, err)

	_, err = h.SetMemberDisabled(ctx, lead, "owner", true)
	wantKind(t, "whose role is above", err, gateway.Forbidden)
	_, err = h.SetMemberDisabled(ctx, lead, "lea", true)
	wantKind(t, "oneself", err, gateway.Conflict)
	_, err = h.SetMemberDisabled(ctx, ann, "lea", true)
	wantKind(t, "as a member", err, gateway.Forbidden)
	_, _ = h.key(t, identity.NewAPIKey{Name: "a", Workspace: "team-b", Member: "ann"})
	_, err = h.SetMemberDisabled(ctx, lead, "ann", true)
	wantKind(t, "who belongs to another workspace, too", err, gateway.Forbidden)
}
