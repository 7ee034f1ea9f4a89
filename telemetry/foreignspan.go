package telemetry

import (
	"time"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/sluicegate/sluice/gateway"
)

// ForeignSpan is a span that another program reported, every text cleansed. It belongs to the
// workspace whose API key sent it. Its ids and times are the reporter's. It is immutable once it
// is in a Batch.
type ForeignSpan struct {
	Received                  time.Time // UTC, whole microseconds; retention counts from here
	Workspace, Member, APIKey string    // ids, of the API key that sent it

	Trace      gateway.TraceID
	ID, Parent gateway.SpanID // Parent is zero for a root
	State      string         // tracestate
	Name       string
	Kind       trace.SpanKind
	Start      time.Time // UTC
	Duration   time.Duration
	Status     codes.Code
	Message    string // of the status

	Service                 string // the resource's service.name
	ScopeName, ScopeVersion string // of the instrumentation

	Attributes, Resource, Scope []byte // JSON objects; nil if empty
	Events                      []byte // JSON array of {"time", "name", "attributes"}; nil if empty
	Links                       []byte // JSON array of {"trace_id", "span_id", "trace_state", "attributes"}; nil if empty
	Dropped                     int    // attributes, events and links that the reporter or Sluice left out
}

// key identifies a span: a reporter that repeats a request sends the same spans again. Another
// member's span with the same ids takes nobody's place.
func (s *ForeignSpan) key() foreignSpanKey {
	return foreignSpanKey{s.Workspace, s.Member, s.Trace, s.ID}
}

type foreignSpanKey struct {
	workspace, member string
	trace             gateway.TraceID
	id                gateway.SpanID
}

// Size returns about how many bytes the span takes in a store.
func (s *ForeignSpan) Size() int {
	const fixed = 150
	return fixed + len(s.State) + len(s.Name) + len(s.Message) + len(s.Service) + len(s.ScopeName) + len(s.ScopeVersion) +
		len(s.Attributes) + len(s.Resource) + len(s.Scope) + len(s.Events) + len(s.Links)
}

// Pack appends the packed form of the span to dst.
func (s *ForeignSpan) Pack(dst []byte) []byte {
	c := recordCodec{buf: append(dst, packedVersion)}
	s.walk(&c)
	return c.buf
}

// UnpackForeignSpan decodes what ForeignSpan.Pack wrote, with this or any earlier version of Sluice.
func UnpackForeignSpan(b []byte) (*ForeignSpan, error) {
	failed := func(err error) error {
		return &gateway.Error{Op: "telemetry.UnpackForeignSpan", Kind: gateway.Internal, Public: "A recorded span cannot be read.", Err: err}
	}
	if len(b) == 0 || b[0] != packedVersion {
		return nil, failed(errDamaged)
	}
	s, c := &ForeignSpan{}, recordCodec{buf: b[1:], reading: true}
	if s.walk(&c); c.err != nil {
		return nil, failed(c.err)
	}
	return s, nil
}

// walk packs or unpacks all fields. The order of the calls is the format.
func (s *ForeignSpan) walk(c *recordCodec) {
	received, start := s.Received.UnixMicro(), s.Start.UnixNano()
	c.int(&received)
	c.int(&start)
	s.Received, s.Start = time.UnixMicro(received).UTC(), time.Unix(0, start).UTC()
	c.duration(&s.Duration)
	c.fixed(s.Trace[:])
	c.fixed(s.ID[:])
	c.fixed(s.Parent[:])
	for _, t := range []*string{&s.Workspace, &s.APIKey, &s.State, &s.Name, &s.Message, &s.Service, &s.ScopeName, &s.ScopeVersion} {
		c.text(t)
	}
	kind, status := int(s.Kind), int(s.Status)
	c.smallInt(&kind)
	c.smallInt(&status)
	s.Kind, s.Status = trace.SpanKind(kind), codes.Code(status)
	for _, b := range []*[]byte{&s.Attributes, &s.Resource, &s.Scope, &s.Events, &s.Links} {
		c.bytes(b)
	}
	c.smallInt(&s.Dropped)
	c.text(&s.Member)
}
