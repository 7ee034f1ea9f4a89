// Package app wires the packages to a gateway, serves it and drains it. It is the one place
// where the parts of the product meet: everywhere else they know each other as facts of an
// exchange or as interfaces that are filled in here.
//
// [Serve] owns every part: it opens them from the inside out (stores, services, pipeline, HTTP
// API), and after a signal closes them in the reverse order, so that a part outlives whatever
// calls it.
package app

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing"
	"github.com/sluicegate/sluice/gateway/catalog"
	"github.com/sluicegate/sluice/gateway/credential"
	"github.com/sluicegate/sluice/gateway/dialect"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/provider"
	"github.com/sluicegate/sluice/gateway/route"
	"github.com/sluicegate/sluice/guardrails"
	"github.com/sluicegate/sluice/internal/config"
	"github.com/sluicegate/sluice/internal/config/promptfile"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/admin"
	"github.com/sluicegate/sluice/internal/httpapi/inference"
	sqlstore "github.com/sluicegate/sluice/internal/store/sql"
	"github.com/sluicegate/sluice/prompts"
)

// environment holds the settings that come from environment variables.
type environment struct{ apiKey, masterKey gateway.Secret }

// app is a gateway without its listener: the HTTP handler and the parts behind it. The parts
// are opened from the inside out and closed from the outside in.
type app struct {
	handler  http.Handler
	firstKey gateway.Secret      // owner's API key that this start generated, to be shown once; else empty
	redact   func(string) string // replaces personal data in a text
	closers  []func(context.Context) error
}

// newApp opens every part. If one cannot be opened, those that were are closed again.
func newApp(ctx context.Context, cfg config.Config, env environment, log *slog.Logger) (_ *app, err error) {
	a := &app{}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.close(context.WithoutCancel(ctx)))
		}
	}()
	if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
		return nil, err
	}
	master, err := credential.LoadMasterKey(env.masterKey, filepath.Join(cfg.DataDir, "master.key"))
	if err != nil {
		return nil, err
	}
	cipher, err := credential.NewCipher(master)
	if err != nil {
		return nil, err
	}
	control, err := sqlstore.Open(ctx, filepath.Join(cfg.DataDir, "sluice.db"))
	if err != nil {
		return nil, err
	}
	a.onClose(func(context.Context) error { return control.Close() })

	bills, err := billing.Open(ctx, control, billing.Config{})
	if err != nil {
		return nil, err
	}
	a.onClose(bills.Close)
	callers := identity.New(control, cipher, identity.Config{Redact: cfg.Redact, Budgets: bills})
	created, first, err := callers.Bootstrap(ctx, env.apiKey)
	if err != nil {
		return nil, err
	}
	if created && env.apiKey.Empty() {
		a.firstKey = first
	}
	checkAddress := func(url string) error { return provider.CheckAddress(url, cfg.TrustedHosts) }
	keyring := credential.New(control, cipher, callers, credential.Config{Vendor: vendor, CheckAddress: checkAddress})
	if err := keyring.Load(ctx); err != nil {
		return nil, err
	}
	if err := declareKeys(ctx, cfg, callers, keyring); err != nil {
		return nil, err
	}

	prices, err := catalog.New(mockPrices()...)
	if err != nil {
		return nil, err
	}
	client := provider.New(provider.Config{Connect: cfg.Timeouts.Connect, // the router bounds the wait for the first chunk
		IdleStream: cfg.Timeouts.IdleStream, TrustedHosts: cfg.TrustedHosts, Proxy: http.ProxyFromEnvironment})
	a.onClose(func(context.Context) error { return client.Close() })
	guards := guardrails.New(guardrails.Config{Key: master.Derive("pseudonyms"), Known: keyring.Credentials})
	a.onClose(func(context.Context) error { guards.Close(); return nil })
	a.redact = guards.Cleanse

	var templates *prompts.Service
	routing := routeSettings(cfg.TrustedHosts)
	routing.Configs, routing.Keys, routing.PricedModels = control, keyring, prices.Models
	routing.ServerAddress, routing.CheckGuardrail, routing.FirstChunkTimeout = provider.Host, guards.Check, cfg.Timeouts.FirstByte
	routing.PromptConfig = func(ctx context.Context, workspace, prompt string) (string, error) {
		return templates.ConfigOf(ctx, workspace, prompt)
	}
	router := route.New(routing)
	templates = prompts.New(prompts.Config{Store: control, Resolve: router.Resolve,
		Translate: func(to gateway.Dialect, chat []byte) ([]byte, error) {
			return dialect.Rewrite(openai.Dialect{}, to, chat)
		}})
	if err := declare(ctx, cfg, callers, control, router, templates); err != nil {
		return nil, err
	}

	answers, err := a.openCache(cfg, gateway.NewSecret(string(master.Derive("cache"))), guards, log)
	if err != nil {
		return nil, err
	}
	records, err := openTelemetry(ctx, cfg, guards, master.Derive("audit heads"), log)
	if err != nil {
		return nil, err
	}
	a.onClose(records.close)

	// The stages, outermost first, around the router. Package gateway explains the order.
	pipeline := gateway.Chain("router", router.Router(client.Handler(), guards.TargetGuard(), bills.Reserve(prices)),
		records.recorder.Stage(),
		callers.Authenticate(),
		router.Configure(),
		guards.Redact(),
		templates.Stage(),
		guards.Guard(),
		answers.Stage(),
		bills.Meter(),
	)
	routes := inference.Routes(inference.Settings{Pipeline: pipeline, Models: models{router, prices}})
	routes = append(routes, admin.Routes(admin.Settings{
		Workspaces: callers, APIKeys: callers, VirtualKeys: keyring, Configs: router.Editor(), Prompts: templates,
		Logs: records.reader, AuditLogs: records.reader, VerifyAudit: records.verify, Audit: records.recorder,
	})...)
	api := httpapi.New(httpapi.Settings{
		Routes: routes, Authenticator: callers,
		MaxBody: cfg.MaxBody, Limits: cfg.HTTP.Limits, TrustedProxies: cfg.HTTP.TrustedProxies, AllowedOrigins: cfg.Origins,
		Ready:     func(ctx context.Context) error { return errors.Join(control.Ping(ctx), records.ready()) },
		Warnings:  records.warnings,
		Metrics:   metrics(records.stats, answers.Stats),
		AccessLog: log,
	})
	a.handler = api
	return a, nil
}

