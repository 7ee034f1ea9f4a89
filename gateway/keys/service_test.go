package keys_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/keys"
	"github.com/sluicegate/sluice/gateway/keys/keystest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const ownerKey = "sk-sl-owner000000000000000000000000000000000000"

// clock is a time that stands still until it is set.
type clock struct{ now time.Time }

func newClock() *clock { return &clock{time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)} }

// house is a service that has started, with its owner.
type house struct {
	*keys.Service
	store keys.Store
	clock *clock
	owner *gateway.Principal
}

func master(tb testing.TB) *keys.Cipher { return masterOf(tb, "correct horse battery") }

func masterOf(tb testing.TB, passphrase string) *keys.Cipher {
	tb.Helper()
	k, err := keys.LoadMasterKey(gateway.NewSecret(hexKey(passphrase)), "")
	if err != nil {
		tb.Fatal(err)
	}
	c, err := keys.NewCipher(k)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// hexKey spares the tests the stretching of passphrases.
func hexKey(seed string) string {
	sum := sha256.Sum256([]byte(seed))
	return hex.EncodeToString(sum[:])
}

func start(tb testing.TB, store keys.Store, edit ...func(*keys.Config)) *house {
	tb.Helper()
	h := &house{store: store, clock: newClock()}
	cfg := keys.Config{Now: func() time.Time { return h.clock.now }, Redact: gateway.RedactPolicy{Input: []string{"email"}, Restore: true},
		Vendor: func(id string) (string, bool) {
			return strings.ToLower(id), id == "openai" || id == "OpenAI" || id == "mock"
		},
		CheckAddress: func(url string) error {
			if strings.Contains(url, "169.254") {
				return gateway.InvalidField("test", "custom_host", "That address is not allowed.")
			}
			return nil
		}}
	for _, f := range edit {
		f(&cfg)
	}
	h.Service = keys.New(store, master(tb), cfg)
	tb.Cleanup(func() {
		if err := h.Close(context.Background()); err != nil && !errors.Is(err, errDown) {
			tb.Error(err)
		}
	})
	_, _, err := h.Bootstrap(context.Background(), gateway.NewSecret(ownerKey))
	must(tb, err)
	h.owner, err = h.Identify(context.Background(), gateway.NewSecret(ownerKey))
	must(tb, err)
	return h
}

func memory(tb testing.TB, edit ...func(*keys.Config)) *house {
	return start(tb, keystest.NewMemory(), edit...)
}

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

// key makes an API key and gives its principal.
func (h *house) key(tb testing.TB, n keys.NewAPIKey) (gateway.Secret, *gateway.Principal) {
	tb.Helper()
	_, secret, err := h.CreateAPIKey(context.Background(), h.owner, n)
	must(tb, err)
	p, err := h.Identify(context.Background(), secret)
	must(tb, err)
	return secret, p
}

func TestBootstrap(t *testing.T) {
	ctx := t.Context()
	store := keystest.NewMemory()
	s := keys.New(store, master(t), keys.Config{})
	if _, err := s.Identify(ctx, gateway.NewSecret(ownerKey)); err == nil {
		t.Error("a service that has not started lets somebody in")
	}
	created, key, err := s.Bootstrap(ctx, gateway.Secret{})
	must(t, err)
	if !created || !strings.HasPrefix(key.Reveal(), "sk-sl-") || len(key.Reveal()) < 40 {
		t.Fatalf("created %v, a key of %d characters", created, len(key.Reveal()))
	}
	p, err := s.Identify(ctx, key)
	must(t, err)
	if p.Role != gateway.RoleOwner || p.WorkspaceRef != "default" || p.MemberRef != "owner" || p.Budgeted {
		t.Errorf("owner %+v", p)
	}

	s = keys.New(store, master(t), keys.Config{})
	created, again, err := s.Bootstrap(ctx, gateway.Secret{})
	must(t, err)
	if created || !again.Empty() {
		t.Error("the second start made another key")
	}
	if _, err = s.Identify(ctx, key); err != nil {
		t.Errorf("the key of the first start: %v", err)
	}

	// SLUICE_API_KEY appears, then changes: the owner's key follows
	for _, fixed := range []string{ownerKey, "another-fixed-key"} {
		s = keys.New(store, master(t), keys.Config{})
		created, _, err = s.Bootstrap(ctx, gateway.NewSecret(fixed))
		must(t, err)
		if !created {
			t.Errorf("%s: not taken over", fixed)
		}
		if _, err = s.Identify(ctx, gateway.NewSecret(fixed)); err != nil {
			t.Errorf("%s: %v", fixed, err)
		}
		if _, err = s.Identify(ctx, key); err == nil {
			t.Error("the former key still opens")
		}
		key = gateway.NewSecret(fixed)
	}
	_, _, err = keys.New(keystest.NewMemory(), master(t), keys.Config{}).Bootstrap(ctx, gateway.NewSecret("short"))
	wantKind(t, "a fixed key that is too short", err, gateway.Invalid)
}

// A start that is cut off after any write is completed by the next one.
func TestBootstrapCutOff(t *testing.T) {
	for n := 0; ; n++ {
		store := &failing{Memory: keystest.NewMemory(), left: n}
		_, _, err := keys.New(store, master(t), keys.Config{}).Bootstrap(t.Context(), gateway.Secret{})
		store.left = 1 << 30
		s := keys.New(store, master(t), keys.Config{})
		created, key, err2 := s.Bootstrap(t.Context(), gateway.Secret{})
		must(t, err2)
		if err == nil {
			if created {
				t.Error("a whole start was followed by a second key")
			}
			if n < 4 {
				t.Errorf("only %d writes were tried", n)
			}
			return
		}
		if !created {
			continue // the key itself was written, then reading it back failed
		}
		if _, err := s.Identify(t.Context(), key); err != nil {
			t.Errorf("after write %d failed: %v", n, err)
		}
	}
}

// failing lets a number of writes through.
type failing struct {
	*keystest.Memory
	left int
}

func (f *failing) spend() error {
	if f.left--; f.left < 0 {
		return errDown
	}
	return nil
}

func (f *failing) PutOrganisation(ctx context.Context, o keys.Organisation) error {
	return errors.Join(f.spend(), f.then(func() error { return f.Memory.PutOrganisation(ctx, o) }))
}

func (f *failing) PutWorkspace(ctx context.Context, w keys.Workspace) error {
	return errors.Join(f.spend(), f.then(func() error { return f.Memory.PutWorkspace(ctx, w) }))
}

func (f *failing) PutMember(ctx context.Context, m keys.Member) error {
	return errors.Join(f.spend(), f.then(func() error { return f.Memory.PutMember(ctx, m) }))
}

func (f *failing) PutAPIKey(ctx context.Context, k keys.APIKey) error {
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
	s := keys.New(h.store, masterOf(t, "another passphrase"), keys.Config{})
	_, _, err := s.Bootstrap(t.Context(), gateway.Secret{})
	e := wantKind(t, "another master key", err, gateway.Internal)
	if !strings.Contains(e.Public, "SLUICE_MASTER_KEY") {
		t.Errorf("the error does not say what to do: %q", e.Public)
	}
	if _, err := s.Identify(t.Context(), gateway.NewSecret(ownerKey)); err == nil {
		t.Error("a service with the wrong master key lets somebody in")
	}
}
