package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/guardrails"
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
	stats    telemetryStats
	hub      *live.Hub  // of new rows
	anchors  *anchoring // nil: none are exported
	node     string     // id of this instance
	close    func(context.Context) error
}

// telemetryStats are the counters of the configured parts.
type telemetryStats struct {
	traffic      *prom.Metrics
	recorder     func() recorder.Stats
	spool        func() spool.Stats
	spans        func() foreign.Stats
	otlp         func() otlp.Stats // nil without one
	unidentified func() uint64
}

// unwritableLimit is how long nothing may be writable, neither store nor spool, before the
// instance says that it is not ready.
const unwritableLimit = 5 * time.Second

// ready returns an error when exchanges are about to be lost.
func (p *telemetryParts) ready() error {
	if p.recorder.Ready() != nil && p.stats.recorder().FailingSeconds > unwritableLimit.Seconds() {
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
	if s := p.stats.spool(); s.FailingSeconds > 0 {
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
	var closers []func(context.Context) error
	closeAll := func(ctx context.Context) error {
		var errs []error
		for i := len(closers) - 1; i >= 0; i-- {
			errs = append(errs, closers[i](ctx))
		}
		return errors.Join(errs...)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, closeAll(context.WithoutCancel(ctx)))
		}
	}()

	node, err := instanceID(filepath.Join(cfg.DataDir, "instance"))
	if err != nil {
		return nil, err
	}
	heads, err := audit.OpenHeads(filepath.Join(cfg.DataDir, "audit-heads.json"), headKey)
	if err != nil {
		return nil, err
	}
	r := &telemetryParts{node: node, close: closeAll}
	var store telemetry.Store
	spooled := spool.Config{Dir: filepath.Join(cfg.DataDir, "spool"), Log: log, SegmentAge: cfg.Telemetry.Spool.SegmentAge,
		SegmentBytes: cfg.Telemetry.Spool.SegmentSize, InsertRows: cfg.Telemetry.Spool.InsertRows, MaxBytes: cfg.Telemetry.Spool.MaxSize}
	flush := flushLocal
	switch cfg.Telemetry.Store {
	case "clickhouse":
		remote := newRemoteStore(cfg.Telemetry.DSN)
		closers = append(closers, func(context.Context) error { return remote.Close() })
		store, flush = remote, flushRemote
	default:
		local, err := sqlite.Open(ctx, telemetryFile(cfg))
		if err != nil {
			return nil, err
		}
		closers = append(closers, func(context.Context) error { return local.Close() })
		store, spooled.Direct = local, true
	}
	spooled.Next = store
	writer, err := spool.Open(spooled)
	if err != nil {
		return nil, err
	}
	closers = append(closers, writer.Close)
	r.stats.spool = writer.Stats
	r.stats.traffic = prom.New()
	r.hub = &live.Hub{}
	context.AfterFunc(ctx, r.hub.Close) // when the server begins to drain: listeners would last
	exporters := []telemetry.Exporter{r.stats.traffic, r.hub}
	if to := cfg.Telemetry.OTLP; to.Endpoint+to.TracesEndpoint != "" {
		out, err := otlp.New(ctx, otlp.Config{Endpoint: to.Endpoint, TracesEndpoint: to.TracesEndpoint, Headers: reveal(to.Headers), Log: log})
		if err != nil {
			return nil, err
		}
		closers = append(closers, out.Close)
		exporters, r.stats.otlp = append(exporters, out), out.Stats
	}
	records, err := recorder.New(recorder.Config{
		Writer: writer, Exporters: exporters, Cleanse: guards.Cleanse, Pseudonym: guards.Pseudonym,
		Content: recorder.Content(cfg.Telemetry.Content), Pruner: store, Retention: cfg.Telemetry.Retention, Flush: flush,
		AuditRetention: cfg.Telemetry.AuditRetention, Log: log,
		Node: node, Heads: heads, Predecessor: func(ctx context.Context) (string, audit.Head, error) { return newestChain(ctx, store) },
	})
	if err != nil {
		return nil, err
	}
	closers = append(closers, records.Close)
	r.spans = foreign.New(foreign.Config{Writer: writer, Cleanse: guards.Cleanse,
		Contents: recorder.Content(cfg.Telemetry.Content) != recorder.ContentNone, Flush: flush / 2, Log: log})
	closers = append(closers, r.spans.Close)
	r.stats.spans = r.spans.Stats
	r.recorder = unidentified.New(records, unidentified.Limits{}, log)
	closers = append(closers, r.recorder.Close)
	r.stats.unidentified = r.recorder.Summed
	r.reader, r.stats.recorder = r.recorder.Reader(store), r.recorder.Stats
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
		running, stop := context.WithCancel(context.WithoutCancel(ctx))
		var done sync.WaitGroup
		done.Go(func() { r.anchors.run(running) })
		closers = append(closers, func(context.Context) error { stop(); done.Wait(); return nil })
	}
	return r, nil
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
