package header

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/sluicegate/sluice/gateway"
)

// The headers of a response that are sent in both spellings.
var (
	traceHeader     = both("Trace-Id")
	requestHeader   = both("Request-Id")
	providerHeader  = both("Provider")
	cacheHeader     = both("Cache-Status")
	maxAgeHeader    = both("Cache-Max-Age")
	retriesHeader   = both("Retry-Attempt-Count")
	optionHeader    = both("Last-Used-Option-Index")
	orderHeader     = both("Target-Order")
	droppedHeader   = both("Dropped")
	exceptionHeader = both("Gateway-Exception")
)

// Exposed are the response headers that a web page may read.
var Exposed = []string{traceHeader.own, requestHeader.own, providerHeader.own, cacheHeader.own, maxAgeHeader.own, retriesHeader.own, optionHeader.own, orderHeader.own, droppedHeader.own,
	"X-Request-Id", "Request-Id", "Retry-After", "X-Ratelimit-Limit-Requests", "X-Ratelimit-Remaining-Requests", "X-Ratelimit-Reset-Requests",
	"X-Ratelimit-Limit-Tokens", "X-Ratelimit-Remaining-Tokens", "X-Ratelimit-Reset-Tokens"}

// Answer is what the headers of an exchange's answer tell.
type Answer struct {
	ID        string // of the request
	Start     time.Time
	Now       time.Time
	Facts     *gateway.Facts
	Model     string // that the caller asked for; "" if it is not known yet
	Anthropic bool   // the surface is Anthropic's
	LiteLLM   bool   // the caller is a client of LiteLLM's proxy
	Budgets   []gateway.BudgetFact
	Spent     bool // the call is refused for a budget
}

// Set sets the headers that tell how the exchange was answered.
func (a Answer) Set(to http.Header) {
	facts := a.Facts
	to.Set("X-Generation-Id", a.ID)
	a.setRateLimits(to)
	a.setBudget(to)
	if a.LiteLLM {
		a.setLiteLLM(to)
	}
	if dropped := facts.DroppedFields(); len(dropped) > 0 {
		setBoth(to, droppedHeader, strings.Join(dropped, ", "))
	}
	if len(facts.Rankings) > 0 {
		setBoth(to, orderHeader, orders(facts.Rankings))
	}
	status := facts.Cache.Status
	if status == "" {
		status = gateway.CacheDisabled
	}
	setBoth(to, cacheHeader, string(status))
	if age := facts.Cache.MaxAge; age > 0 {
		setBoth(to, maxAgeHeader, strconv.FormatFloat(age.Seconds(), 'f', -1, 64))
	}
	last := facts.LastAttempt()
	if last == nil {
		if t := facts.Plan.OnlyTarget(); t != nil && status.Hit() {
			setBoth(to, providerHeader, t.Provider)
			setBoth(to, optionHeader, t.Path)
			setBoth(to, retriesHeader, "0")
		}
		return
	}
	setBoth(to, providerHeader, last.Provider)
	setBoth(to, optionHeader, last.Target)
	switch {
	case last.Retry == 0:
		setBoth(to, retriesHeader, "0")
	case last.Err != nil:
		setBoth(to, retriesHeader, "-1")
	default:
		setBoth(to, retriesHeader, strconv.Itoa(last.Retry))
	}
}

// SetIDs sets the headers that every response has, before anything can go wrong.
func SetIDs(to http.Header, id string, t gateway.Trace) {
	setBoth(to, traceHeader, t.Ref)
	setSame(to, id, requestHeader.own, requestHeader.other,
		"X-Request-Id", // OpenAI's clients read this one
		"Request-Id")   // Anthropic's this
	here := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID(t.ID), SpanID: trace.SpanID(t.Root), TraceFlags: trace.TraceFlags(t.Flags)})
	propagation.TraceContext{}.Inject(trace.ContextWithSpanContext(context.Background(), here), propagation.HeaderCarrier(to))
}

// SetException tells that the failure is Sluice's own.
func SetException(to http.Header) { setBoth(to, exceptionHeader, "true") }

// SetRetryAfter sets Retry-After in whole seconds, rounded up.
func SetRetryAfter(to http.Header, d time.Duration) {
	if d > 0 {
		to.Set("Retry-After", strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10))
	}
}

// setSame sets several headers, by their canonical names, to one value.
func setSame(to http.Header, value string, names ...string) {
	values := []string{value}
	for _, n := range names {
		to[n] = values
	}
}

func setBoth(to http.Header, n name, value string) { setSame(to, value, n.own, n.other) }
