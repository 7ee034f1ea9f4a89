package app

import (
	"log/slog"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/vendorobject"
	"github.com/sluicegate/sluice/gateway/vendorobject/settle"
	"github.com/sluicegate/sluice/internal/config"
)

// pollVendors starts what asks vendors for the end of batches and other work, and charges it. Its calls
// leave no rows but those that charge something.
func (a *app) pollVendors(cfg config.Config, s *services, log *slog.Logger) {
	s.vendorWork = settle.Start(settle.Config{Store: s.control, Every: cfg.AskEvery, NewID: newID, Log: log,
		Handler:   gateway.Chain("router", s.upstream(), s.routing.Configure(), s.bills.Meter()),
		Record:    s.records.recorder.Ended,
		Principal: func(o *vendorobject.Object) *gateway.Principal { return s.callers.PrincipalOf(o.Workspace, o.APIKey) }})
	a.onClose(s.vendorWork.Close)
}
