package app

import (
	"context"
	"log/slog"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/internal/config"
)

// A first start that fails makes no key that nobody has seen: the next one shows it.
func TestFirstKeyAfterAFailedStart(t *testing.T) {
	cfg := config.Default()
	cfg.DataDir, cfg.TrustedHosts = t.TempDir(), []string{"127.0.0.1"}
	good := cfg.Identity
	cfg.Identity.APIKeys = []identity.DeclaredAPIKey{{Name: "ci", Key: gateway.NewSecret(ownersKey), Team: "nobody"}}
	if _, err := newApp(t.Context(), cfg, environment{}, slog.New(slog.DiscardHandler)); err == nil {
		t.Fatal("a team that is not declared was accepted")
	}
	cfg.Identity = good
	a, err := newApp(t.Context(), cfg, environment{}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	key, err := a.firstKey(t.Context())
	if err != nil || key.Empty() {
		t.Fatalf("no key: %v", err)
	}
	if by, err := a.services.callers.Identify(t.Context(), key, ""); err != nil || by.Role != gateway.RoleOwner {
		t.Errorf("the key of the first start: %+v, %v", by, err)
	}
}
