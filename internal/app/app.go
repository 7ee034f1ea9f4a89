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
	"errors"
	"log/slog"
	"net/http"
	"sync/atomic"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential/seal"
	"github.com/sluicegate/sluice/gateway/history"
	"github.com/sluicegate/sluice/gateway/vendorobject"
	"github.com/sluicegate/sluice/internal/app/control"
	"github.com/sluicegate/sluice/internal/config"
	"github.com/sluicegate/sluice/internal/httpapi"
)

// environment holds the settings that come from environment variables.
type environment struct {
	apiKey, masterKey gateway.Secret
	previousMasterKey gateway.Secret                   // also known, while masterKey takes its place
	lookup            func(name string) (string, bool) // for references; nil = no variable is set
}

// app is a gateway without its listener: the HTTP handler and the parts behind it. The parts
// are opened from the inside out and closed from the outside in.
type app struct {
	handler  http.Handler
	routes   []httpapi.Route     // of the API that handler serves
	redact   func(string) string // replaces personal data in a text
	services *services
	leaving  atomic.Bool // traffic should go elsewhere
	closers  closers
}

// newApp opens every part. If one cannot be opened, those that were are closed again.
func newApp(ctx context.Context, cfg config.Config, env environment, log *slog.Logger) (_ *app, err error) {
	a := &app{services: &services{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.close(context.WithoutCancel(ctx)))
		}
	}()
	position, err := a.openDirectory(ctx, cfg, env, log)
	if err != nil {
		return nil, err
	}
	if err := a.openSpending(ctx, cfg, log); err != nil {
		return nil, err
	}
	if err := a.openRecords(ctx, cfg, log); err != nil {
		return nil, err
	}
	if control.Shared(cfg) { // when everything that reads again is there
		if err := a.outlast(cfg, env, a.services, position, log); err != nil {
			return nil, err
		}
	}
	a.pollVendors(cfg, a.services, log)
	if err := a.openAPI(cfg, log); err != nil {
		return nil, err
	}
	return a, nil
}

// openDirectory opens who may call what: the control data with members, keys, configs and prompts, and
// the provider client that they are checked with. It fills them with what the server's file declares.
// position is that of the control data's feed of changes before they were read.
func (a *app) openDirectory(ctx context.Context, cfg config.Config, env environment, log *slog.Logger) (position int64, err error) {
	s := a.services
	if err := a.openControl(ctx, cfg, env, s, log); err != nil {
		return 0, err
	}
	s.history = history.New(s.control, s.master.cipher, history.Config{Log: log})
	a.onClose(s.history.Close)
	if err := a.openUpstream(cfg, s, log); err != nil {
		return 0, err
	}
	s.connectRouting(cfg, log)
	s.objects = &vendorobject.Guard{Store: s.control, AllowUnknown: cfg.UnknownObjects}
	if position, err = s.control.Position(ctx); err != nil {
		return 0, err
	}
	// Replicas that start together create and declare one after the other.
	if err := s.control.Exclusively(ctx, func(ctx context.Context) error { return populate(ctx, cfg, env, s) }); err != nil {
		return 0, err
	}
	s.keyring.Start()
	s.logKeyProblems(log)
	return position, s.logUnknownKeys(ctx, cfg, log)
}

// openSpending opens what limits and prices calls: rate limits, price rules, budgets and their alerts.
func (a *app) openSpending(ctx context.Context, cfg config.Config, log *slog.Logger) error {
	s := a.services
	if err := a.openLimits(ctx, cfg, s, log); err != nil {
		return err
	}
	if err := s.openPricing(ctx, cfg); err != nil {
		return err
	}
	if err := s.loadBudgets(ctx, cfg, log); err != nil {
		return err
	}
	return a.startAlerts(ctx, cfg, s)
}

// openRecords opens what keeps exchanges and answers: telemetry, the cache and the exports.
func (a *app) openRecords(ctx context.Context, cfg config.Config, log *slog.Logger) (err error) {
	s, purposes := a.services, a.services.master.purposes
	if s.records, err = openTelemetry(ctx, cfg, s.guards, purposes[seal.PurposeAuditHeads], purposes[seal.PurposeAuditAnchors], log); err != nil {
		return err
	}
	a.onClose(s.records.close)
	if s.answers, err = a.openCache(cfg, gateway.NewSecret(string(purposes[seal.PurposeCache])), s, log); err != nil {
		return err
	}
	return a.startExports(cfg, s, log)
}

// firstKey generates the owner's API key if no owner has one. It is called when nothing of a start
// can fail any more, as the key is shown this once.
func (a *app) firstKey(ctx context.Context) (key gateway.Secret, err error) {
	err = a.services.control.Exclusively(ctx, func(ctx context.Context) (err error) {
		key, err = a.services.callers.GenerateOwnerKey(ctx)
		return err
	})
	return key, err
}

func (a *app) onClose(f func(context.Context) error) { a.closers.add(f) }

// close closes all parts.
func (a *app) close(ctx context.Context) error { return a.closers.close(ctx) }
