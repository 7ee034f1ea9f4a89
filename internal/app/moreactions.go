package app

import (
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/config"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/internal/httpapi/admin/answercache"
	"github.com/sluicegate/sluice/internal/httpapi/admin/dryrun"
	"github.com/sluicegate/sluice/internal/httpapi/admin/experiment"
	"github.com/sluicegate/sluice/internal/httpapi/admin/guardrail"
	"github.com/sluicegate/sluice/internal/httpapi/admin/installation"
	"github.com/sluicegate/sluice/internal/httpapi/admin/logexport"
	"github.com/sluicegate/sluice/internal/httpapi/admin/modelcatalog"
)

// moreActions are the admin operations that try something or tell of the server itself.
func (s *services) moreActions(cfg config.Config, health health) []action.Action {
	out := dryrun.Actions(dryrun.Settings{Router: s.routing, Prices: s.prices, Rules: s.pricing, Ranker: s.router.Ranker})
	out = append(out, guardrail.Actions(guardrail.Settings{Guards: s.guards, Router: s.routing})...)
	out = append(out, answercache.Actions(answercache.Settings{Answers: s.answers, Logs: s.records.reader,
		Before: []gateway.Stage{s.routing.Configure(), s.guards.Redact(), s.templates.Stage()}})...)
	out = append(out, logexport.Actions(s.exports)...)
	out = append(out, experiment.Actions(experiment.Settings{Templates: s.templates, Exchanges: s.records.reader, Feedback: s.callLog().Feedback})...)
	out = append(out, modelcatalog.Actions(modelcatalog.Settings{Book: s.prices, Renewal: s.renewal})...)
	var shown []installation.Setting
	for _, setting := range cfg.Shown() {
		shown = append(shown, installation.Setting(setting))
	}
	return append(out, installation.Actions(installation.Settings{Started: time.Now(), Settings: shown, Ready: health.ready, Warnings: health.warnings})...)
}
