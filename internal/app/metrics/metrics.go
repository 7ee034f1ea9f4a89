// Package metrics publishes the counters of all parts to Prometheus, beside those of the traffic. A
// part counts by itself and returns its numbers on demand; nothing is counted here, so a scrape costs
// a few function calls, and the parts know nothing of Prometheus.
package metrics

import (
	"net/http"
	"time"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/gateway/billing/alert"
	"github.com/sluicegate/sluice/gateway/breaker"
	"github.com/sluicegate/sluice/gateway/catalog/refresh"
	"github.com/sluicegate/sluice/telemetry/prom"
)

// Sources return the numbers of the parts.
type Sources struct {
	Telemetry     Telemetry
	Cache         func() cache.Stats
	Alerts        func() alert.Stats
	Catalog       func() refresh.Status
	IntakeDropped func(signal string) uint64 // OTLP requests that were accepted and dropped
	LimitsLocally func() bool                // shared rate limits do not answer, and this process counts by itself
	Background    []Background
	Breakers      *breaker.Registry
}

// Handler registers all metrics and serves them.
func Handler(s Sources) http.Handler {
	m := s.Telemetry.Traffic
	recorderMetrics(m, s.Telemetry.Recorder, s.Telemetry.Unidentified)
	spoolMetrics(m, s.Telemetry.Spool)
	if s.Telemetry.OTLP != nil {
		exportMetrics(m, s.Telemetry.OTLP)
	}
	intakeMetrics(m, s.Telemetry.Spans, s.IntakeDropped)
	alertMetrics(m, s.Alerts)
	catalogMetrics(m, s.Catalog)
	limitMetrics(m, s.LimitsLocally)
	backgroundMetrics(m, s.Background)
	breakerMetrics(m, s.Breakers)
	cacheMetrics(m, s.Cache)
	return m.Handler()
}

func alertMetrics(m *prom.Metrics, stats func() alert.Stats) {
	m.Counter("alerts_dropped_total", "Crossings of budgets that did not fit the queue before they were announced; they are told again within a minute.", nil, func() uint64 { return stats().Dropped })
	m.Counter("alerts_delivered_total", "Alerts that a target has taken.", nil, func() uint64 { return stats().Delivered })
	m.Counter("alerts_failed_total", "Tries to deliver an alert that failed; they are made again for a day.", nil, func() uint64 { return stats().Failed })
}

func catalogMetrics(m *prom.Metrics, stats func() refresh.Status) {
	m.Counter("catalog_failures_total", "Tries to renew the catalogue of models and prices that failed; the last good one stays.", nil, func() uint64 { return stats().Failures })
	m.Gauge("catalog_failing_seconds", "How long the catalogue could not be renewed; 0 = it could.", func() float64 {
		if since := stats().FailedSince; !since.IsZero() {
			return time.Since(since).Seconds()
		}
		return 0
	})
	m.Gauge("catalog_version", "Version of the catalogue in use; 0 = the built-in one.", func() float64 { return float64(stats().Version) })
}

func limitMetrics(m *prom.Metrics, locally func() bool) {
	m.Gauge("rate_limits_local", "1 while shared rate limits do not answer and this process counts by itself.", func() float64 { return oneIf(locally()) })
}

func breakerMetrics(m *prom.Metrics, breakers *breaker.Registry) {
	m.GaugeBy("circuit_breakers_open", "Targets of configs whose circuit breaker is open in this process.", "provider", breakers.Open)
	m.Counter("circuit_breakers_opened_total", "Circuit breakers that opened.", nil, func() uint64 { return breakers.Stats().Opened })
	m.Counter("circuit_breakers_left_out_total", "Times that a call left out a target whose circuit breaker is open.", nil, func() uint64 { return breakers.Stats().LeftOut })
}

// counterBy registers one counter for each value of a label.
func counterBy[S any](m *prom.Metrics, name, help, label string, stats func() S, values map[string]func(S) uint64) {
	for value, count := range values {
		m.Counter(name, help, map[string]string{label: value}, func() uint64 { return count(stats()) })
	}
}

func oneIf(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
