package foreign

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math"
	"time"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	resourcepb "go.opentelemetry.io/proto/otlp/resource/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry/foreignspan"
)

// Source says whose spans a request reports.
type Source struct {
	Workspace, Member, APIKey string // ids
	NoContents                bool   // the caller asks to keep no contents
}

// request is one request that is being decoded.
type request struct {
	wire     wire
	source   Source
	received time.Time
	texts    *texts
	contents bool

	head struct { // of the spans that follow
		resource, scope               []byte
		service                       string
		scopeName, scopeVersion       string
		resourceDropped, scopeDropped int
	}
	spans    []*foreignspan.Span
	heads    int // resources and scopes met
	seen     int // spans met
	values   int // of the spans that were decoded
	stored   int // bytes that spans take
	refusals refusals
}

// decode reads a request. An error means that nothing of it can be used.
func decode(body []byte, e Encoding, r *request) error {
	r.wire = wireOf(e)
	return r.wire.cut(body, r)
}

// resource implements visitor. A resource that cannot be read is left out: its spans are worth more.
func (r *request) resource(raw []byte) error {
	h := &r.head
	h.resource, h.service, h.resourceDropped = nil, "", 0
	var p resourcepb.Resource
	if known, err := r.readHead(raw, partResource, &p); err != nil || !known {
		h.resourceDropped = 1
		return err
	}
	a := r.attributes(headBudget)
	h.resource, h.resourceDropped = a.object(p.GetAttributes(), maxHeadAttributes)
	for _, kv := range p.GetAttributes() {
		if kv.GetKey() == "service.name" {
			h.service = r.texts.short(kv.GetValue().GetStringValue(), maxNameBytes)
		}
	}
	return nil
}

// scope implements visitor.
func (r *request) scope(raw []byte) error {
	h := &r.head
	h.scope, h.scopeName, h.scopeVersion, h.scopeDropped = nil, "", "", 0
	var p commonpb.InstrumentationScope
	if known, err := r.readHead(raw, partScope, &p); err != nil || !known {
		h.scopeDropped = 1
		return err
	}
	h.scopeName, h.scopeVersion = r.texts.short(p.GetName(), maxNameBytes), r.texts.short(p.GetVersion(), maxNameBytes)
	a := r.attributes(headBudget)
	h.scope, h.scopeDropped = a.object(p.GetAttributes(), maxHeadAttributes)
	return nil
}

// readHead decodes a resource or a scope within its bounds. An absent one is empty. It reports false
// for one that cannot be read.
func (r *request) readHead(raw []byte, kind partKind, into protoMessage) (bool, error) {
	if r.heads++; r.heads > maxHeads {
		return false, invalid(fmt.Sprintf("A request may have %d resources and scopes.", maxHeads), nil)
	}
	if len(raw) == 0 || string(raw) == "null" {
		return true, nil
	}
	if len(raw) > maxHeadBytes {
		return false, nil
	}
	_, err := r.wire.count(raw, kind)
	return err == nil && r.wire.decode(raw, into) == nil, nil
}

func (r *request) attributes(budget int) *attributes {
	return &attributes{texts: r.texts, contents: r.contents, budget: budget}
}

// span implements visitor.
func (r *request) span(raw []byte, at place) error {
	if r.seen++; r.seen > maxCounted {
		return invalid(fmt.Sprintf("The request has more than %d spans. Send at most %d at once.", maxCounted, maxSpans), nil)
	}
	s, reason := r.read(raw, at)
	if reason != "" {
		r.refusals.refuse(reason, at)
		return nil
	}
	r.stored += s.Size()
	r.spans = append(r.spans, s)
	return nil
}

// Why spans are refused, where the reason names a bound.
var (
	manySpans  = fmt.Sprintf("a request may have %d", maxSpans)
	largeSpan  = fmt.Sprintf("larger than %d bytes", maxSpanBytes)
	manyValues = fmt.Sprintf("the spans of a request may have %d values", maxValues)
	manyBytes  = fmt.Sprintf("the spans of a request may take %d bytes, each with its resource", maxStoredBytes)
)

// read returns the span as it is kept, or why it is refused.
func (r *request) read(raw []byte, at place) (s *foreignspan.Span, reason string) {
	switch {
	case r.seen > maxSpans:
		return nil, manySpans
	case len(raw) > maxSpanBytes:
		return nil, largeSpan
	}
	values, err := r.wire.count(raw, partSpan)
	if err != nil {
		return nil, countProblem(err)
	}
	if r.values += values; r.values > maxValues {
		return nil, manyValues
	}
	var p tracepb.Span
	if err := r.wire.decode(raw, &p); err != nil {
		return nil, "not decodable: a field has a wrong type, or a text is no UTF-8"
	}
	if s, reason = r.convert(&p, at); reason == "" && r.stored+s.Size() > maxStoredBytes {
		reason = manyBytes
	}
	return s, reason
}

