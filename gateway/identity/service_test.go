package identity_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/identity/identitytest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const ownerKey = "sk-sl-owner000000000000000000000000000000000000"

// clock is a time that stands still until it is set.
type clock struct{ now time.Time }

func newClock() *clock { return &clock{time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)} }

// house is a service that has started, with its owner.
type house struct {
	*identity.Service
	store   identity.Store
	budgets *budgets
	clock   *clock
	owner   *gateway.Principal
}

// budgets records the limits that the service sets, by API key id.
type budgets struct {
	mu     sync.Mutex
	limits map[string]*int64
	onSet  func() // called by SetLimit, if set
}

func (b *budgets) SetLimit(apiKey string, limit *int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.limits[apiKey] = limit
	if b.onSet != nil {
		b.onSet()
	}
}

func (b *budgets) Remove(apiKey string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.limits, apiKey)
}

func (b *budgets) Spending(apiKey string) (spent, reserved int64) { return 7, 2 }

func (b *budgets) Closed(apiKey string) bool { return true }

func (b *budgets) state() map[string]*int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return maps.Clone(b.limits)
}

// cipher is a keyed hash without a secret, and a seal that only its own kind opens.
type cipher string

func (c cipher) Hash(key gateway.Secret) [32]byte {
	return sha256.Sum256([]byte(string(c) + key.Reveal()))
}

func (c cipher) Seal(table, row, column string, text gateway.Secret) []byte {
	return []byte(strings.Join([]string{string(c), table, row, column, text.Reveal()}, "/"))
}

func (c cipher) Open(table, row, column string, sealed []byte) (gateway.Secret, error) {
	text, ok := strings.CutPrefix(string(sealed), strings.Join([]string{string(c), table, row, column, ""}, "/"))
	if !ok {
		return gateway.Secret{}, errors.New("sealed elsewhere")
	}
	return gateway.NewSecret(text), nil
}

const master = cipher("correct horse battery")

func start(tb testing.TB, store identity.Store) *house {
	tb.Helper()
	h := &house{store: store, clock: newClock(), budgets: &budgets{limits: map[string]*int64{}}}
	h.Service = identity.New(store, master, identity.Config{Now: func() time.Time { return h.clock.now }, Budgets: h.budgets, OrganisationConfig: "base",
		Redact: gateway.RedactPolicy{Input: []string{"email"}, Restore: true}})
	err := h.Bootstrap(context.Background(), gateway.NewSecret(ownerKey))
	must(tb, err)
	h.owner, err = h.Identify(context.Background(), gateway.NewSecret(ownerKey), "")
	must(tb, err)
	return h
}

func memory(tb testing.TB) *house { return start(tb, identitytest.NewMemory()) }

var errDown = errors.New("the store is down")

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func wantKind(tb testing.TB, what string, err error, kind gateway.Kind) *gateway.Error {
	tb.Helper()
	var e *gateway.Error
	if !errors.As(err, &e) || e.Kind != kind {
		tb.Errorf("%s: %v, want %v", what, err, kind)
		return &gateway.Error{}
	}
	return e
}

// key creates an API key, and returns it with its principal.
func (h *house) key(tb testing.TB, n identity.NewAPIKey) (gateway.Secret, *gateway.Principal) {
	tb.Helper()
	_, secret, err := h.CreateAPIKey(context.Background(), h.owner, n)
	must(tb, err)
	p, err := h.Identify(context.Background(), secret, "")
	must(tb, err)
	return secret, p
}

func TestBootstrap(t *testing.T) {
	ctx := t.Context()
	store := identitytest.NewMemory()
	s := identity.New(store, master, identity.Config{})
	if _, err := s.Identify(ctx, gateway.NewSecret(ownerKey), ""); err == nil {
		t.Error("a service that has not started lets somebody in")
	}
	must(t, s.Bootstrap(ctx, gateway.Secret{}))
	key, err := s.GenerateOwnerKey(ctx)
	must(t, err)
	if !strings.HasPrefix(key.Reveal(), "sk-sl-") || len(key.Reveal()) < 40 {
		t.Fatalf("a key of %d characters", len(key.Reveal()))
	}
	p, err := s.Identify(ctx, key, "")
	must(t, err)
	if p.Role != gateway.RoleOwner || p.WorkspaceRef != "default" || p.MemberRef != "owner" || p.Budgeted {
		t.Errorf("owner %+v", p)
	}

	s = identity.New(store, master, identity.Config{})
	must(t, s.Bootstrap(ctx, gateway.Secret{}))
	again, err := s.GenerateOwnerKey(ctx)
	must(t, err)
	if !again.Empty() {
		t.Error("the second start made another key")
	}
	if _, err = s.Identify(ctx, key, ""); err != nil {
		t.Errorf("the key of the first start: %v", err)
	}

	// SLUICE_API_KEY appears, then changes: the owner's key follows
	for _, fixed := range []string{ownerKey, "another-fixed-key"} {
		s = identity.New(store, master, identity.Config{})
		must(t, s.Bootstrap(ctx, gateway.NewSecret(fixed)))
		if _, err = s.Identify(ctx, gateway.NewSecret(fixed), ""); err != nil {
			t.Errorf("%s: %v", fixed, err)
		}
		if _, err = s.Identify(ctx, key, ""); err == nil {
			t.Error("the former key still opens")
		}
		key = gateway.NewSecret(fixed)
	}
	err = identity.New(identitytest.NewMemory(), master, identity.Config{}).Bootstrap(ctx, gateway.NewSecret("short"))
	wantKind(t, "a fixed key that is too short", err, gateway.Invalid)
}

