package main

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"

	"github.com/sluicegate/sluice/guardrails"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/sqlite"
)

// records is telemetry as the app holds it: what writes, what reads, what ends it.
type records struct {
	recorder *telemetry.Recorder
	reader   telemetry.Reader
	verify   func(context.Context) ([]telemetry.Verdict, error)
	ready    func() error
	close    func(context.Context) error
}

// openTelemetry opens the store that the file names and starts the recorder on it.
func openTelemetry(ctx context.Context, cfg Config, guards *guardrails.Service, log *slog.Logger) (*records, error) {
	store, err := sqlite.Open(ctx, filepath.Join(cfg.DataDir, "telemetry.db"))
	if err != nil {
		return nil, err
	}
	recorder, err := telemetry.New(telemetry.Settings{
		Writer: store, Cleanse: guards.Cleanse, Pseudonym: guards.Pseudonym,
		Content: telemetry.Content(cfg.Telemetry.Content), Pruner: store, Retention: cfg.Telemetry.Retention, Log: log,
	})
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return &records{
		recorder: recorder, reader: store,
		verify: func(ctx context.Context) ([]telemetry.Verdict, error) {
			return telemetry.VerifyAudit(ctx, store, false, nil)
		},
		ready: func() error { return nil },
		close: func(ctx context.Context) error { return errors.Join(recorder.Close(ctx), store.Close()) },
	}, nil
}