func countProblem(err error) string {
	switch err {
	case errDeep:
		return fmt.Sprintf("values nested more than %d levels deep", maxValueDepth)
	case errMany:
		return fmt.Sprintf("more than %d values", maxSpanValues)
	}
	return "no protobuf message"
}

// convert returns the span as it is kept, or why it is refused.
func (r *request) convert(p *tracepb.Span, at place) (s *foreignspan.Span, reason string) {
	h := &r.head
	s = &foreignspan.Span{Received: r.received, Workspace: r.source.Workspace, Member: r.source.Member, APIKey: r.source.APIKey,
		State: r.texts.short(p.GetTraceState(), maxStateBytes), Name: r.texts.short(p.GetName(), maxNameBytes), Kind: kindOf(p.GetKind()),
		Service: h.service, ScopeName: h.scopeName, ScopeVersion: h.scopeVersion, Resource: h.resource, Scope: h.scope}
	switch {
	case !r.id(s.Trace[:], p.GetTraceId()) || s.Trace.IsZero():
		return nil, "the trace id must be 16 bytes that are not all zero"
	case !r.id(s.ID[:], p.GetSpanId()) || s.ID.IsZero():
		return nil, "the span id must be 8 bytes that are not all zero"
	case len(p.GetParentSpanId()) > 0 && !r.id(s.Parent[:], p.GetParentSpanId()):
		return nil, "the parent span id must be 8 bytes, or absent"
	case p.GetStartTimeUnixNano() > latest || p.GetEndTimeUnixNano() > latest:
		return nil, "its time lies after the year 2261"
	}
	s.Start = r.received
	if from := p.GetStartTimeUnixNano(); from > 0 {
		s.Start = time.Unix(0, int64(from)).UTC()
		if to := p.GetEndTimeUnixNano(); to > from {
			s.Duration = time.Duration(to - from)
		}
	}
	s.Status = statusOf(p.GetStatus().GetCode())
	if r.contents {
		s.Message = r.texts.short(p.GetStatus().GetMessage(), maxMessageBytes)
	}
	r.lists(s, p, at)
	return s, ""
}

// latest is the last time that every store can keep, in nanoseconds.
const latest = math.MaxInt64 - uint64(366*24*time.Hour)

// lists sets attributes, events and links, as far as they are within bounds.
func (r *request) lists(s *foreignspan.Span, p *tracepb.Span, at place) {
	a := r.attributes(spanBudget)
	var attrs, events, links int
	s.Attributes, attrs = a.object(p.GetAttributes(), maxAttributes)
	s.Events, events = r.events(a, p.GetEvents())
	s.Links, links = r.links(a, p.GetLinks())
	for _, lost := range []struct {
		what  string
		count int
	}{{"attributes", attrs}, {"events or their attributes", events}, {"links or their attributes", links}, {"attributes of the resource", r.head.resourceDropped}, {"attributes of the scope", r.head.scopeDropped}} {
		if lost.count > 0 {
			s.Dropped += lost.count
			r.refusals.drop(lost.what, at)
		}
	}
	s.Dropped += int(min(uint64(p.GetDroppedAttributesCount())+uint64(p.GetDroppedEventsCount())+uint64(p.GetDroppedLinksCount()), math.MaxInt32))
}

// id reads an id. JSON has it in hex digits, which protobuf's JSON takes for base64.
func (r *request) id(to, from []byte) bool {
	if _, ok := r.wire.(jsonWire); ok {
		var err error
		if from, err = hex.DecodeString(base64.StdEncoding.EncodeToString(from)); err != nil {
			return false
		}
	}
	return len(from) == len(to) && copy(to, from) == len(to)
}

func kindOf(k tracepb.Span_SpanKind) trace.SpanKind {
	if k < 0 || k > tracepb.Span_SPAN_KIND_CONSUMER {
		return trace.SpanKindUnspecified
	}
	return trace.SpanKind(k) // the numbers are the same
}

func statusOf(c tracepb.Status_StatusCode) codes.Code {
	switch c {
	case tracepb.Status_STATUS_CODE_ERROR:
		return codes.Error
	case tracepb.Status_STATUS_CODE_OK:
		return codes.Ok
	}
	return codes.Unset
}

// spanRef is a trace id and a span id.
func (r *request) spanRef(traceID, spanID []byte) (t gateway.TraceID, s gateway.SpanID, ok bool) {
	ok = r.id(t[:], traceID) && r.id(s[:], spanID)
	return t, s, ok
}
