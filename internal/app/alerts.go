package app

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/alert"
	"github.com/sluicegate/sluice/gateway/provider/address"
	"github.com/sluicegate/sluice/internal/config"
)

// openAlerts opens the alerts, which billing tells of crossings as soon as it is open. They are
// announced and delivered from startAlerts on.
func (a *app) openAlerts(cfg config.Config, s *services, log *slog.Logger) {
	s.alerts = alert.New(alert.Config{Store: s.control, Cipher: s.master.cipher, NewID: newID, Log: log, Key: s.apiKeyNamed,
		CheckAddress: func(url string) error { return address.Check(url, cfg.TrustedHosts) },
		Client:       func(r *http.Request, trusted bool) (*http.Response, error) { return s.client.Callback(r, trusted) }})
	a.onClose(s.alerts.Close) // after billing: what it settles last is announced, too
}

// startAlerts reads the targets, applies those of the server's file, and starts the delivery.
func (a *app) startAlerts(ctx context.Context, cfg config.Config, s *services) error {
	if err := s.alerts.Load(ctx); err != nil {
		return err
	}
	targets := make([]alert.Target, len(cfg.Alerts.Targets))
	for i, t := range cfg.Alerts.Targets {
		targets[i] = t.Target
		if t.Workspace == "" {
			continue
		}
		id, _, ok := s.callers.FindWorkspace(t.Workspace)
		if !ok {
			field := fmt.Sprintf("alerts.webhooks[%d].workspace", i)
			return gateway.InvalidField("app.startAlerts", field, "The field '"+field+"' names no workspace: '"+t.Workspace+"'.")
		}
		targets[i].Workspace = id
	}
	if err := s.alerts.Declare(targets); err != nil {
		return err
	}
	s.alerts.Start(s.bills.Remind)
	a.onClose(s.alerts.Close) // while the client is open
	return nil
}

// apiKeyNamed finds the name and the workspace of an API key, "" if it is gone.
func (s *services) apiKeyNamed(ctx context.Context, id string) (name, workspace string) {
	keys, err := s.control.APIKeys(ctx)
	if err != nil {
		return "", ""
	}
	for _, k := range keys {
		if k.ID == id {
			return k.Name, k.Workspace
		}
	}
	return "", ""
}
