package httpapi

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// Limits of what a caller may hang on a trace. Baggage's are W3C's.
const (
	maxTraceRef   = 256
	maxTraceState = 512
	maxBaggage    = 8192
	maxMembers    = 64
)

// trace places the call: the x-… headers beat traceparent, anything else begins a trace
// of our own. The trace is usable even when an error says what was wrong.
func (h *headers) trace(from http.Header) (gateway.Trace, error) {
	var bad error
	ref := h.value[hTraceID]
	if ref != "" && !plain(ref, maxTraceRef) {
		bad, ref = h.bad(hTraceID, "must be at most 256 printable ASCII characters."), ""
	}
	var t gateway.Trace
	id, parent, flags, ok := gateway.ParseTraceparent(first(from, "Traceparent"))
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
		t.Parent, t.Flags = parent, flags
		if s := strings.Join(from["Tracestate"], ","); len(s) <= maxTraceState {
			t.State = s
		}
	}
	if v := h.value[hParentSpanID]; v != "" {
		if !plain(v, maxTraceRef) {
			bad = h.bad(hParentSpanID, "must be at most 256 printable ASCII characters.")
		} else {
			t.Parent = gateway.SpanIDFrom(v)
		}
	}
	// The caller's span id names this exchange, so that it can be named as a parent later.
	if v := h.value[hSpanID]; v != "" {
		if !plain(v, maxTraceRef) {
			bad = h.bad(hSpanID, "must be at most 256 printable ASCII characters.")
		} else {
			t.Root, t.SpanRef = gateway.SpanIDFrom(v), v
		}
	}
	t.Name = clip(strings.ToValidUTF8(h.value[hSpanName], "\uFFFD"), maxTraceRef)
	return t, bad
}

func plain(s string, most int) bool {
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

// baggage merges W3C baggage into metadata; what is there already wins. A member that
// breaks a limit is left out: the header belongs to the caller's tracing, and a call must
// not fail for it.
func baggage(from http.Header, into map[string]string) map[string]string {
	all := strings.Join(from["Baggage"], ",")
	if all == "" || len(all) > maxBaggage {
		return into
	}
	for n := 0; all != "" && n < maxMembers; n++ {
		var member string
		member, all, _ = strings.Cut(all, ",")
		member, _, _ = strings.Cut(member, ";") // properties
		key, value, ok := strings.Cut(member, "=")
		key = strings.TrimSpace(key)
		value, err := url.PathUnescape(strings.TrimSpace(value))
		if !ok || err != nil || key == "" || tooLong(key) || tooLong(value) {
			continue
		}
		if _, taken := into[key]; taken {
			continue
		}
		if into == nil {
			into = make(map[string]string, 4)
		}
		into[key] = strings.ToValidUTF8(value, "\uFFFD")
	}
	return into
}
