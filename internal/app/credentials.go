package app

import (
	"context"
	"log/slog"
	"time"

	"github.com/sluicegate/sluice/gateway"
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

// logUnknownKeys logs the places of the file's configs that name a virtual key which no call can use.
func (s *services) logUnknownKeys(ctx context.Context, cfg config.Config, log *slog.Logger) error {
	for _, c := range cfg.Configs {
		workspace, err := s.callers.WorkspaceNamed(ctx, c.Workspace)
		if err != nil {
			return err
		}
		for _, r := range config.References(c.Document) {
			if _, err := s.keyring.VirtualKey(ctx, workspace, r.VirtualKey); err != nil {
				log.Warn("a config of the file names a virtual key that cannot be used", "config", c.Slug, "workspace", c.Workspace, "field", r.Path, "problem", gateway.AsError(err).Public)
			}
		}
	}
	return nil
}

// logKeyProblems logs the virtual keys that cannot be used, or not for long.
func (s *services) logKeyProblems(log *slog.Logger) {
	for _, c := range s.keyring.Concerns() {
		log.Warn("a virtual key needs a change", "virtual_key", c.VirtualKey, "workspace", c.Workspace, "problem", c.Problem)
	}
}