// A start that is cut off after any write is completed by the next one.
func TestBootstrapCutOff(t *testing.T) {
	for n := 0; ; n++ {
		store := &failing{Memory: identitytest.NewMemory(), left: n}
		_, err := firstStart(t, store)
		store.left = 1 << 30
		key, err2 := firstStart(t, store)
		must(t, err2)
		if err == nil {
			if !key.Empty() {
				t.Error("a whole start was followed by a second key")
			}
			if n < 4 {
				t.Errorf("only %d writes were tried", n)
			}
			return
		}
		if key.Empty() {
			continue // the key itself was written
		}
		s := identity.New(store, master, identity.Config{})
		must(t, s.Bootstrap(t.Context(), gateway.Secret{}))
		if _, err := s.Identify(t.Context(), key, ""); err != nil {
			t.Errorf("after write %d failed: %v", n, err)
		}
	}
}

func firstStart(t *testing.T, store identity.Store) (gateway.Secret, error) {
	s := identity.New(store, master, identity.Config{})
	if err := s.Bootstrap(t.Context(), gateway.Secret{}); err != nil {
		return gateway.Secret{}, err
	}
	return s.GenerateOwnerKey(t.Context())
}

// What the file declares can fail a first start. The owner's key is made after it, and only if the
// file declares none of an owner's.
func TestOwnerKeyAfterDeclared(t *testing.T) {
	declared := func(role gateway.Role) (*identity.Service, error) {
		s := identity.New(identitytest.NewMemory(), master, identity.Config{})
		must(t, s.Bootstrap(t.Context(), gateway.Secret{}))
		return s, s.Declare(t.Context(), identity.Declared{APIKeys: []identity.DeclaredAPIKey{{Name: "owner", Key: gateway.NewSecret(ownerKey), Member: "ada", Role: role}}})
	}
	s, err := declared(gateway.RoleMember)
	must(t, err)
	_, err = s.GenerateOwnerKey(t.Context())
	e := wantKind(t, "a member's key has the owner's name", err, gateway.Conflict)
	if !strings.Contains(e.Public, "'owner'") {
		t.Errorf("the error does not name the key: %q", e.Public)
	}
	s, err = declared(gateway.RoleOwner)
	must(t, err)
	if key, err := s.GenerateOwnerKey(t.Context()); err != nil || !key.Empty() {
		t.Errorf("beside a declared key of an owner: %v, %v", !key.Empty(), err)
	}
}

// failing lets a number of writes through.
type failing struct {
	*identitytest.Memory
	left int
}

func (f *failing) spend() error {
	if f.left--; f.left < 0 {
		return errDown
	}
	return nil
}

func (f *failing) PutOrganisation(ctx context.Context, o identity.Organisation) error {
	return errors.Join(f.spend(), f.then(func() error { return f.Memory.PutOrganisation(ctx, o) }))
}

func (f *failing) PutWorkspace(ctx context.Context, w identity.Workspace) error {
	return errors.Join(f.spend(), f.then(func() error { return f.Memory.PutWorkspace(ctx, w) }))
}

func (f *failing) PutMember(ctx context.Context, m identity.Member) error {
	return errors.Join(f.spend(), f.then(func() error { return f.Memory.PutMember(ctx, m) }))
}

func (f *failing) PutAPIKey(ctx context.Context, k identity.APIKey) error {
	return errors.Join(f.spend(), f.then(func() error { return f.Memory.PutAPIKey(ctx, k) }))
}

func (f *failing) then(do func() error) error {
	if f.left < 0 {
		return nil
	}
	return do()
}

func TestWrongMasterKey(t *testing.T) {
	h := memory(t)
	s := identity.New(h.store, cipher("another passphrase"), identity.Config{})
	err := s.Bootstrap(t.Context(), gateway.Secret{})
	e := wantKind(t, "another master key", err, gateway.Internal)
	if !strings.Contains(e.Public, "SLUICE_MASTER_KEY") {
		t.Errorf("the error does not say what to do: %q", e.Public)
	}
	if _, err := s.Identify(t.Context(), gateway.NewSecret(ownerKey), ""); err == nil {
		t.Error("a service with the wrong master key lets somebody in")
	}
}
