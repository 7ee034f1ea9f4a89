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
	"path/filepath"
	"slices"
	"time"

	"github.com/sluicegate/sluice/console"
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential/seal"
	"github.com/sluicegate/sluice/gateway/history"
	"github.com/sluicegate/sluice/gateway/route/allow"
	"github.com/sluicegate/sluice/gateway/route/router"
	"github.com/sluicegate/sluice/gateway/vendorobject"
	"github.com/sluicegate/sluice/internal/app/control"
	"github.com/sluicegate/sluice/internal/config"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/admin"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/internal/httpapi/admin/calllog"
	"github.com/sluicegate/sluice/internal/httpapi/claudecode"
	"github.com/sluicegate/sluice/internal/httpapi/inference"
	"github.com/sluicegate/sluice/internal/httpapi/intake"
	"github.com/sluicegate/sluice/internal/httpapi/models"
	"github.com/sluicegate/sluice/internal/httpapi/realtime"
	"github.com/sluicegate/sluice/internal/httpapi/signin"
	"github.com/sluicegate/sluice/telemetry/feedback"
	"github.com/sluicegate/sluice/telemetry/recorder"
	"github.com/sluicegate/sluice/telemetry/search"
	"github.com/sluicegate/sluice/telemetry/view"
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
	closers  closers
}

// newApp opens every part. If one cannot be opened, those that were are closed again.
func newApp(ctx context.Context, cfg config.Config, env environment, log *slog.Logger) (_ *app, err error) {
	s := &services{}
	a := &app{services: s}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.close(context.WithoutCancel(ctx)))
		}
	}()
	if err := a.openControl(ctx, cfg, env, s, log); err != nil {
		return nil, err
	}
	s.history = history.New(s.control, s.master.cipher, history.Config{Log: log})
	a.onClose(s.history.Close)
	if err := a.openUpstream(cfg, s, log); err != nil {
		return nil, err
	}
	s.connectRouting(cfg)
	s.objects = &vendorobject.Guard{Store: s.control, AllowUnknown: cfg.UnknownObjects}
	before, err := s.control.Position(ctx)
	if err != nil {
		return nil, err
	}
	// Replicas that start together create and declare one after the other.
	if err := s.control.Exclusively(ctx, func(ctx context.Context) error { return populate(ctx, cfg, env, s) }); err != nil {
		return nil, err
	}
	s.keyring.Start()
	s.tellConcerns(log)
	if err := a.openLimits(ctx, cfg, s, log); err != nil {
		return nil, err
	}
	if err := s.openPricing(ctx, cfg); err != nil {
		return nil, err
	}
	if err := s.loadBudgets(ctx, cfg, log); err != nil {
		return nil, err
	}
	if err := a.startAlerts(ctx, cfg, s); err != nil {
		return nil, err
	}
	if s.records, err = openTelemetry(ctx, cfg, s.guards, s.master.purposes[seal.PurposeAuditHeads], s.master.purposes[seal.PurposeAuditAnchors], log); err != nil {
		return nil, err
	}
	a.onClose(s.records.close)
	if s.answers, err = a.openCache(cfg, gateway.NewSecret(string(s.master.purposes[seal.PurposeCache])), s, log); err != nil {
		return nil, err
	}
	if err := a.startExports(cfg, s, log); err != nil {
		return nil, err
	}
	if control.Shared(cfg) {
		if err := a.outlast(cfg, env, s, s.copy, before, s.copyMade, log); err != nil { // when all that reads again is there
			return nil, err
		}
	}
	a.askVendors(cfg, s, log)
	reports := &intake.Intake{Spans: s.records.spans}
	pages, err := console.Handler()
	if err != nil {
		return nil, err
	}
	maxOutage := time.Duration(0)
	if control.Shared(cfg) {
		maxOutage = cfg.Control.MaxOutage
	}
	store := control.NewHealth(s.control.Ping, maxOutage, s.copyMade)
	health := health{
		ready:    func(ctx context.Context) error { return errors.Join(store.Ready(ctx), s.records.ready()) },
		warnings: func() []string { return slices.Concat(store.Warnings(), s.records.warnings(), s.catalogWarnings()) },
	}
	pipeline := s.pipeline()
	s.realtime = realtime.New(realtime.Settings{Pipeline: pipeline, Judge: s.judgeEvent(), Secrets: s.secrets, Limits: cfg.Realtime})
	a.onClose(s.realtime.Close)
	a.routes = s.routes(cfg, pipeline, reports, health)
	a.handler = s.api(cfg, a.routes, pages, reports, health, log)
	return a, nil
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

// pipeline chains the stages, outermost first, around the router. Package gateway explains
// the order.
func (s *services) pipeline() gateway.Handler {
	return gateway.Chain("router", s.upstream(),
		s.records.recorder.Stage(),
		s.callers.Authenticate(),
		s.routing.Configure(),
		s.guards.Redact(),
		s.templates.Stage(),
		allow.Permit(),
		s.guards.Guard(),
		s.answers.Stage(),
		s.limits.Tokens(),
		s.bills.Meter(),
	)
}

