package httpapi

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi/errorformat"
)

// The headers of a response that are sent in both spellings.
var (
	traceHeader     = bothSpellings("Trace-Id")
	requestHeader   = bothSpellings("Request-Id")
	providerHeader  = bothSpellings("Provider")
	cacheHeader     = bothSpellings("Cache-Status")
	maxAgeHeader    = bothSpellings("Cache-Max-Age")
	retriesHeader   = bothSpellings("Retry-Attempt-Count")
	optionHeader    = bothSpellings("Last-Used-Option-Index")
	droppedHeader   = bothSpellings("Dropped")
	exceptionHeader = bothSpellings("Gateway-Exception")
)

// exposed are the response headers that a web page may read.
var exposed = []string{traceHeader.own, requestHeader.own, providerHeader.own, cacheHeader.own, maxAgeHeader.own, retriesHeader.own, optionHeader.own, droppedHeader.own,
	"X-Request-Id", "Request-Id", "Retry-After", "X-Ratelimit-Limit-Requests", "X-Ratelimit-Remaining-Requests", "X-Ratelimit-Reset-Requests",
	"X-Ratelimit-Limit-Tokens", "X-Ratelimit-Remaining-Tokens", "X-Ratelimit-Reset-Tokens"}

// SetHeader sets a header of the response.
func (c *Call) SetHeader(name, value string) { c.echo.Response().Header().Set(name, value) }

// setSame sets several headers of the response, by their canonical names, to one value.
func (c *Call) setSame(value string, names ...string) {
	to, values := c.echo.Response().Header(), []string{value}
	for _, name := range names {
		to[name] = values
	}
}

func (c *Call) setBoth(h spelled, value string) { c.setSame(value, h.own, h.other) }

// setTraceHeaders sets the headers that every response has, before anything can go wrong.
func (c *Call) setTraceHeaders() {
	c.setBoth(traceHeader, c.Trace.Ref)
	c.setSame(c.ID, requestHeader.own, requestHeader.other,
		"X-Request-Id", // OpenAI's clients read this one
		"Request-Id")   // Anthropic's this
	here := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID(c.Trace.ID), SpanID: trace.SpanID(c.Trace.Root), TraceFlags: trace.TraceFlags(c.Trace.Flags)})
	propagation.TraceContext{}.Inject(trace.ContextWithSpanContext(c.Context(), here), propagation.HeaderCarrier(c.echo.Response().Header()))
}

// SetRoutingHeaders sets the headers that tell how the exchange was answered.
func (c *Call) SetRoutingHeaders() {
	facts := c.Exchange.Facts
	c.SetHeader("X-Generation-Id", c.ID)
	c.setRateLimitHeaders()
	c.setBudgetHeaders(c.failure != nil && c.failure.Kind == gateway.Exhausted && !errorformat.ModelDenied(c.failure))
	if c.compat == gateway.CompatLiteLLM {
		c.setLiteLLMHeaders()
	}
	if dropped := facts.DroppedFields(); len(dropped) > 0 {
		c.setBoth(droppedHeader, strings.Join(dropped, ", "))
	}
	status := facts.Cache.Status
	if status == "" {
		status = gateway.CacheDisabled
	}
	c.setBoth(cacheHeader, string(status))
	if age := facts.Cache.MaxAge; age > 0 {
		c.setBoth(maxAgeHeader, strconv.FormatFloat(age.Seconds(), 'f', -1, 64))
	}
	a := facts.LastAttempt()
	if a == nil {
		if t := facts.Plan.OnlyTarget(); t != nil && status.Hit() {
			c.setBoth(providerHeader, t.Provider)
			c.setBoth(optionHeader, t.Path)
			c.setBoth(retriesHeader, "0")
		}
		return
	}
	c.setBoth(providerHeader, a.Provider)
	c.setBoth(optionHeader, a.Target)
	switch {
	case a.Retry == 0:
		c.setBoth(retriesHeader, "0")
	case a.Err != nil:
		c.setBoth(retriesHeader, "-1")
	default:
		c.setBoth(retriesHeader, strconv.Itoa(a.Retry))
	}
}

// setRetryAfter sets Retry-After in whole seconds, rounded up.
func (c *Call) setRetryAfter(d time.Duration) {
	if d > 0 {
		c.SetHeader("Retry-After", strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10))
	}
}

// Send writes a JSON body.
func (c *Call) Send(status int, body []byte) { c.SendAs(status, "application/json", body) }

// Redirect sends a browser to an address, which it asks for by GET.
func (c *Call) Redirect(address string) error { return c.echo.Redirect(http.StatusSeeOther, address) }

// SendAs writes a body. A Write that fails means that the caller has left.
func (c *Call) SendAs(status int, contentType string, body []byte) {
	c.SetHeader("Content-Type", contentType)
	c.SetHeader("Content-Length", strconv.Itoa(len(body)))
	w := c.Writer()
	w.WriteHeader(status)
	if c.Request().Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}

// SetHeaders sets headers of the response, by their canonical names.
func (c *Call) SetHeaders(h http.Header) {
	for name, values := range h {
		c.echo.Response().Header()[name] = values
	}
}

// SendJSON encodes v and writes it.
func (c *Call) SendJSON(status int, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return &gateway.Error{Op: "httpapi.SendJSON", Kind: gateway.Internal, Err: err}
	}
	c.Send(status, raw)
	return nil
}
