package prom

import (
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
)

// MaxNames is how many models, and how many guardrails, get a label value of their own.
const MaxNames = 200

const other = "other"

// Buckets, in seconds.
var (
	answerBuckets  = []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120, 300}
	firstBuckets   = []float64{.005, .01, .025, .05, .1, .25, .5, .75, 1, 2.5, 5, 10, 30}
	gatewayBuckets = []float64{.00005, .0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, 1}
)

// traffic holds the metrics of exchanges.
type traffic struct {
	requests, tokens, cost, saved, unpriced, verdicts, attempts, fallbacks, retries *prometheus.CounterVec
	duration, upstream, overhead, first                                             *prometheus.HistogramVec

	mu         sync.Mutex // guards the names
	models     map[string]string
	guardrails map[string]string
}

func (t *traffic) register(r *prometheus.Registry) {
	t.models, t.guardrails = map[string]string{}, map[string]string{}
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		c := prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help}, labels)
		r.MustRegister(c)
		return c
	}
	histogram := func(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
		h := prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: namespace, Name: name, Help: help, Buckets: buckets}, labels)
		r.MustRegister(h)
		return h
	}
	t.requests = counter("requests_total", "Exchanges, by how they ended.", "operation", "provider", "model", "outcome")
	t.tokens = counter("tokens_total", "Tokens that providers counted; a cache hit has none. cache_read, cache_write and reasoning are parts of input and output.", "provider", "model", "type")
	t.cost = counter("cost_usd_total", "What providers charge.", "provider", "model")
	t.saved = counter("cost_saved_usd_total", "What cache hits saved.", "model")
	t.unpriced = counter("cost_unknown_total", "Answers of a model whose price is not known.", "provider", "model")
	t.verdicts = counter("guardrail_verdicts_total", "Verdicts of guardrails: pass, flag, redact, deny, or error. Those replayed from the cache are not counted.", "guardrail", "phase", "verdict")
	t.attempts = counter("attempts_total", "Calls of providers, by class of the status; none: there was no answer.", "provider", "status_class")
	t.fallbacks = counter("fallbacks_total", "Exchanges that went on to another target.", "provider")
	t.retries = counter("retries_total", "Calls of a target after its first.", "provider")
	t.duration = histogram("request_duration_seconds", "From the request's arrival to the end of its answer.", answerBuckets, "operation", "provider", "cache")
	t.upstream = histogram("upstream_duration_seconds", "Time during which a provider was called.", answerBuckets, "operation", "provider")
	t.overhead = histogram("gateway_overhead_seconds", "Time of the exchange during which no provider was called.", gatewayBuckets, "operation", "cache")
	t.first = histogram("ttft_seconds", "Streams: from the request's arrival to the first chunk handed on.", firstBuckets, "provider", "cache")
}

// Export counts rs.
func (m *Metrics) Export(rs []*telemetry.Record) {
	m.traffic.mu.Lock()
	defer m.traffic.mu.Unlock()
	for _, r := range rs {
		m.traffic.count(r)
	}
}

var _ telemetry.Exporter = (*Metrics)(nil)

func (t *traffic) count(r *telemetry.Record) {
	hit := r.Cache.Status.Hit()
	model, found := t.modelLabel(r), cacheLabel(r)
	t.requests.WithLabelValues(r.Op, r.Provider, model, r.Outcome.String()).Inc()
	t.duration.WithLabelValues(r.Op, r.Provider, found).Observe(r.Latency.Seconds())
	t.overhead.WithLabelValues(r.Op, found).Observe(r.Gateway().Seconds())
	if r.FirstByte >= 0 {
		t.first.WithLabelValues(r.Provider, found).Observe(r.FirstByte.Seconds())
	}
	if hit && r.Cost.Saved > 0 {
		t.saved.WithLabelValues(model).Add(float64(r.Cost.Saved) / 1e9)
	}
	if len(r.Attempts) > 0 {
		t.upstream.WithLabelValues(r.Op, r.Provider).Observe(r.Upstream.Seconds())
		t.countUsage(r, model)
	}
	for i := range r.Attempts {
		a := &r.Attempts[i]
		t.attempts.WithLabelValues(a.Provider, statusClass(a.Status)).Inc()
		if a.Retry > 0 {
			t.retries.WithLabelValues(a.Provider).Inc()
		}
	}
	if r.Fallback() {
		t.fallbacks.WithLabelValues(r.Attempts[0].Provider).Inc()
	}
	for i := range r.Guardrails {
		if g := &r.Guardrails[i]; !g.Replayed {
			t.verdicts.WithLabelValues(bounded(t.guardrails, g.ID, true), phase(g), verdict(g)).Inc()
		}
	}
}

// countUsage counts tokens and cost. Without a usage nothing was charged.
func (t *traffic) countUsage(r *telemetry.Record, model string) {
	u := r.Usage
	if u == nil {
		return
	}
	for _, unit := range gateway.Units {
		if n := *u.Count(unit); n > 0 && unit.PerMillion() {
			t.tokens.WithLabelValues(r.Provider, model, string(unit)).Add(float64(n))
		}
	}
	switch {
	case !r.Cost.Known:
		t.unpriced.WithLabelValues(r.Provider, model).Inc()
	case r.Cost.Nano > 0:
		t.cost.WithLabelValues(r.Provider, model).Add(float64(r.Cost.Nano) / 1e9)
	}
}

// modelLabel returns the model that was called, or that the cached answer is from. Only a model
// that has answered gets a label of its own: the name of one that nobody serves may be any text.
func (t *traffic) modelLabel(r *telemetry.Record) string {
	name := r.Model
	if n := len(r.Attempts); n > 0 {
		name = r.Attempts[n-1].Model
	}
	return bounded(t.models, name, r.Outcome == telemetry.OutcomeOK)
}

// bounded returns name if it is known, or with learn if it may become known; otherwise "other". It
// leaves "" as it is.
func bounded(known map[string]string, name string, learn bool) string {
	if own, ok := known[name]; ok || name == "" {
		return own
	}
	if !learn || len(known) >= MaxNames || len(name) > 128 || !utf8.ValidString(name) {
		return other
	}
	name = strings.Clone(name) // it may be part of a request
	known[name] = name
	return name
}

// cacheLabel returns hit, miss or off.
func cacheLabel(r *telemetry.Record) string {
	switch r.Cache.Status {
	case gateway.CacheHit, gateway.CacheSemanticHit:
		return "hit"
	case gateway.CacheDisabled, "":
		return "off"
	}
	return "miss"
}

// statusClass returns 2xx for 200, and "none" without a status.
func statusClass(status int) string {
	if status < 100 || status > 599 {
		return "none"
	}
	return [...]string{"1xx", "2xx", "3xx", "4xx", "5xx"}[status/100-1]
}

func phase(g *telemetry.Guardrail) string {
	if g.Output {
		return "output"
	}
	return "input"
}

// verdict returns what the guardrail did. An error of a check comes before its action.
func verdict(g *telemetry.Guardrail) string {
	for i := range g.Checks {
		if g.Checks[i].Error != "" {
			return "error"
		}
	}
	switch {
	case g.Pass:
		return "pass"
	case g.Action == gateway.ActionAllow: // it failed, but only observes
		return gateway.ActionFlag.String()
	}
	return g.Action.String()
}