// upstream is the router with what surrounds each of its attempts.
func (s *services) upstream() gateway.Handler {
	return router.New(s.router, s.client.Handler(), s.objects.Stage(), s.guards.TargetGuard(), s.limits.Attempt(), s.bills.Reserve(s.prices, s.pricing))
}

// judgeEvent asks the input guardrails of a session's plan about an event of the caller's. An event
// that is denied leaves a row and an audit event of its own.
func (s *services) judgeEvent() func(ctx context.Context, ex *gateway.Exchange) error {
	guard := s.guards.Guard().Wrap(func(context.Context, *gateway.Exchange) (gateway.Stream, error) { return gateway.Chunks(), nil })
	return func(ctx context.Context, ex *gateway.Exchange) error {
		_, err := gateway.Contain(ctx, "app.judgeEvent", ex, guard)
		if err != nil {
			s.records.recorder.Ended(ex, err)
		}
		return err
	}
}

// routes are the inference routes over the pipeline, and the admin routes.
func (s *services) routes(cfg config.Config, pipeline gateway.Handler, reports *intake.Intake, health health) []httpapi.Route {
	routes := inference.Routes(inference.Settings{Pipeline: pipeline, Realtime: s.realtime.Handle, History: s.history, DeleteAtVendor: s.deleteAtVendor, Objects: s.control, AllowUnknown: cfg.UnknownObjects, Keys: s.keyring.VirtualKeys})
	routes = append(routes, s.realtime.Routes()...)
	routes = append(routes, models.Routes(models.Settings{Source: modelSource{s.routing, s.prices, s.callers},
		Public: cfg.Compat == gateway.CompatOpenRouter})...)
	texts, callLog := search.New(s.records.reader), s.callLog()
	callLog.Texts = texts
	objects := &action.Objects{Fingerprint: recorder.Pseudonyms(s.master.purposes[seal.PurposeAuditFingerprints])}
	routes = append(routes, admin.Routes(admin.Settings{
		Workspaces: s.callers, APIKeys: s.callers, Own: s.ownRules(), Members: s.callers, Teams: s.callers, VirtualKeys: s.keyring, MasterKey: s.master, Configs: s.routing.Editor(), Prompts: s.templates, RateLimits: s.limits, Prices: s.pricing, Alerts: s.alerts,
		Budgets: s.budgets, Wallets: s.budgets, Ledger: s.bills,
		Logs: s.records.reader, LogTexts: texts, Usage: s.records.reader, Analytics: s.records.reader, Views: view.New(s.control, newID, time.Now), CallLog: callLog, AuditLogs: s.records.reader, VerifyAudit: s.records.verify, Objects: objects, EndSessions: s.sessions.RevokeAll, More: s.moreActions(cfg, health),
	})...)
	routes = append(routes, s.otherAdminRoutes(objects)...)
	routes = append(routes, signin.Routes(s.signIn(cfg.SignIn))...)
	routes = append(routes, claudecode.Routes(claudecode.Settings{Managed: cfg.SignIn.ManagedSettings, Budgets: s.bills})...)
	own, performer := calllog.Rows(*callLog), action.Performer{Workspaces: s.callers}
	reports.Rows = func(c *httpapi.Call) error { return performer.Perform(c, own) }
	return append(routes, reports.Routes()...)
}

// callLog is what surrounds the list of exchanges.
func (s *services) callLog() *calllog.Settings {
	return &calllog.Settings{Reader: s.records.reader, Recorder: s.records.recorder, Hub: s.records.hub,
		Feedback: feedback.New(s.control, s.guards.Cleanse, s.guards.Pseudonym, newID), Rejected: s.answers.Reject}
}

// api returns the HTTP API with the routes, and the console's pages.
func (s *services) api(cfg config.Config, routes []httpapi.Route, pages http.Handler, reports *intake.Intake, health health, log *slog.Logger) http.Handler {
	return httpapi.New(httpapi.Settings{
		Routes: routes, Authenticator: s.callers, Secrets: s.secrets, Admission: s.limits, Budgets: s.bills, Audit: s.records.recorder, Compat: cfg.Compat,
		MaxBody: cfg.MaxBody, UploadDir: filepath.Join(cfg.DataDir, "uploads"), PublicURL: cfg.SignIn.PublicURL, Limits: cfg.HTTP.Limits, TrustedProxies: cfg.HTTP.TrustedProxies, AllowedOrigins: cfg.Origins,
		Ready:     health.ready,
		Warnings:  health.warnings,
		Unknown:   s.records.recorder.Ended,
		Cleanse:   s.guards.Cleanse,
		Metrics:   metrics(s.records.stats, s.answers.Stats, reports.Dropped, s.countsLocally, s.alerts.Stats, s.renewal.Status),
		Console:   pages,
		AccessLog: log,
	})
}

func (a *app) onClose(f func(context.Context) error) { a.closers.add(f) }

// close closes all parts.
func (a *app) close(ctx context.Context) error { return a.closers.close(ctx) }
