package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/guardrails"
	"github.com/sluicegate/sluice/internal/app/metrics"
	"github.com/sluicegate/sluice/internal/config"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/audit"
	"github.com/sluicegate/sluice/telemetry/foreign"
	"github.com/sluicegate/sluice/telemetry/live"
	"github.com/sluicegate/sluice/telemetry/otlp"
	"github.com/sluicegate/sluice/telemetry/prom"
	"github.com/sluicegate/sluice/telemetry/recorder"
	"github.com/sluicegate/sluice/telemetry/spool"
	"github.com/sluicegate/sluice/telemetry/sqlite"
	"github.com/sluicegate/sluice/telemetry/unidentified"
)

// telemetryParts are the recorder and the readers of its rows. close ends them.
type telemetryParts struct {
	recorder *unidentified.Recorder
	spans    *foreign.Recorder // of other programs
	reader   telemetry.Reader
	verify   func(context.Context) ([]audit.Verdict, error)
	stats    metrics.Telemetry
	hub      *live.Hub  // of new rows
	anchors  *anchoring // nil: none are exported
	node     string     // id of this instance
	close    func(context.Context) error
}

// unwritableLimit is how long nothing may be writable, neither store nor spool, before the
// instance says that it is not ready.
const unwritableLimit = 5 * time.Second

// ready returns an error when exchanges are about to be lost.
func (p *telemetryParts) ready() error {
	if p.recorder.Ready() != nil && p.stats.Recorder().FailingSeconds > unwritableLimit.Seconds() {
		return p.recorder.Ready()
	}
	return nil
}

// warnings tell of failures during which the gateway goes on.
func (p *telemetryParts) warnings() []string {
	var out []string
	if p.recorder.Ready() != nil {
		out = append(out, "Telemetry and audit events can be written neither to their store nor to the spool.")
	}
	if s := p.stats.Spool(); s.FailingSeconds > 0 {
		out = append(out, fmt.Sprintf("The telemetry store takes no rows. %d bytes wait in the spool.", s.Bytes))
	}
	if p.anchors != nil && p.anchors.failing.Load() {
		out = append(out, "The heads of the audit chains cannot be exported.")
	}
	return out
}

// How long rows are collected before they are written. Many rows then share a transaction, and
// all are queryable within a second. The spool in front of a remote store collects once more.
const (
	flushLocal  = 400 * time.Millisecond
	flushRemote = 150 * time.Millisecond
)

// openTelemetry opens the configured store and starts the recorder on it. The parts are closed
// in the order in which rows flow: recorder, spool, store. headKey signs heads of audit chains in the
// data directory, anchorSeed those that are exported.
func openTelemetry(ctx context.Context, cfg config.Config, guards *guardrails.Service, headKey, anchorSeed []byte, log *slog.Logger) (_ *telemetryParts, err error) {
	var parts closers
	defer func() {
		if err != nil {
			err = errors.Join(err, parts.close(context.WithoutCancel(ctx)))
		}
	}()
	r := &telemetryParts{hub: &live.Hub{}}
	r.close = func(ctx context.Context) error { return parts.close(ctx) }
	if r.node, err = instanceID(filepath.Join(cfg.DataDir, "instance")); err != nil {
		return nil, err
	}
	heads, err := audit.OpenHeads(filepath.Join(cfg.DataDir, "audit-heads.json"), headKey)
	if err != nil {
		return nil, err
	}
	store, flush, err := openTelemetryStore(ctx, cfg, &parts)
	if err != nil {
		return nil, err
	}
	writer, err := spool.Open(spool.Config{Dir: filepath.Join(cfg.DataDir, "spool"), Next: store, Direct: !remoteTelemetry(cfg), Log: log,
		SegmentAge: cfg.Telemetry.Spool.SegmentAge, SegmentBytes: cfg.Telemetry.Spool.SegmentSize, InsertRows: cfg.Telemetry.Spool.InsertRows, MaxBytes: cfg.Telemetry.Spool.MaxSize})
	if err != nil {
		return nil, err
	}
	parts.add(writer.Close)
	r.stats.Spool = writer.Stats
	exporters, err := r.openExporters(ctx, cfg, &parts, log)
	if err != nil {
		return nil, err
	}
	records, err := recorder.New(recorder.Config{
		Writer: writer, Exporters: exporters, Cleanse: guards.Cleanse, Pseudonym: guards.Pseudonym,
		Content: recorder.Content(cfg.Telemetry.Content), Pruner: store, Retention: cfg.Telemetry.Retention, Flush: flush,
		AuditRetention: cfg.Telemetry.AuditRetention, Log: log,
		Node: r.node, Heads: heads, Predecessor: func(ctx context.Context) (string, audit.Head, error) { return newestChain(ctx, store) },
	})
	if err != nil {
		return nil, err
	}
	parts.add(records.Close)
	r.spans = foreign.New(foreign.Config{Writer: writer, Cleanse: guards.Cleanse,
		Contents: recorder.Content(cfg.Telemetry.Content) != recorder.ContentNone, Flush: flush / 2, Log: log})
	parts.add(r.spans.Close)
	r.stats.Spans = r.spans.Stats
	r.recorder = unidentified.New(records, unidentified.Limits{}, log)
	parts.add(r.recorder.Close)
	r.stats.Unidentified = r.recorder.Summed
	r.reader, r.stats.Recorder = r.recorder.Reader(store), r.recorder.Stats
	r.verify = func(ctx context.Context) ([]audit.Verdict, error) {
		opt := withRetention(cfg, audit.VerifyOptions{Heads: heads.Known(), Forged: heads.Forged()}) // first: the chains may only grow meanwhile
		chains, err := writer.WithPending(store)
		if err != nil {
			return nil, err
		}
		return audit.Verify(ctx, chains, opt)
	}
	if to := cfg.Anchor.To; to != "" {
		r.anchors = &anchoring{chains: store, seed: anchorSeed, to: audit.Exporter{To: to}, every: cfg.Anchor.Every, log: log}
		parts.add(r.anchors.start(context.WithoutCancel(ctx)))
	}
	return r, nil
}

