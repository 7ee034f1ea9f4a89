package clickhouse

import (
	"context"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry/foreignspan"
	"github.com/sluicegate/sluice/telemetry/listing"
)

const (
	foreignTable   = "foreign_spans"
	foreignColumns = "received, workspace_id, member_id, api_key_id, Timestamp, TraceId, SpanId, ParentSpanId, TraceState, SpanName, SpanKind, ServiceName, ScopeName, ScopeVersion, " +
		"Duration, StatusCode, StatusMessage, model, input_tokens, output_tokens, attributes, resource, scope, events, links, dropped"
)

// foreignRow appends the row of a foreign span.
func foreignRow(d driver.Batch, s *foreignspan.Span) error {
	parent := ""
	if !s.Parent.IsZero() {
		parent = s.Parent.String()
	}
	g := s.Generation()
	return d.Append(s.Received, s.Workspace, s.Member, s.APIKey, s.Start, s.Trace.String(), s.ID.String(), parent, s.State, s.Name, kinds[s.Kind], s.Service, s.ScopeName, s.ScopeVersion,
		uint64(max(s.Duration, 0)), statuses[s.Status], s.Message, g.Model, g.InputTokens, g.OutputTokens,
		string(s.Attributes), string(s.Resource), string(s.Scope), string(s.Events), string(s.Links), clampUint32(int64(s.Dropped)))
}

// foreignID is unique within a batch as far as refusals need it.
func foreignID(s *foreignspan.Span) string {
	return s.Workspace + s.Member + s.Trace.String() + s.ID.String()
}

// ForeignTrace reads the foreign spans of a trace, of each workspace in the order of their receipt: the
// primary key has them so, and ClickHouse need not sort what is too much to be answered.
func (s *Store) ForeignTrace(ctx context.Context, sc listing.Scope, trace gateway.TraceID) (foreignspan.Trace, error) {
	const op = "clickhouse.ForeignTrace"
	if err := sc.Check(op); err != nil {
		return foreignspan.Trace{}, err
	}
	w := &where{}
	w.scope(sc)
	w.and("TraceId = ?", trace.String())
	rows, err := s.conn.Query(ctx, "SELECT "+foreignColumns+" FROM "+foreignTable+" WHERE "+w.text()+" ORDER BY workspace_id, TraceId, received LIMIT ?", append(w.args, 2*foreignspan.MaxSpans)...)
	if err != nil {
		return foreignspan.Trace{}, failed(op, err)
	}
	defer rows.Close()
	var out foreignspan.Trace
	n := 0
	for rows.Next() {
		f, err := scanForeign(rows)
		if err != nil {
			return foreignspan.Trace{}, failed(op, err)
		}
		if n++; !out.Add(f) {
			break
		}
	}
	if err := rows.Err(); err != nil {
		return foreignspan.Trace{}, failed(op, err)
	}
	out.Cut = out.Cut || n == 2*foreignspan.MaxSpans // repeated spans took the place of others
	out.Sort()
	return out, nil
}

// scanForeign reads one row of foreignColumns.
func scanForeign(rows driver.Rows) (*foreignspan.Span, error) {
	f := &foreignspan.Span{}
	var trace, id, parent, kind, status, model string
	var attributes, resource, scope, events, links string
	var duration uint64
	var input, output *int64
	var dropped uint32
	err := rows.Scan(&f.Received, &f.Workspace, &f.Member, &f.APIKey, &f.Start, &trace, &id, &parent, &f.State, &f.Name, &kind, &f.Service, &f.ScopeName, &f.ScopeVersion,
		&duration, &status, &f.Message, &model, &input, &output, &attributes, &resource, &scope, &events, &links, &dropped)
	if err != nil {
		return nil, err
	}
	f.Received, f.Start, f.Duration, f.Dropped = f.Received.UTC(), f.Start.UTC(), time.Duration(duration), int(dropped)
	f.Trace, f.ID = gateway.TraceIDFrom(trace), gateway.SpanIDFrom(id)
	if parent != "" {
		f.Parent = gateway.SpanIDFrom(parent)
	}
	for k, name := range kinds {
		if name == kind {
			f.Kind = k
		}
	}
	for c, name := range statuses {
		if name == status {
			f.Status = c
		}
	}
	f.Attributes, f.Resource, f.Scope, f.Events, f.Links = []byte(attributes), []byte(resource), []byte(scope), []byte(events), []byte(links)
	return f, nil
}
