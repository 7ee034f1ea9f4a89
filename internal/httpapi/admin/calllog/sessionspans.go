package calllog

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/codes"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/foreignspan"
	"github.com/sluicegate/sluice/telemetry/listing"
)

// Bounds of the spans that one page of a session has.
const (
	maxSpanTraces = 20
	maxSpans      = 2000
)

// callerSpanResponse is the outline of a span that a caller reported. GET /v1/logs/{id} has its attributes.
type callerSpanResponse struct {
	ID       string    `json:"id"`
	Parent   string    `json:"parent,omitempty"`
	Trace    string    `json:"trace_id_w3c"`
	Name     string    `json:"name"`
	Service  string    `json:"service"`
	Time     time.Time `json:"time"` // of the start
	Duration int64     `json:"duration_us"`
	Failed   bool      `json:"failed,omitempty"`
}

// spansAround reads the callers' spans of the traces in which a call has a parent that is none of
// the calls. Whoever sees its own calls only sees only the spans that its own API keys reported.
func (a resource) spansAround(ctx context.Context, by *gateway.Principal, scope listing.Scope, calls []*telemetry.Record) (spans []callerSpanResponse, cut bool, err error) {
	type place struct {
		trace gateway.TraceID
		span  gateway.SpanID
	}
	known := map[place]bool{}
	for _, c := range calls {
		known[place{c.Trace.ID, c.Trace.Root}] = true
	}
	read := map[gateway.TraceID]bool{}
	for _, c := range calls {
		trace := c.Trace.ID
		if c.Trace.Parent.IsZero() || read[trace] || known[place{trace, c.Trace.Parent}] {
			continue
		}
		if len(read) == maxSpanTraces || len(spans) == maxSpans {
			return spans, true, nil
		}
		read[trace] = true
		foreign, err := a.Reader.ForeignTrace(ctx, scope, trace)
		if err != nil {
			return nil, false, err
		}
		cut = cut || foreign.Cut
		for _, s := range foreign.Spans {
			if s.Workspace != c.Workspace || s.Member != by.Member && !by.May(gateway.LogsReadAll) {
				continue
			}
			if len(spans) == maxSpans {
				return spans, true, nil
			}
			spans = append(spans, spanOf(s))
		}
	}
	return spans, cut, nil
}

func spanOf(s *foreignspan.Span) callerSpanResponse {
	out := callerSpanResponse{ID: s.ID.String(), Trace: s.Trace.String(), Name: s.Name, Service: s.Service, Time: s.Start.UTC(),
		Duration: s.Duration.Microseconds(), Failed: s.Status == codes.Error}
	if !s.Parent.IsZero() {
		out.Parent = s.Parent.String()
	}
	return out
}
