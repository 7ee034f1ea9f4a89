package keystest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/keys"
)

// Store runs the suite. open gives an empty store each time.
func Store(t *testing.T, open func(t *testing.T) keys.Store) {
	for _, tc := range []struct {
		name string
		run  func(*testing.T, keys.Store)
	}{
		{"Organisation", organisation}, {"People", people}, {"APIKeys", apiKeys}, {"VirtualKeys", virtualKeys},
		{"Foreign", foreign}, {"Ledger", ledger}, {"LedgerIsAtomic", atomicPost}, {"LedgerInParallel", parallelPost},
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
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

// seed makes an organisation, two workspaces and a member.
func seed(t *testing.T, s keys.Store) {
	t.Helper()
	ctx := t.Context()
	must(t, s.PutOrganisation(ctx, keys.Organisation{ID: "o", Name: "acme", Canary: []byte{1, 0, 255}, CreatedAt: at}))
	must(t, s.PutWorkspace(ctx, keys.Workspace{ID: "w1", Organisation: "o", Name: "zoo", CreatedAt: at}))
	must(t, s.PutWorkspace(ctx, keys.Workspace{ID: "w2", Organisation: "o", Name: "default", Config: "prod", CreatedAt: at}))
	must(t, s.PutMember(ctx, keys.Member{ID: "m", Organisation: "o", Name: "alice@example.com", Roles: map[string]gateway.Role{"w1": gateway.RoleAdmin}, CreatedAt: at}))
}

func organisation(t *testing.T, s keys.Store) {
	ctx := t.Context()
	_, err := s.Organisation(ctx)
	wantKind(t, "before the first start", err, gateway.NotFound)
	o := keys.Organisation{ID: "o", Name: "acme", Canary: []byte{1, 0, 255}, CreatedAt: at}
	must(t, s.PutOrganisation(ctx, o))
	o.Name = "renamed"
	must(t, s.PutOrganisation(ctx, o))
	got, err := s.Organisation(ctx)
	must(t, err)
	same(t, "organisation", got, o)
}

func people(t *testing.T, s keys.Store) {
	ctx := t.Context()
	seed(t, s)
	ws, err := s.Workspaces(ctx)
	must(t, err)
	same(t, "workspaces by name", ws, []keys.Workspace{
		{ID: "w2", Organisation: "o", Name: "default", Config: "prod", CreatedAt: at}, {ID: "w1", Organisation: "o", Name: "zoo", CreatedAt: at}})
	zoo := keys.Workspace{ID: "w1", Organisation: "o", Name: "zoo", Config: "prod", ConfigFromFile: true, CreatedAt: at}
	must(t, s.PutWorkspace(ctx, zoo))
	ws, err = s.Workspaces(ctx)
	must(t, err)
	same(t, "workspace with a default config of the file", ws[1], zoo)
	wantKind(t, "a second workspace of a name", s.PutWorkspace(ctx, keys.Workspace{ID: "w3", Organisation: "o", Name: "zoo"}), gateway.Conflict)

	m := keys.Member{ID: "m", Organisation: "o", Name: "alice@example.com", Owner: true, Roles: map[string]gateway.Role{"w2": gateway.RoleMember}, CreatedAt: at}
	must(t, s.PutMember(ctx, m))
	ms, err := s.Members(ctx)
	must(t, err)
	same(t, "member with replaced roles", ms, []keys.Member{m})
	wantKind(t, "a second member of a name", s.PutMember(ctx, keys.Member{ID: "m2", Organisation: "o", Name: m.Name, CreatedAt: at}), gateway.Conflict)
	must(t, s.PutMember(ctx, keys.Member{ID: "m2", Organisation: "o", Name: "bob", CreatedAt: at}))
	ms, err = s.Members(ctx)
	must(t, err)
	if len(ms) != 2 || ms[1].Name != "bob" || len(ms[1].Roles) != 0 {
		t.Errorf("members %+v", ms)
	}
}

func apiKeys(t *testing.T, s keys.Store) {
	ctx := t.Context()
	seed(t, s)
	budget := int64(1_500_000_000)
	full := keys.APIKey{ID: "k1", Workspace: "w1", Member: "m", Name: "ci", Hash: keys.Hash{1, 2, 3}, Masked: "sk-sl-abcd…", Config: "prod", Budget: &budget,
		ExpiresAt: at.Add(time.Hour), Disabled: true, FromFile: true, CreatedAt: at, UpdatedAt: at}
	bare := keys.APIKey{ID: "k2", Workspace: "w1", Member: "m", Name: "app", Hash: keys.Hash{9}, CreatedAt: at, UpdatedAt: at}
	must(t, s.PutAPIKey(ctx, full))
	must(t, s.PutAPIKey(ctx, bare))
	got, err := s.APIKeys(ctx)
	must(t, err)
	same(t, "API keys by name", got, []keys.APIKey{bare, full})

	bare.Hash, bare.Budget, bare.UpdatedAt = keys.Hash{8}, &budget, at.Add(1)
	full.Budget, full.ExpiresAt, full.Disabled = nil, time.Time{}, false
	must(t, s.PutAPIKey(ctx, bare))
	must(t, s.PutAPIKey(ctx, full))
	got, err = s.APIKeys(ctx)
	must(t, err)
	same(t, "API keys replaced", got, []keys.APIKey{bare, full})

	wantKind(t, "a hash in use", s.PutAPIKey(ctx, keys.APIKey{ID: "k3", Workspace: "w2", Member: "m", Name: "x", Hash: full.Hash, CreatedAt: at, UpdatedAt: at}), gateway.Conflict)
	wantKind(t, "a name in use", s.PutAPIKey(ctx, keys.APIKey{ID: "k3", Workspace: "w1", Member: "m", Name: "ci", Hash: keys.Hash{7}, CreatedAt: at, UpdatedAt: at}), gateway.Conflict)
	must(t, s.PutAPIKey(ctx, keys.APIKey{ID: "k3", Workspace: "w2", Member: "m", Name: "ci", Hash: keys.Hash{7}, CreatedAt: at, UpdatedAt: at}))
	must(t, s.DeleteAPIKey(ctx, "k1"))
	wantKind(t, "delete again", s.DeleteAPIKey(ctx, "k1"), gateway.NotFound)
	if got, err = s.APIKeys(ctx); err != nil || len(got) != 2 {
		t.Errorf("%d API keys after a delete, %v", len(got), err)
	}
}

func virtualKeys(t *testing.T, s keys.Store) {
	ctx := t.Context()
	seed(t, s)
	read := int64(5)
	full := keys.VirtualKey{ID: "v1", Workspace: "w1", Name: "vk_b", Provider: "openai", BaseURL: "http://127.0.0.1:1/v1", Credential: []byte{0, 1, 254},
		Models: []string{"a", "b"}, Prices: gateway.Prices{"*": {Input: 1, Output: 2, CacheRead: &read, Version: "own"}}, Disabled: true, FromFile: true, CreatedAt: at, UpdatedAt: at}
	bare := keys.VirtualKey{ID: "v2", Workspace: "w1", Name: "vk_a", Provider: "mock", Credential: []byte{1}, CreatedAt: at, UpdatedAt: at}
	must(t, s.PutVirtualKey(ctx, full))
	must(t, s.PutVirtualKey(ctx, bare))
	got, err := s.VirtualKeys(ctx)
	must(t, err)
	same(t, "virtual keys by name", got, []keys.VirtualKey{bare, full})
	full.Disabled, full.Models, full.Prices = false, nil, nil
	must(t, s.PutVirtualKey(ctx, full))
	got, err = s.VirtualKeys(ctx)
	must(t, err)
	same(t, "virtual key replaced", got, []keys.VirtualKey{bare, full})

	wantKind(t, "a name in use", s.PutVirtualKey(ctx, keys.VirtualKey{ID: "v3", Workspace: "w1", Name: "vk_a", CreatedAt: at, UpdatedAt: at}), gateway.Conflict)
	must(t, s.PutVirtualKey(ctx, keys.VirtualKey{ID: "v3", Workspace: "w2", Name: "vk_a", CreatedAt: at, UpdatedAt: at}))
	must(t, s.DeleteVirtualKey(ctx, "v1"))
	wantKind(t, "delete again", s.DeleteVirtualKey(ctx, "v1"), gateway.NotFound)
}

func foreign(t *testing.T, s keys.Store) {
	ctx := t.Context()
	seed(t, s)
	wantKind(t, "a key of no workspace", s.PutAPIKey(ctx, keys.APIKey{ID: "k", Workspace: "w9", Member: "m", Name: "x", CreatedAt: at, UpdatedAt: at}), gateway.NotFound)
	wantKind(t, "a key of no member", s.PutAPIKey(ctx, keys.APIKey{ID: "k", Workspace: "w1", Member: "m9", Name: "x", CreatedAt: at, UpdatedAt: at}), gateway.NotFound)
	wantKind(t, "a virtual key of no workspace", s.PutVirtualKey(ctx, keys.VirtualKey{ID: "v", Workspace: "w9", Name: "x", CreatedAt: at, UpdatedAt: at}), gateway.NotFound)
	wantKind(t, "a role in no workspace", s.PutMember(ctx, keys.Member{ID: "m2", Organisation: "o", Name: "bob", Roles: map[string]gateway.Role{"w9": gateway.RoleMember}, CreatedAt: at}), gateway.NotFound)
	ms, err := s.Members(ctx)
	must(t, err)
	if len(ms) != 1 {
		t.Errorf("a member that was refused is there: %+v", ms)
	}
}

func reservation(id, key string, amount int64) keys.Reservation {
	return keys.Reservation{ID: id, APIKey: key, Amount: amount, At: at}
}

func ledger(t *testing.T, s keys.Store) {
	ctx := t.Context()
	must(t, s.Post(ctx, nil, nil))
	must(t, s.Post(ctx, []keys.Reservation{reservation("x1", "k1", 100), reservation("x2", "k1", 100), reservation("x3", "k2", 50)}, nil))
	settle := []keys.Settlement{{Reservation: "x1", APIKey: "k1", Amount: 30}, {Reservation: "x3", APIKey: "k2", Amount: 0}}
	must(t, s.Post(ctx, []keys.Reservation{reservation("x4", "k2", 7)}, settle))
	must(t, s.Post(ctx, nil, settle)) // again, after a doubtful failure: charges nothing
	must(t, s.Post(ctx, nil, []keys.Settlement{{Reservation: "never", APIKey: "k1", Amount: 1_000}}))
	spent, err := s.Recover(ctx)
	must(t, err)
	if spent["k1"] != 130 || spent["k2"] != 7 {
		t.Errorf("spent %v, want k1 130 (30 settled, 100 left standing) and k2 7", spent)
	}
	must(t, s.Post(ctx, nil, []keys.Settlement{{Reservation: "x2", APIKey: "k1", Amount: 5}})) // too late
	spent, err = s.Recover(ctx)
	must(t, err)
	if spent["k1"] != 130 || spent["k2"] != 7 {
		t.Errorf("recovered twice: %v", spent)
	}
}

func atomicPost(t *testing.T, s keys.Store) {
	ctx := t.Context()
	must(t, s.Post(ctx, []keys.Reservation{reservation("x1", "k1", 10)}, nil))
	err := s.Post(ctx, []keys.Reservation{reservation("x2", "k1", 10), reservation("x1", "k1", 10)}, []keys.Settlement{{Reservation: "x1", APIKey: "k1", Amount: 3}})
	wantKind(t, "a reservation that stands already", err, gateway.Conflict)
	spent, err := s.Recover(ctx)
	must(t, err)
	if spent["k1"] != 10 {
		t.Errorf("a refused batch left traces: %v, want 10", spent)
	}
}

func parallelPost(t *testing.T, s keys.Store) {
	const n = 20
	var wg sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		wg.Go(func() {
			id := fmt.Sprint("x", i)
			errs[i] = errors.Join(s.Post(context.Background(), []keys.Reservation{reservation(id, "k1", 100)}, nil),
				s.Post(context.Background(), nil, []keys.Settlement{{Reservation: id, APIKey: "k1", Amount: 3}}))
		})
	}
	wg.Wait()
	must(t, errors.Join(errs...))
	spent, err := s.Recover(t.Context())
	must(t, err)
	if spent["k1"] != 3*n {
		t.Errorf("spent %v, want %d", spent, 3*n)
	}
}
