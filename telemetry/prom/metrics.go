// Package prom counts exchanges and serves the gateway's metrics to Prometheus.
//
// Metrics is a telemetry.Exporter: it counts the records that were written, in the recorder's
// goroutine, so that a request pays nothing and /metrics agrees with the rows. Counters of other
// parts are read when Prometheus asks ([Metrics.Counter], [Metrics.Gauge]).
//
// /metrics needs no key, so no label says who asked: no workspace, member, key, user or id. Label
// values come from fixed lists, except models and guardrails, which callers may name freely. Those
// get at most [MaxNames] values. A model gets one only once it has answered. All others are "other".
package prom

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics is a telemetry.Exporter and the registry behind /metrics.
type Metrics struct {
	registry *prometheus.Registry
	traffic  traffic
}

// New returns a registry with the metrics of the Go runtime, the process and the traffic.
func New() *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry()}
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.traffic.register(m.registry)
	return m
}

// Counter registers a number that only grows. A name may be registered again with other values
// of the same labels.
func (m *Metrics) Counter(name, help string, labels map[string]string, f func() uint64) {
	m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help, ConstLabels: labels},
		func() float64 { return float64(f()) }))
}

// Gauge registers a number that is read whenever Prometheus asks.
func (m *Metrics) Gauge(name, help string, f func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: namespace, Name: name, Help: help}, f))
}

// GaugeBy registers numbers by the values of one label, which come from a fixed list. They are read
// whenever Prometheus asks; a value without a number is not shown.
func (m *Metrics) GaugeBy(name, help, label string, f func() map[string]int) {
	m.registry.MustRegister(gaugeBy{prometheus.NewDesc(prometheus.BuildFQName(namespace, "", name), help, []string{label}, nil), f})
}

// gaugeBy is a prometheus.Collector.
type gaugeBy struct {
	desc *prometheus.Desc
	read func() map[string]int
}

func (g gaugeBy) Describe(to chan<- *prometheus.Desc) { to <- g.desc }

func (g gaugeBy) Collect(to chan<- prometheus.Metric) {
	for value, n := range g.read() {
		to <- prometheus.MustNewConstMetric(g.desc, prometheus.GaugeValue, float64(n), value)
	}
}

// Handler serves the metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

const namespace = "sluice"
