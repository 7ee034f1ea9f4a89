// Package otlp exports recorded traces to an OpenTelemetry collector over OTLP/HTTP.
//
// Export puts records into a bounded queue. One goroutine derives their spans and sends them with
// the SDK's exporter. The export is best effort: what does not fit or cannot be sent is dropped
// and counted. What must not be lost is in the store.
//
// Spans carry the ids and times of the record. Every exchange is exported, whatever the caller's
// sampled flag says. The flag itself is kept on the span.
//
// New starts the goroutine, Close sends what is queued and waits for it.
package otlp

import (
	"context"
	"log/slog"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
)

// Config of an Exporter. One of the endpoints is required; the zero value of any other field
// means its default.
type Config struct {
	Endpoint       string // base of all signals, http://host:4318/otlp: /v1/traces is added to its path
	TracesEndpoint string // taken as it is; beats Endpoint
	Headers        map[string]string
	Queue          int           // batches that may wait; default 64
	Timeout        time.Duration // of one batch with its retries; default 10 s
	Log            *slog.Logger  // default: discards
}

// Stats count exchanges: sent, dropped because the queue was full, dropped because sending failed.
type Stats struct{ Sent, DroppedFull, DroppedFailed uint64 }

// Exporter is a telemetry.Exporter.
type Exporter struct {
	cfg    Config
	client sdktrace.SpanExporter
	queue  chan []*telemetry.Record
	stop   chan struct{}
	once   sync.Once
	done   sync.WaitGroup
	ctx    context.Context
	cancel context.CancelFunc

	sent, full, failed atomic.Uint64
}

var _ telemetry.Exporter = (*Exporter)(nil)

// New starts an exporter. It does not connect yet.
func New(ctx context.Context, cfg Config) (*Exporter, error) {
	const op = "otlp.New"
	field, text := "telemetry.otlp.endpoint", cfg.Endpoint
	if cfg.TracesEndpoint != "" {
		field, text = "telemetry.otlp.traces_endpoint", cfg.TracesEndpoint
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, gateway.InvalidField(op, field, "'"+field+"' must be an http or https URL.")
	}
	if cfg.TracesEndpoint == "" {
		u = u.JoinPath("v1", "traces")
	}
	if cfg.Queue <= 0 {
		cfg.Queue = 64
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = 10 * time.Second
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	c, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(u.String()), otlptracehttp.WithHeaders(cfg.Headers),
		otlptracehttp.WithTimeout(cfg.Timeout), otlptracehttp.WithCompression(otlptracehttp.GzipCompression))
	if err != nil {
		return nil, &gateway.Error{Op: op, Kind: gateway.Internal, Public: "The OTLP exporter cannot be created.", Err: err}
	}
	e := &Exporter{cfg: cfg, client: c, queue: make(chan []*telemetry.Record, cfg.Queue), stop: make(chan struct{})}
	e.ctx, e.cancel = context.WithCancel(context.Background())
	e.done.Go(e.run)
	return e, nil
}

// Export queues rs, or drops and counts them. It never blocks.
func (e *Exporter) Export(rs []*telemetry.Record) {
	select {
	case <-e.stop:
		e.full.Add(uint64(len(rs)))
		return
	default:
	}
	select {
	case e.queue <- rs:
	default:
		e.full.Add(uint64(len(rs)))
	}
}

// Stats reads the counters.
func (e *Exporter) Stats() Stats {
	return Stats{Sent: e.sent.Load(), DroppedFull: e.full.Load(), DroppedFailed: e.failed.Load()}
}

func (e *Exporter) run() {
	failing := false
	send := func(rs []*telemetry.Record) {
		ctx, cancel := context.WithTimeout(e.ctx, e.cfg.Timeout)
		err := e.client.ExportSpans(ctx, spans(rs))
		cancel()
		if err != nil {
			e.failed.Add(uint64(len(rs)))
			if !failing {
				e.cfg.Log.Warn("traces cannot be exported", "error", err.Error())
			}
		} else {
			e.sent.Add(uint64(len(rs)))
		}
		failing = err != nil
	}
	for {
		select {
		case rs := <-e.queue:
			send(rs)
		case <-e.stop:
			for {
				select {
				case rs := <-e.queue:
					send(rs)
				default:
					return
				}
			}
		}
	}
}

// Close sends what is queued, until ctx ends, and waits for the goroutine.
func (e *Exporter) Close(ctx context.Context) error {
	e.once.Do(func() { close(e.stop) })
	ended := make(chan struct{})
	go func() { e.done.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-ctx.Done():
		e.cancel()
		<-ended
	}
	e.cancel()
	return e.client.Shutdown(context.WithoutCancel(ctx))
}
