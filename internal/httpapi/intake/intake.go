package intake

import (
	"bytes"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/jsonx"
	"github.com/sluicegate/sluice/telemetry/foreign"
)

// The signals that are dropped.
const (
	Logs    = "logs"
	Metrics = "metrics"
)

// Traces is the signal that is stored.
const Traces = "traces"

// Intake takes the signals. It counts what was dropped.
type Intake struct {
	Spans *foreign.Recorder // takes traces; nil: there is no route for them
	Rows  httpapi.Handler   // takes rows of calls, which Portkey's clients send where OTLP has its logs; nil: nobody does

	logs, metrics atomic.Uint64
}

// Dropped is the number of requests of a signal that were dropped.
func (t *Intake) Dropped(signal string) uint64 {
	if signal == Logs {
		return t.logs.Load()
	}
	return t.metrics.Load()
}

// bases are the places that exporters are pointed at: OpenTelemetry's, and those of other
// gateways' and Langfuse's documentation.
var bases = []string{"/v1", "/v1/otel/v1", "/public/otel/v1"}

// Routes are the routes of the intake.
func (t *Intake) Routes() []httpapi.Route {
	traces := about("Takes OTLP spans that another program reports")
	traces.Failure = rpcStatus{}
	var out []httpapi.Route
	for _, base := range bases {
		logs := httpapi.Route{Method: http.MethodPost, Path: base + "/" + Logs, Need: gateway.LogsWrite, Audit: httpapi.AuditDenied("log.write"), Handle: drop(&t.logs), About: about("Accepts OTLP logs and drops them")}
		if base == bases[0] && t.Rows != nil {
			logs.Handle = t.rowsOrLogs(logs.Handle)
			logs.About = about("Keeps rows of calls that were made elsewhere, as Portkey's API; accepts OTLP logs and drops them")
		}
		out = append(out, logs,
			httpapi.Route{Method: http.MethodPost, Path: base + "/" + Metrics, Need: gateway.LogsWrite, Audit: httpapi.AuditDenied("log.write"), Handle: drop(&t.metrics), About: about("Accepts OTLP metrics and drops them")})
		if t.Spans != nil {
			out = append(out, httpapi.Route{Method: http.MethodPost, Path: base + "/" + Traces, Need: gateway.LogsWrite, Audit: httpapi.AuditDenied("log.write"), Handle: t.traces, About: traces})
		}
	}
	return out
}

// rpcStatus is a google.rpc.Status in JSON, for the documentation.
type rpcStatus struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// about describes a route of the intake. JSON or protobuf is answered as the request was encoded.
func about(summary string) httpapi.Description {
	return httpapi.Description{Group: "otlp", Summary: summary, Body: map[string]any{}, Types: []string{"application/json", "application/x-protobuf"},
		Vendor: "https://opentelemetry.io/docs/specs/otlp/"}
}

// drop reads a request, so that its connection can be used again, and forgets it.
func drop(count *atomic.Uint64) httpapi.Handler {
	return func(c *httpapi.Call) error {
		if _, err := c.Authenticated(); err != nil {
			return err
		}
		if _, err := c.Body(); err != nil {
			return err
		}
		count.Add(1)
		accept(c)
		return nil
	}
}

// rowsOrLogs tells rows of calls from OTLP logs, which are protobuf or an object with resourceLogs.
// Everything else is taken for rows, so that what is wrong with it is told and nothing is dropped.
func (t *Intake) rowsOrLogs(logs httpapi.Handler) httpapi.Handler {
	return func(c *httpapi.Call) error {
		if _, err := c.Authenticated(); err != nil || strings.HasPrefix(c.Request().Header.Get("Content-Type"), "application/x-protobuf") {
			return logs(c)
		}
		raw, err := c.Body()
		if err != nil {
			return err
		}
		if text := string(bytes.TrimSpace(raw)); text == "" || text == "{}" || jsonx.Get(raw, "resourceLogs") != nil {
			return logs(c)
		}
		c.AuditNote().Always = true
		return t.Rows(c)
	}
}

// accept answers as the protocol demands: an empty message in the encoding of the request.
func accept(c *httpapi.Call) {
	if strings.HasPrefix(c.Request().Header.Get("Content-Type"), "application/json") {
		c.Send(http.StatusOK, []byte(`{}`))
		return
	}
	c.SetHeader("Content-Type", "application/x-protobuf")
	c.SetHeader("Content-Length", "0")
	c.Writer().WriteHeader(http.StatusOK)
}
