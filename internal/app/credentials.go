package app

import (
	"context"
	"log/slog"
	"time"

	"github.com/sluicegate/sluice/gateway/credential"
	"github.com/sluicegate/sluice/gateway/credential/local"
	"github.com/sluicegate/sluice/gateway/credential/vault"
	"github.com/sluicegate/sluice/internal/config"
)

// openSources opens what reads the credentials that references of virtual keys lead to. outage is
// how long the last value of a source that fails is used.
func (a *app) openSources(cfg config.Config, env environment) (sources map[string]credential.Source, outage time.Duration, err error) {
	lookup := env.lookup
	if lookup == nil {
		lookup = func(string) (string, bool) { return "", false }
	}
	sources = map[string]credential.Source{credential.SchemeEnv: local.Env(lookup), credential.SchemeFile: local.File{}, credential.SchemeIdentity: local.Identity{}}
	if cfg.Vault == nil {
		return sources, 0, nil
	}
	v, err := vault.New(cfg.Vault.Config)
	if err != nil {
		return nil, 0, err
	}
	a.onClose(func(context.Context) error { v.Close(); return nil })
	sources[credential.SchemeVault] = v
	return sources, cfg.Vault.MaxOutage, nil
}

// logKeyProblems logs the virtual keys that cannot be used, or not for long.
func (s *services) logKeyProblems(log *slog.Logger) {
	for _, c := range s.keyring.Concerns() {
		log.Warn("a virtual key needs a change", "virtual_key", c.VirtualKey, "workspace", c.Workspace, "problem", c.Problem)
	}
}
