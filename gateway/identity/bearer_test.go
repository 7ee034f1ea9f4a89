package identity_test

import (
	"context"
	"slices"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/identity/identitytest"
)

// withTokens is a house in which each text that begins with "eyJ" is the token of who.
func withTokens(t *testing.T, who *identity.Bearer) *house {
	h := start(t, identitytest.NewMemory())
	h.Service = identity.New(h.store, master, identity.Config{Bearer: func(_ context.Context, presented gateway.Secret) (identity.Bearer, bool, error) {
		return *who, len(presented.Reveal()) > 3 && presented.Reveal()[:3] == "eyJ", nil
	}})
	must(t, h.Load(t.Context()))
	return h
}

// The rights of a token are its own, whatever its member may do otherwise.
func TestBearer(t *testing.T) {
	ctx := t.Context()
	who := identity.Bearer{Issuer: "https://id.example.com", Member: "ann", Role: gateway.RoleManager}
	h := withTokens(t, &who)
	presented := gateway.NewSecret("eyJ.of.ann")
	p, err := h.Identify(ctx, presented, "")
	must(t, err)
	if p.MemberRef != "ann" || p.Role != gateway.RoleManager || p.WorkspaceRef != gateway.DefaultWorkspace || p.OrganisationWide || p.APIKey != "jwt:"+p.Member || p.Budgeted {
		t.Errorf("%+v", p)
	}
	if !p.May(gateway.APIKeysCreate) || p.May(gateway.VirtualKeysCreate) || p.May(gateway.SessionsOwn) || p.May(gateway.AnyWorkspace) {
		t.Errorf("a manager's token may %v", p.Scopes)
	}
	all, err := h.Members(ctx, h.owner)
	must(t, err)
	if i := slices.IndexFunc(all, func(m identity.MemberInfo) bool { return m.Name == "ann" }); i < 0 || all[i].Role != gateway.RoleMember || all[i].ID != p.Member {
		t.Errorf("the new member is %+v", all)
	}
	again, err := h.Identify(ctx, presented, "")
	must(t, err)
	if again.Member != p.Member {
		t.Error("each call makes a member")
	}

	// A token that names an owner has no more rights than it says.
	who.Member, who.Role = "owner", gateway.RoleViewer
	p, err = h.Identify(ctx, presented, "")
	must(t, err)
	if p.Role != gateway.RoleViewer || p.May(gateway.AnyWorkspace) || p.May(gateway.CompletionsWrite) || p.May(gateway.SessionsOwn) {
		t.Errorf("%+v", p)
	}
	who.Role, who.Scoped, who.Scopes = gateway.RoleAdmin, true, []string{"openid", "logs.view", "sessions.own"}
	p, err = h.Identify(ctx, presented, "")
	must(t, err)
	if len(p.Scopes) != 1 || !p.May(gateway.LogsView) || p.May(gateway.CompletionsWrite) {
		t.Errorf("scopes %v", p.Scopes)
	}
	who.Scopes = nil
	p, err = h.Identify(ctx, presented, "")
	must(t, err)
	if p.May(gateway.LogsView) || p.May(gateway.CompletionsWrite) {
		t.Error("a token without any scope has rights")
	}
}

// late is a store to which another replica has written what this one has not read.
type late struct {
	*identitytest.Memory
	other *identity.Member
}

func (l *late) PutMember(ctx context.Context, m identity.Member) error {
	if l.other != nil && m.Name == l.other.Name {
		other := *l.other
		other.Organisation, l.other = m.Organisation, nil
		if err := l.Memory.PutMember(ctx, other); err != nil {
			return err
		}
	}
	return l.Memory.PutMember(ctx, m)
}

// Two replicas that see a token for the first time agree on its member.
func TestBearerOfTwoReplicas(t *testing.T) {
	ctx := t.Context()
	who := identity.Bearer{Issuer: "https://id.example.com", Member: "ann", Role: gateway.RoleMember}
	store := &late{Memory: identitytest.NewMemory(), other: &identity.Member{ID: "of the other replica", Name: "ann"}}
	h := start(t, store)
	h.Service = identity.New(store, master, identity.Config{Bearer: func(context.Context, gateway.Secret) (identity.Bearer, bool, error) { return who, true, nil }})
	must(t, h.Load(ctx))
	p, err := h.Identify(ctx, gateway.NewSecret("eyJ.a.b"), "")
	must(t, err)
	if p.Member != "of the other replica" {
		t.Errorf("the member is %q", p.Member)
	}
}

func TestBearerRefusals(t *testing.T) {
	ctx := t.Context()
	who := identity.Bearer{}
	h := withTokens(t, &who)
	_, there := h.key(t, identity.NewAPIKey{Name: "b", Workspace: "elsewhere", Member: "bob"})
	theirs, err := h.CreateTeam(ctx, h.workspaceOf(there), identity.NewTeam{Name: "theirs"})
	must(t, err)
	ours, err := h.CreateTeam(ctx, h.owner, identity.NewTeam{Name: "ml"})
	must(t, err)
	_, err = h.SetMemberDisabled(ctx, h.workspaceOf(there), "bob", true)
	must(t, err)
	presented := gateway.NewSecret("eyJ.a.b")
	for what, c := range map[string]struct {
		who   identity.Bearer
		field string
	}{
		"no member":               {identity.Bearer{Role: gateway.RoleMember}, "member"},
		"a member like an id":     {identity.Bearer{Member: there.Member, Role: gateway.RoleMember}, "member"},
		"a member with a break":   {identity.Bearer{Member: "a\nb", Role: gateway.RoleMember}, "member"},
		"a disabled member":       {identity.Bearer{Member: "bob", Role: gateway.RoleMember}, "member"},
		"an unknown workspace":    {identity.Bearer{Member: "ann", Workspace: "nowhere", Role: gateway.RoleMember}, "workspace"},
		"an unknown team":         {identity.Bearer{Member: "ann", Team: "nothing", Role: gateway.RoleMember}, "team"},
		"a team of another place": {identity.Bearer{Member: "ann", Team: theirs.ID, Role: gateway.RoleMember}, "team"},
	} {
		who = c.who
		_, err := h.Identify(ctx, presented, "")
		if e := wantKind(t, what, err, gateway.Unauthorized); e.Param != c.field {
			t.Errorf("%s: names %q", what, e.Param)
		}
	}
	who = identity.Bearer{Member: "ann", Team: "ml", Role: gateway.RoleMember}
	p, err := h.Identify(ctx, presented, "")
	must(t, err)
	if p.Team != ours.ID || p.TeamRef != "ml" {
		t.Errorf("the team is %q", p.Team)
	}
	if _, err := h.Identify(ctx, gateway.NewSecret("no token"), ""); gateway.AsError(err).Kind != gateway.Unauthorized {
		t.Error(err)
	}
}
