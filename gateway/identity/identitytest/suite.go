package identitytest

import (
	"errors"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/identity/access"
)

// Store runs the suite. open returns an empty store each time.
func Store(t *testing.T, open func(t *testing.T) identity.Store) {
	for _, tc := range []struct {
		name string
		run  func(*testing.T, identity.Store)
	}{
		{"Organisation", organisation}, {"People", people}, {"DeletedWorkspace", deletedWorkspace}, {"Teams", teams}, {"APIKeys", apiKeys}, {"Foreign", foreign},
	} {
		t.Run(tc.name, func(t *testing.T) { tc.run(t, open(t)) })
	}
}

var at = time.Date(2026, 11, 22, 10, 0, 0, 123456789, time.UTC)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantKind(t *testing.T, what string, err error, kind gateway.Kind) {
	t.Helper()
	var e *gateway.Error
	if !errors.As(err, &e) || e.Kind != kind {
		t.Errorf("%s: %v, want %v", what, err, kind)
	}
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got, cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

// seed makes an organisation, two workspaces and a member.
func seed(t *testing.T, s identity.Store) {
	t.Helper()
	ctx := t.Context()
	must(t, s.PutOrganisation(ctx, identity.Organisation{ID: "o", Name: "acme", Canary: []byte{1, 0, 255}, CreatedAt: at}))
	must(t, s.PutWorkspace(ctx, identity.Workspace{ID: "w1", Organisation: "o", Name: "zoo", CreatedAt: at}))
	must(t, s.PutWorkspace(ctx, identity.Workspace{ID: "w2", Organisation: "o", Name: "default", Config: "prod", CreatedAt: at}))
	must(t, s.PutMember(ctx, identity.Member{ID: "m", Organisation: "o", Name: "alice@example.com", Roles: map[string]gateway.Role{"w1": gateway.RoleAdmin}, CreatedAt: at}))
}

func organisation(t *testing.T, s identity.Store) {
	ctx := t.Context()
	_, err := s.Organisation(ctx)
	wantKind(t, "before the first start", err, gateway.NotFound)
	o := identity.Organisation{ID: "o", Name: "acme", Canary: []byte{1, 0, 255}, CreatedAt: at}
	must(t, s.PutOrganisation(ctx, o))
	o.Name = "renamed"
	must(t, s.PutOrganisation(ctx, o))
	got, err := s.Organisation(ctx)
	must(t, err)
	same(t, "organisation", got, o)
}

func people(t *testing.T, s identity.Store) {
	ctx := t.Context()
	seed(t, s)
	ws, err := s.Workspaces(ctx)
	must(t, err)
	same(t, "workspaces by name", ws, []identity.Workspace{
		{ID: "w2", Organisation: "o", Name: "default", Config: "prod", CreatedAt: at}, {ID: "w1", Organisation: "o", Name: "zoo", CreatedAt: at}})
	zoo := identity.Workspace{ID: "w1", Organisation: "o", Name: "zoo", Config: "prod", ConfigFromFile: true, Compat: gateway.CompatLiteLLM, CompatFromFile: true,
		AccessGroups: map[string][]string{"small": {"gpt-5-mini", "haiku"}}, AccessGroupsFromFile: true, CreatedAt: at}
	must(t, s.PutWorkspace(ctx, zoo))
	ws, err = s.Workspaces(ctx)
	must(t, err)
	same(t, "workspace with a default config of the file", ws[1], zoo)
	wantKind(t, "a second workspace of a name", s.PutWorkspace(ctx, identity.Workspace{ID: "w3", Organisation: "o", Name: "zoo"}), gateway.Conflict)

	m := identity.Member{ID: "m", Organisation: "o", Name: "alice@example.com", Owner: true, Everywhere: gateway.RoleAuditor, Service: true, Disabled: true, Password: "$argon2id$v=19$x", Subject: "https://id.example.com ada-1", Roles: map[string]gateway.Role{"w2": gateway.RoleMember}, CreatedAt: at}
	must(t, s.PutMember(ctx, m))
	ms, err := s.Members(ctx)
	must(t, err)
	same(t, "member with replaced roles", ms, []identity.Member{m})
	wantKind(t, "a second member of a name", s.PutMember(ctx, identity.Member{ID: "m2", Organisation: "o", Name: m.Name, CreatedAt: at}), gateway.Conflict)
	must(t, s.PutMember(ctx, identity.Member{ID: "m2", Organisation: "o", Name: "bob", CreatedAt: at}))
	ms, err = s.Members(ctx)
	must(t, err)
	if len(ms) != 2 || ms[1].Name != "bob" || len(ms[1].Roles) != 0 {
		t.Errorf("members %+v", ms)
	}
}

func deletedWorkspace(t *testing.T, s identity.Store) {
	ctx := t.Context()
	seed(t, s)
	must(t, s.PutTeam(ctx, identity.Team{ID: "t1", Workspace: "w1", Name: "ml", Members: []string{"m"}, CreatedAt: at, UpdatedAt: at}))
	must(t, s.PutAPIKey(ctx, identity.APIKey{ID: "k", Workspace: "w1", Member: "m", Name: "x", CreatedAt: at, UpdatedAt: at}))
	wantKind(t, "a workspace with a team and an API key", s.DeleteWorkspace(ctx, "w1"), gateway.Conflict)
	must(t, s.DeleteTeam(ctx, "t1"))
	wantKind(t, "a workspace with an API key", s.DeleteWorkspace(ctx, "w1"), gateway.Conflict)
	must(t, s.DeleteAPIKey(ctx, "k"))
	must(t, s.DeleteWorkspace(ctx, "w1"))
	wantKind(t, "delete again", s.DeleteWorkspace(ctx, "w1"), gateway.NotFound)
	ws, err := s.Workspaces(ctx)
	must(t, err)
	ms, err := s.Members(ctx)
	must(t, err)
	if len(ws) != 1 || ws[0].ID != "w2" || len(ms) != 1 || len(ms[0].Roles) != 0 {
		t.Errorf("left are the workspaces %+v and the members %+v", ws, ms)
	}
	must(t, s.PutWorkspace(ctx, identity.Workspace{ID: "w3", Organisation: "o", Name: "zoo", CreatedAt: at}))
}

func teams(t *testing.T, s identity.Store) {
	ctx := t.Context()
	seed(t, s)
	must(t, s.PutMember(ctx, identity.Member{ID: "m2", Organisation: "o", Name: "bob", CreatedAt: at}))
	full := identity.Team{ID: "t1", Workspace: "w1", Name: "ml", Members: []string{"m", "m2"}, FromFile: true, CreatedAt: at, UpdatedAt: at.Add(1)}
	empty := identity.Team{ID: "t2", Workspace: "w1", Name: "billing", CreatedAt: at, UpdatedAt: at}
	must(t, s.PutTeam(ctx, full))
	must(t, s.PutTeam(ctx, empty))
	got, err := s.Teams(ctx)
	must(t, err)
	same(t, "teams by name", got, []identity.Team{empty, full})

	full.Members, empty.Members, empty.Name = []string{"m2"}, []string{"m"}, "finance"
	must(t, s.PutTeam(ctx, full))
	must(t, s.PutTeam(ctx, empty))
	got, err = s.Teams(ctx)
	must(t, err)
	same(t, "teams replaced", got, []identity.Team{empty, full})

	wantKind(t, "a name in use", s.PutTeam(ctx, identity.Team{ID: "t3", Workspace: "w1", Name: "ml", CreatedAt: at, UpdatedAt: at}), gateway.Conflict)
	must(t, s.PutTeam(ctx, identity.Team{ID: "t3", Workspace: "w2", Name: "ml", CreatedAt: at, UpdatedAt: at}))
	wantKind(t, "a team of no workspace", s.PutTeam(ctx, identity.Team{ID: "t4", Workspace: "w9", Name: "x", CreatedAt: at, UpdatedAt: at}), gateway.NotFound)
	wantKind(t, "a team of no member", s.PutTeam(ctx, identity.Team{ID: "t4", Workspace: "w1", Name: "x", Members: []string{"m9"}, CreatedAt: at, UpdatedAt: at}), gateway.NotFound)

	must(t, s.PutAPIKey(ctx, identity.APIKey{ID: "k", Workspace: "w1", Member: "m2", Team: "t1", Name: "x", CreatedAt: at, UpdatedAt: at}))
	wantKind(t, "a team with an API key", s.DeleteTeam(ctx, "t1"), gateway.NotFound)
	must(t, s.DeleteAPIKey(ctx, "k"))
	must(t, s.DeleteTeam(ctx, "t1"))
	wantKind(t, "delete again", s.DeleteTeam(ctx, "t1"), gateway.NotFound)
	if got, err = s.Teams(ctx); err != nil || len(got) != 2 {
		t.Errorf("%d teams after a delete, %v", len(got), err)
	}
}

func apiKeys(t *testing.T, s identity.Store) {
	ctx := t.Context()
	seed(t, s)
	must(t, s.PutTeam(ctx, identity.Team{ID: "t", Workspace: "w1", Name: "ml", Members: []string{"m"}, CreatedAt: at, UpdatedAt: at}))
	budget := int64(1_500_000_000)
	full := identity.APIKey{ID: "k1", Workspace: "w1", Member: "m", Team: "t", Name: "ci", Hash: identity.Hash{1, 2, 3}, Masked: "sk-sl-abcd…", Config: "prod", Compat: gateway.CompatOneAPI, Budget: &budget,
		Access: access.Rules{Scopes: []gateway.Permission{gateway.LogsList}, Models: []string{"gpt-*"}, VirtualKeys: []string{"vk"}, Addresses: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")},
			ModelAliases: map[string]string{"fast": "gpt-5-mini"}, Metadata: map[string]string{"team": "b"}, LockConfig: true, Tags: []string{"t"}},
		Previous:  identity.PreviousKey{Hash: identity.Hash{4}, Until: at.Add(time.Minute)},
		ExpiresAt: at.Add(time.Hour), Disabled: true, FromFile: true, CreatedAt: at, UpdatedAt: at}
	bare := identity.APIKey{ID: "k2", Workspace: "w1", Member: "m", Name: "app", Hash: identity.Hash{9}, CreatedAt: at, UpdatedAt: at}
	must(t, s.PutAPIKey(ctx, full))
	must(t, s.PutAPIKey(ctx, bare))
	got, err := s.APIKeys(ctx)
	must(t, err)
	same(t, "API keys by name", got, []identity.APIKey{bare, full})

	bare.Hash, bare.Budget, bare.UpdatedAt = identity.Hash{8}, &budget, at.Add(1)
	full.Budget, full.ExpiresAt, full.Disabled = nil, time.Time{}, false
	full.Team, bare.Team = "", "t"
	full.Access, full.Previous = access.Rules{}, identity.PreviousKey{}
	must(t, s.PutAPIKey(ctx, bare))
	must(t, s.PutAPIKey(ctx, full))
	got, err = s.APIKeys(ctx)
	must(t, err)
	same(t, "API keys replaced", got, []identity.APIKey{bare, full})

	wantKind(t, "a hash in use", s.PutAPIKey(ctx, identity.APIKey{ID: "k3", Workspace: "w2", Member: "m", Name: "x", Hash: full.Hash, CreatedAt: at, UpdatedAt: at}), gateway.Conflict)
	wantKind(t, "a name in use", s.PutAPIKey(ctx, identity.APIKey{ID: "k3", Workspace: "w1", Member: "m", Name: "ci", Hash: identity.Hash{7}, CreatedAt: at, UpdatedAt: at}), gateway.Conflict)
	must(t, s.PutAPIKey(ctx, identity.APIKey{ID: "k3", Workspace: "w2", Member: "m", Name: "ci", Hash: identity.Hash{7}, CreatedAt: at, UpdatedAt: at}))
	must(t, s.DeleteAPIKey(ctx, "k1"))
	wantKind(t, "delete again", s.DeleteAPIKey(ctx, "k1"), gateway.NotFound)
	if got, err = s.APIKeys(ctx); err != nil || len(got) != 2 {
		t.Errorf("%d API keys after a delete, %v", len(got), err)
	}
}

func foreign(t *testing.T, s identity.Store) {
	ctx := t.Context()
	seed(t, s)
	wantKind(t, "a key of no workspace", s.PutAPIKey(ctx, identity.APIKey{ID: "k", Workspace: "w9", Member: "m", Name: "x", CreatedAt: at, UpdatedAt: at}), gateway.NotFound)
	wantKind(t, "a key of no team", s.PutAPIKey(ctx, identity.APIKey{ID: "k", Workspace: "w1", Member: "m", Team: "t9", Name: "x", CreatedAt: at, UpdatedAt: at}), gateway.NotFound)
	wantKind(t, "a key of no member", s.PutAPIKey(ctx, identity.APIKey{ID: "k", Workspace: "w1", Member: "m9", Name: "x", CreatedAt: at, UpdatedAt: at}), gateway.NotFound)
	wantKind(t, "a role in no workspace", s.PutMember(ctx, identity.Member{ID: "m2", Organisation: "o", Name: "bob", Roles: map[string]gateway.Role{"w9": gateway.RoleMember}, CreatedAt: at}), gateway.NotFound)
	ms, err := s.Members(ctx)
	must(t, err)
	if len(ms) != 1 {
		t.Errorf("a member that was refused is there: %+v", ms)
	}
}