// declareKeys applies the workspaces, API keys and virtual keys of the server's file. It
// checks all of them before it writes any, and reports all problems at once.
func declareKeys(ctx context.Context, cfg config.Config, callers *identity.Service, keyring *credential.Service) error {
	if err := errors.Join(callers.CheckDeclared(cfg.Identity), keyring.CheckDeclared(cfg.VirtualKeys)); err != nil {
		return err
	}
	if err := callers.Declare(ctx, cfg.Identity); err != nil {
		return err
	}
	return keyring.Declare(ctx, cfg.VirtualKeys)
}

// declare makes the stores match the file and the prompt folder.
func declare(ctx context.Context, cfg config.Config, callers *identity.Service, control *sqlstore.Store, router *route.Service, templates *prompts.Service) error {
	declared := map[string]map[string]json.RawMessage{}
	for _, c := range cfg.Configs {
		id, err := callers.WorkspaceNamed(ctx, c.Workspace)
		if err != nil {
			return err
		}
		if declared[id] == nil {
			declared[id] = map[string]json.RawMessage{}
		}
		declared[id][c.Slug] = c.Document
	}
	spaces, err := control.Workspaces(ctx)
	if err != nil {
		return err
	}
	for _, w := range spaces { // a workspace that the file no longer names loses its declared configs
		if declared[w.ID] == nil {
			declared[w.ID] = map[string]json.RawMessage{}
		}
	}
	if err := router.Declare(ctx, declared); err != nil {
		return err
	}
	files, problems := promptfile.ReadDir(cfg.PromptsDir)
	if len(problems) > 0 {
		return &config.Error{Problems: problems}
	}
	return templates.Declare(ctx, files, callers.WorkspaceNamed)
}

func (a *app) onClose(f func(context.Context) error) { a.closers = append(a.closers, f) }

// close closes all parts, in the reverse order of opening.
func (a *app) close(ctx context.Context) error {
	var errs []error
	for i := len(a.closers) - 1; i >= 0; i-- {
		errs = append(errs, a.closers[i](ctx))
	}
	a.closers = nil
	return errors.Join(errs...)
}
