// Package prom serves the gateway's counters to Prometheus.
//
// Traffic is counted from the records that telemetry writes, in the recorder's goroutine: a
// request pays nothing for it, and what /metrics says is what the rows say. What other parts
// count themselves is read from them when Prometheus asks ([Metrics.Counter], [Metrics.Gauge]).
//
// /metrics needs no key, so no label tells who asked: no workspace, member, key, user or id. The
// values of every label come from a list of ours, but for models and guardrails, which callers
// may name as they like: those get at most [Names] values, and only what has answered gets one;
// everything else is "other".
package prom

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics is a telemetry.Exporter, and the registry behind /metrics.
type Metrics struct {
	registry *prometheus.Registry
	traffic  traffic
}

// New makes the registry, with the metrics of the runtime and of the traffic.
func New() *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry()}
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.traffic.register(m.registry)
	return m
}

// Counter shows a number that only grows. The same name may be given again with other values
// of the same labels.
func (m *Metrics) Counter(name, help string, labels map[string]string, f func() uint64) {
	m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help, ConstLabels: labels},
		func() float64 { return float64(f()) }))
}

// Gauge shows a number as it is now.
func (m *Metrics) Gauge(name, help string, f func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: namespace, Name: name, Help: help}, f))
}

// Handler answers Prometheus.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

const namespace = "sluice"
