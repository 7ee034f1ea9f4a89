package header

import (
	"context"
	"net/http"
	"strings"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/sluicegate/sluice/gateway"
)

// Limits of the ids and states that a caller sends, in bytes.
const (
	maxTraceRef   = 256
	maxTraceState = 512
)

// Trace reads the trace that the call belongs to. The x-… headers win over traceparent; without
// either a new trace begins. The trace can be used even when an error says what was wrong.
func (h Request) Trace() (gateway.Trace, error) {
	from := h.Header
	var bad error
	ref := h.value(hTraceID)
	if ref != "" && !printable(ref, maxTraceRef) {
		bad, ref = h.invalid(hTraceID, "must be at most 256 printable ASCII characters."), ""
	}
	var t gateway.Trace
	remote := remoteSpan(from)
	id, ok := gateway.TraceID(remote.TraceID()), remote.IsValid()
	switch {
	case ref != "":
		t.ID, t.Ref, t.Root = gateway.TraceIDFrom(ref), ref, gateway.NewSpanID()
		ok = ok && id == t.ID // a parent of another trace is no parent of ours
	case ok:
		t.ID, t.Ref, t.Root = id, id.String(), gateway.NewSpanID()
	default:
		t = gateway.NewTrace()
	}
	if ok {
		t.Parent, t.Flags = gateway.SpanID(remote.SpanID()), byte(remote.TraceFlags())
		if s := remote.TraceState().String(); len(s) <= maxTraceState {
			t.State = s
		}
	}
	if v := h.value(hParentSpanID); v != "" {
		if !printable(v, maxTraceRef) {
			bad = h.invalid(hParentSpanID, "must be at most 256 printable ASCII characters.")
		} else {
			t.Parent = gateway.SpanIDFrom(v)
		}
	}
	// The caller's span id names this exchange, so that it can be named as a parent later.
	if v := h.value(hSpanID); v != "" {
		if !printable(v, maxTraceRef) {
			bad = h.invalid(hSpanID, "must be at most 256 printable ASCII characters.")
		} else {
			t.Root, t.SpanRef = gateway.SpanIDFrom(v), v
		}
	}
	t.Name = gateway.Clip(strings.ToValidUTF8(h.value(hSpanName), "\uFFFD"), maxTraceRef)
	return t, bad
}

// remoteSpan is the caller's span of traceparent and tracestate; not valid if it sent none.
func remoteSpan(from http.Header) trace.SpanContext {
	if first(from, "Traceparent") == "" {
		return trace.SpanContext{}
	}
	return trace.SpanContextFromContext(propagation.TraceContext{}.Extract(context.Background(), propagation.HeaderCarrier(from)))
}

func printable(s string, most int) bool {
	if len(s) > most {
		return false
	}
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