// remoteTelemetry reports whether rows go to a server, which may be away.
func remoteTelemetry(cfg config.Config) bool { return cfg.Telemetry.Store == "clickhouse" }

// openTelemetryStore opens the configured store. flush is how long its rows are collected.
func openTelemetryStore(ctx context.Context, cfg config.Config, parts *closers) (_ telemetry.Store, flush time.Duration, err error) {
	if remoteTelemetry(cfg) {
		remote := newRemoteStore(cfg.Telemetry.DSN)
		parts.add(func(context.Context) error { return remote.Close() })
		return remote, flushRemote, nil
	}
	local, err := sqlite.Open(ctx, telemetryFile(cfg))
	if err != nil {
		return nil, 0, err
	}
	parts.add(func(context.Context) error { return local.Close() })
	return local, flushLocal, nil
}

// openExporters opens what gets each row beside the store. Those who watch the log are sent away when
// the server begins to drain, which ends ctx: they would last.
func (p *telemetryParts) openExporters(ctx context.Context, cfg config.Config, parts *closers, log *slog.Logger) ([]telemetry.Exporter, error) {
	p.stats.Traffic = prom.New()
	context.AfterFunc(ctx, p.hub.Close)
	exporters := []telemetry.Exporter{p.stats.Traffic, p.hub}
	to := cfg.Telemetry.OTLP
	if to.Endpoint+to.TracesEndpoint == "" {
		return exporters, nil
	}
	out, err := otlp.New(ctx, otlp.Config{Endpoint: to.Endpoint, TracesEndpoint: to.TracesEndpoint, Headers: reveal(to.Headers), Log: log})
	if err != nil {
		return nil, err
	}
	parts.add(out.Close)
	p.stats.OTLP = out.Stats
	return append(exporters, out), nil
}

// newestChain returns the chain of store that was written last, with its head.
func newestChain(ctx context.Context, store telemetry.Store) (chain string, head audit.Head, err error) {
	ids, err := store.Chains(ctx)
	if err != nil {
		return "", audit.Head{}, err
	}
	for _, id := range ids {
		h, err := store.Head(ctx, id)
		if err != nil {
			return "", audit.Head{}, err
		}
		if h.Time.After(head.Time) {
			chain, head = id, h
		}
	}
	return chain, head, nil
}

// reveal returns the headers as they are sent.
func reveal(headers map[string]gateway.Secret) map[string]string {
	out := make(map[string]string, len(headers))
	for name, value := range headers {
		out[name] = value.Reveal()
	}
	return out
}
