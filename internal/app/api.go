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
	"github.com/sluicegate/sluice/internal/app/control"
	"github.com/sluicegate/sluice/internal/app/metrics"
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

// openAPI makes the handler of all routes.
func (a *app) openAPI(cfg config.Config, log *slog.Logger) error {
	s := a.services
	pages, err := console.Handler()
	if err != nil {
		return err
	}
	reports := &intake.Intake{Spans: s.records.spans}
	pipeline, health := s.pipeline(), a.health(cfg)
	s.realtime = realtime.New(realtime.Settings{Pipeline: pipeline, Judge: s.judgeEvent(), Secrets: s.secrets, Limits: cfg.Realtime})
	a.onClose(s.realtime.Close)
	a.routes = s.routes(cfg, pipeline, reports, health)
	a.handler = s.api(cfg, a.routes, pages, reports, health, log)
	return nil
}

// health tells how the server is.
type health struct {
	ready    func(ctx context.Context) error
	warnings func() []string
}

func (a *app) health(cfg config.Config) health {
	s := a.services
	maxOutage := time.Duration(0)
	if control.Shared(cfg) {
		maxOutage = cfg.Control.MaxOutage
	}
	store := control.NewHealth(s.control.Ping, maxOutage, s.copyMade)
	return health{
		ready: func(ctx context.Context) error {
			if a.leaving.Load() {
				return errLeaving
			}
			return errors.Join(store.Ready(ctx), s.records.ready())
		},
		warnings: func() []string { return slices.Concat(store.Warnings(), s.records.warnings(), s.catalogWarnings()) },
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
		Metrics:   metrics.Handler(metrics.Sources{Telemetry: s.records.stats, Cache: s.answers.Stats, Alerts: s.alerts.Stats, Catalog: s.renewal.Status, IntakeDropped: reports.Dropped, LimitsLocally: s.countsLocally, Background: s.background(), Breakers: s.router.Breakers}),
		Console:   pages,
		AccessLog: log,
	})
}
