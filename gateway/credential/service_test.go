package credential_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential"
	"github.com/sluicegate/sluice/gateway/credential/credentialtest"
	"github.com/sluicegate/sluice/gateway/credential/seal"
)

// house is a service that has started, with an owner in the workspace "default".
type house struct {
	*credential.Service
	clock *clock
	owner *gateway.Principal
}

// clock is a time that stands still until it is set.
type clock struct{ now time.Time }

// workspaces maps names to ids: "team-a" has the id "id-team-a".
type workspaces []string

func (w workspaces) FindWorkspace(ref string) (id, name string, ok bool) {
	for _, name := range w {
		if ref == name || ref == "id-"+name {
			return "id-" + name, name, true
		}
	}
	return "", "", false
}

func (w workspaces) WorkspaceNamed(_ context.Context, name string) (string, error) {
	if name == "" {
		name = gateway.DefaultWorkspace
	}
	id, _, ok := w.FindWorkspace(name)
	if !ok {
		return "", errors.New("unknown workspace " + name)
	}
	return id, nil
}

var known = workspaces{"default", "team-a", "team-b"}

func newStore() *credentialtest.Memory {
	return credentialtest.NewMemory("id-default", "id-team-a", "id-team-b")
}

func master(tb testing.TB) *seal.Cipher { return masterOf(tb, "correct horse battery") }

func masterOf(tb testing.TB, passphrase string) *seal.Cipher {
	tb.Helper()
	k, err := seal.LoadMasterKey(gateway.NewSecret(hexKey(passphrase)), seal.MasterKeyFiles{})
	if err != nil {
		tb.Fatal(err)
	}
	c, err := seal.NewCipher(k)
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

func start(tb testing.TB, store credential.Store) *house {
	tb.Helper()
	h := &house{clock: &clock{time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}, owner: principal("default", gateway.RoleOwner)}
	h.Service = credential.New(store, master(tb), known, credential.Config{Now: func() time.Time { return h.clock.now },
		Vendor: func(id string) (string, bool) {
			return strings.ToLower(id), id == "openai" || id == "OpenAI" || id == "mock"
		},
		CheckAddress: func(url string) error {
			if strings.Contains(url, "169.254") {
				return gateway.InvalidField("test", "custom_host", "That address is not allowed.")
			}
			return nil
		}})
	must(tb, h.Load(context.Background()))
	return h
}

func memory(tb testing.TB) *house { return start(tb, newStore()) }

func principal(workspace string, role gateway.Role) *gateway.Principal {
	return &gateway.Principal{Workspace: "id-" + workspace, WorkspaceRef: workspace, Member: "m", Role: role, APIKey: "k"}
}

var errDown = errors.New("the store is down")

// valueOf is the credential that a call without a session gets.
func valueOf(tb testing.TB, k gateway.VirtualKey) gateway.Secret {
	tb.Helper()
	if k.Pool == nil {
		return k.Credential
	}
	c, err := k.Pool.Choose(noSession, nil)
	must(tb, err)
	return c.Value
}

func noSession() uint64 { return 0 }

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
