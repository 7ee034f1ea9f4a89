package foreignspan

import (
	"time"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry/internal/packed"
)

// Span is a span that another program reported, every text cleansed. It belongs to the
// workspace whose API key sent it. Its ids and times are the reporter's. It is immutable once it
// is in a telemetry.Batch.
type Span struct {
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
func (s *Span) key() key {
	return key{s.Workspace, s.Member, s.Trace, s.ID}
}

type key struct {
	workspace, member string
	trace             gateway.TraceID
	id                gateway.SpanID
}

// Size returns about how many bytes the span takes in a store.
func (s *Span) Size() int {
	const fixed = 150
	return fixed + len(s.State) + len(s.Name) + len(s.Message) + len(s.Service) + len(s.ScopeName) + len(s.ScopeVersion) +
		len(s.Attributes) + len(s.Resource) + len(s.Scope) + len(s.Events) + len(s.Links)
}

// Pack appends the packed form of the span to dst.
func (s *Span) Pack(dst []byte) []byte {
	c := packed.Codec{Buf: append(dst, packed.Version)}
	s.walk(&c)
	return c.Buf
}

// Unpack decodes what Span.Pack wrote, with this or any earlier version of Sluice.
func Unpack(b []byte) (*Span, error) {
	failed := func(err error) error {
		return &gateway.Error{Op: "telemetry.UnpackForeignSpan", Kind: gateway.Internal, Public: "A recorded span cannot be read.", Err: err}
	}
	if len(b) == 0 || b[0] != packed.Version {
		return nil, failed(packed.ErrDamaged)
	}
	s, c := &Span{}, packed.Codec{Buf: b[1:], Reading: true}
	if s.walk(&c); c.Err != nil {
		return nil, failed(c.Err)
	}
	return s, nil
}

// walk packs or unpacks all fields. The order of the calls is the format.
func (s *Span) walk(c *packed.Codec) {
	received, start := s.Received.UnixMicro(), s.Start.UnixNano()
	c.Int(&received)
	c.Int(&start)
	s.Received, s.Start = time.UnixMicro(received).UTC(), time.Unix(0, start).UTC()
	c.Duration(&s.Duration)
	c.Fixed(s.Trace[:])
	c.Fixed(s.ID[:])
	c.Fixed(s.Parent[:])
	for _, t := range []*string{&s.Workspace, &s.APIKey, &s.State, &s.Name, &s.Message, &s.Service, &s.ScopeName, &s.ScopeVersion} {
		c.Text(t)
	}
	kind, status := int(s.Kind), int(s.Status)
	c.SmallInt(&kind)
	c.SmallInt(&status)
	s.Kind, s.Status = trace.SpanKind(kind), codes.Code(status)
	for _, b := range []*[]byte{&s.Attributes, &s.Resource, &s.Scope, &s.Events, &s.Links} {
		c.Bytes(b)
	}
	c.SmallInt(&s.Dropped)
	c.Text(&s.Member)
}
