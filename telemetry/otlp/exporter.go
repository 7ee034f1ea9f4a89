// Package otlp sends the traces that telemetry records to an OpenTelemetry collector, over
// OTLP/HTTP. It is best effort and touches nothing else: a bounded queue, one goroutine, and
// counters for what was dropped. What must not be lost is in the store.
//
// Spans carry the ids and times of the record. Every exchange is exported, whatever the
// caller's sampled flag said; the flag itself is kept on the span.
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

// Config of an Exporter. Endpoint is needed: http://host:4318, with a path or without.
type Config struct {
	Endpoint string
	Headers  map[string]string
	Queue    int           // batches; default 64
	Timeout  time.Duration // of one request with its retries; default 10s
	Log      *slog.Logger
}

// Stats are counters of exchanges.
type Stats struct{ Sent, DroppedFull, DroppedFailed uint64 }

// Exporter is a telemetry.Exporter.
type Exporter struct {
	set    Config
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

// New makes an exporter and starts its goroutine. It does not connect.
func New(ctx context.Context, set Config) (*Exporter, error) {
	const op = "otlp.New"
	u, err := url.Parse(set.Endpoint)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, gateway.InvalidField(op, "telemetry.otlp.endpoint", "'telemetry.otlp.endpoint' must be an http or https URL.")
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = "/v1/traces"
	}
	if set.Queue <= 0 {
		set.Queue = 64
	}
	if set.Timeout <= 0 {
		set.Timeout = 10 * time.Second
	}
	if set.Log == nil {
		set.Log = slog.New(slog.DiscardHandler)
	}
	c, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(u.String()), otlptracehttp.WithHeaders(set.Headers),
		otlptracehttp.WithTimeout(set.Timeout), otlptracehttp.WithCompression(otlptracehttp.GzipCompression))
	if err != nil {
		return nil, &gateway.Error{Op: op, Kind: gateway.Internal, Public: "The OTLP exporter cannot be made.", Err: err}
	}
	e := &Exporter{set: set, client: c, queue: make(chan []*telemetry.Record, set.Queue), stop: make(chan struct{})}
	e.ctx, e.cancel = context.WithCancel(context.Background())
	e.done.Add(1)
	go e.run()
	return e, nil
}

// Export queues rs, or drops and counts them. It does not block.
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
	defer e.done.Done()
	failing := false
	send := func(rs []*telemetry.Record) {
		ctx, cancel := context.WithTimeout(e.ctx, e.set.Timeout)
		err := e.client.ExportSpans(ctx, spans(rs))
		cancel()
		if err != nil {
			e.failed.Add(uint64(len(rs)))
			if !failing {
				e.set.Log.Warn("traces cannot be exported", "error", err.Error())
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

// Close sends what is queued until ctx ends.
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
