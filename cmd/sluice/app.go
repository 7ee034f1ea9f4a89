package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/catalog"
	"github.com/sluicegate/sluice/gateway/httpapi"
	"github.com/sluicegate/sluice/gateway/keys"
	"github.com/sluicegate/sluice/gateway/provider"
	"github.com/sluicegate/sluice/gateway/route"
	"github.com/sluicegate/sluice/gateway/sqlstore"
	"github.com/sluicegate/sluice/guardrails"
	"github.com/sluicegate/sluice/prompts"
)

// environment is what the process is told beside its file.
type environment struct{ apiKey, masterKey gateway.Secret }

// app is a running gateway: the parts that hold something open, and the handler in front.
// It is built from the inside out and closed from the outside in; what was opened before
// a failing step is closed again.
type app struct {
	handler  http.Handler
	firstKey gateway.Secret // to be shown once; empty on later starts
	cleanse  func(string) string
	closers  []func(context.Context) error
}

func newApp(ctx context.Context, cfg Config, env environment, log *slog.Logger) (_ *app, err error) {
	a := &app{}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.close(context.WithoutCancel(ctx)))
		}
	}()
	if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
		return nil, err
	}
	master, err := keys.LoadMasterKey(env.masterKey, filepath.Join(cfg.DataDir, "master.key"))
	if err != nil {
		return nil, err
	}
	cipher, err := keys.NewCipher(master)
	if err != nil {
		return nil, err
	}
	control, err := sqlstore.Open(ctx, filepath.Join(cfg.DataDir, "sluice.db"))
	if err != nil {
		return nil, err
	}
	a.onClose(func(context.Context) error { return control.Close() })

	public := func(url string) error { return provider.CheckAddress(url, cfg.TrustedHosts) }
	keyring := keys.New(control, cipher, keys.Config{Redact: cfg.Redact, Vendor: vendor, CheckAddress: public})
	a.onClose(keyring.Close)
	created, first, err := keyring.Bootstrap(ctx, env.apiKey)
	if err != nil {
		return nil, err
	}
	if created {
		a.firstKey = first
	}
	if err := keyring.Declare(ctx, cfg.Keys); err != nil {
		return nil, err
	}

	prices, err := catalog.New(mockPrices()...)
	if err != nil {
		return nil, err
	}
	client := provider.New(provider.Config{Connect: cfg.Timeouts.Connect, FirstByte: cfg.Timeouts.FirstByte,
		IdleStream: cfg.Timeouts.IdleStream, TrustedHosts: cfg.TrustedHosts, Proxy: http.ProxyFromEnvironment})
	a.onClose(func(context.Context) error { return client.Close() })
	guards := guardrails.New(guardrails.Settings{Key: master.Derive("pseudonyms"), Known: keyring.Credentials})
	a.onClose(func(context.Context) error { guards.Close(); return nil })
	a.cleanse = guards.Cleanse

	var templates *prompts.Service
	routing := routeSettings(cfg.TrustedHosts)
	routing.Configs, routing.Keys, routing.Priced = control, keyring, prices.Models
	routing.CheckGuardrail, routing.DefaultFirstByte = guards.Check, cfg.Timeouts.FirstByte
	routing.PromptConfig = func(ctx context.Context, workspace, prompt string) (string, error) {
		return templates.ConfigOf(ctx, workspace, prompt)
	}
	router := route.New(routing)
	templates = prompts.New(prompts.Settings{Store: control, Resolve: router.Resolve})
	if err := declare(ctx, cfg, keyring, control, router, templates); err != nil {
		return nil, err
	}

	embedder, closeEmbedder, err := newEmbedder(cfg.Cache.Embedder)
	if err != nil {
		return nil, fmt.Errorf("cache.semantic.embedder: %w", err)
	}
	a.onClose(func(context.Context) error { closeEmbedder(); return nil })
	index, closeIndex, err := newIndex(cfg.Cache, embedder)
	if err != nil {
		return nil, fmt.Errorf("cache.semantic.index: %w", err)
	}
	a.onClose(func(context.Context) error { return closeIndex() })
	answers, err := cache.New(cache.Settings{Key: gateway.NewSecret(string(master.Derive("cache"))), Index: index, Embedder: embedder,
		MaxBytes: cfg.Cache.MaxBytes, File: filepath.Join(cfg.DataDir, "cache.snapshot")})
	if err != nil {
		return nil, err
	}
	a.onClose(answers.Close)
	if w := answers.Warning(); w != nil {
		log.Warn("the cache starts empty", "error", w)
	}
	records, err := openTelemetry(ctx, cfg, guards, log)
	if err != nil {
		return nil, err
	}
	a.onClose(records.close)

	// The pipeline, outermost first. Its order is the design; see package gateway.
	pipeline := gateway.Chain(nil,
		records.recorder.Stage(),
		keyring.Authenticate(),
		router.Configure(),
		guards.Redact(),
		templates.Stage(),
		guards.Guard(),
		answers.Stage(),
		keyring.Meter(prices),
		gateway.End("router", router.Router(client.Handler(), guards.AttemptGuard())),
	)
	a.handler = httpapi.New(httpapi.Settings{
		Pipeline: pipeline, MaxBody: cfg.MaxBody,
		Identity: keyring, Workspaces: keyring, Models: models{router, prices},
		APIKeys: keyring, VirtualKeys: keyring, Configs: router.Editor(), Prompts: templates,
		Logs: records.reader, AuditLogs: records.reader, VerifyAudit: records.verify, Audit: records.recorder,
		Ready:     control.Ping,
		Metrics:   metrics(records.stats, answers.Stats),
		AccessLog: log,
	})
	return a, nil
}

// declare makes the stores hold what the file and the prompt folder say.
func declare(ctx context.Context, cfg Config, keyring *keys.Service, control *sqlstore.Store, router *route.Service, templates *prompts.Service) error {
	declared := map[string]map[string]json.RawMessage{}
	for _, c := range cfg.Configs {
		id, err := keyring.WorkspaceNamed(ctx, c.Workspace)
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
	for _, w := range spaces { // also those the file no longer names: what it owned there goes
		if declared[w.ID] == nil {
			declared[w.ID] = map[string]json.RawMessage{}
		}
	}
	if err := router.Declare(ctx, declared); err != nil {
		return err
	}
	files, problems := prompts.ReadDir(cfg.PromptsDir)
	if len(problems) > 0 {
		return &configError{Problems: problems}
	}
	return templates.Declare(ctx, files, keyring.WorkspaceNamed)
}

func (a *app) onClose(f func(context.Context) error) { a.closers = append(a.closers, f) }

// close ends the parts in the reverse order of their making, all of them whatever fails.
func (a *app) close(ctx context.Context) error {
	var errs []error
	for i := len(a.closers) - 1; i >= 0; i-- {
		errs = append(errs, a.closers[i](ctx))
	}
	a.closers = nil
	return errors.Join(errs...)
}
