package foreign

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	collectorpb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry/foreignspan"
)

const secret = "ann@example.com"

func cleanse(s string) string {
	return strings.NewReplacer(secret, "[EMAIL]", "4539578763621486", "[CARD]").Replace(s)
}

func newRequest() *request {
	return &request{source: Source{Workspace: "ws1", Member: "m1", APIKey: "k1"}, received: time.Date(2026, 11, 29, 10, 0, 0, 0, time.UTC), contents: true,
		texts: &texts{cleanse: cleanse, known: map[string]string{}}}
}

// byHand is a request as somebody writes it with the specification beside them.
const byHand = `{"resourceSpans": [{
  "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}, {"key": "owner", "value": {"stringValue": "ann@example.com"}}]},
  "scopeSpans": [{
    "scope": {"name": "my.library", "version": "1.0.0", "attributes": [{"key": "a", "value": {"boolValue": true}}]},
    "spans": [
      {"traceId": "5B8EFFF798038103D269B633813FC60C", "spanId": "EEE19B7EC3C1B174", "parentSpanId": "EEE19B7EC3C1B173", "traceState": "x=ann@example.com",
       "name": "ask ann@example.com", "startTimeUnixNano": "1544712660000000000", "endTimeUnixNano": 1544712661000000000, "kind": 2,
       "attributes": [
         {"key": "text", "value": {"stringValue": "to ann@example.com"}}, {"key": "ann@example.com", "value": {"intValue": "7"}}, {"key": "card", "value": {"intValue": "4539578763621486"}},
         {"key": "card2", "value": {"doubleValue": 4539578763621486}}, {"key": "f", "value": {"doubleValue": 0.25}}, {"key": "nan", "value": {"doubleValue": "NaN"}},
         {"key": "bytes", "value": {"bytesValue": "YW5uQGV4YW1wbGUuY29t"}}, {"key": "binary", "value": {"bytesValue": "AAEC"}}, {"key": "none"},
         {"key": "list", "value": {"arrayValue": {"values": [{"stringValue": "ann@example.com"}, {"intValue": 1}, {"kvlistValue": {"values": [{"key": "ann@example.com", "value": {"stringValue": "ann@example.com"}}]}}]}}}],
       "events": [{"timeUnixNano": "1544712660500000000", "name": "ann@example.com asked", "attributes": [{"key": "e", "value": {"stringValue": "ann@example.com"}}]}],
       "links": [{"traceId": "5b8efff798038103d269b633813fc60d", "spanId": "eee19b7ec3c1b175", "traceState": "y=ann@example.com", "attributes": [{"key": "l", "value": {"stringValue": "ann@example.com"}}]}],
       "status": {"code": 2, "message": "no ann@example.com"}, "droppedAttributesCount": 2}
    ]}]}]}`

var fromHand = &foreignspan.Span{
	Received: time.Date(2026, 11, 29, 10, 0, 0, 0, time.UTC), Workspace: "ws1", Member: "m1", APIKey: "k1",
	Trace: gateway.TraceIDFrom("5b8efff798038103d269b633813fc60c"), ID: gateway.SpanIDFrom("eee19b7ec3c1b174"), Parent: gateway.SpanIDFrom("eee19b7ec3c1b173"),
	State: "x=[EMAIL]", Name: "ask [EMAIL]", Kind: trace.SpanKindServer, Start: time.Unix(1544712660, 0).UTC(), Duration: time.Second, Status: codes.Error, Message: "no [EMAIL]",
	Service: "shop", ScopeName: "my.library", ScopeVersion: "1.0.0", Resource: []byte(`{"service.name":"shop","owner":"[EMAIL]"}`), Scope: []byte(`{"a":true}`),
	Attributes: []byte(`{"text":"to [EMAIL]","[EMAIL]":7,"card":"[CARD]","card2":"[CARD]","f":0.25,"nan":"NaN","bytes":"[EMAIL]","binary":"[3 bytes]","none":null,"list":["[EMAIL]",1,{"[EMAIL]":"[EMAIL]"}]}`),
	Events:     []byte(`[{"time":"2018-12-13T14:51:00.5Z","name":"[EMAIL] asked","attributes":{"e":"[EMAIL]"}}]`),
	Links:      []byte(`[{"trace_id":"5b8efff798038103d269b633813fc60d","span_id":"eee19b7ec3c1b175","trace_state":"y=[EMAIL]","attributes":{"l":"[EMAIL]"}}]`),
	Dropped:    2,
}

func TestJSONByHand(t *testing.T) {
	r := newRequest()
	if err := decode([]byte("\n"+byHand), JSON, r); err != nil || r.refusals.message() != "" {
		t.Fatal(err, r.refusals.message())
	}
	if d := cmp.Diff([]*foreignspan.Span{fromHand}, r.spans); d != "" {
		t.Fatal(d)
	}
	for _, other := range []string{`{}`, `{"resourceSpans":null}`, `{"resource_spans":[{"scope_spans":[{"spans":[]}]}],"more":1}`} {
		if r := newRequest(); decode([]byte(other), JSON, r) != nil || len(r.spans) != 0 {
			t.Error(other)
		}
	}
	bare := newRequest()
	if err := decode([]byte(`{"resourceSpans":[{"resource":null,"scopeSpans":[{"spans":[{"traceId":"00000000000000000000000000000001","spanId":"0000000000000001"}]}]}]}`), JSON, bare); err != nil || len(bare.spans) != 1 || bare.refusals.message() != "" {
		t.Error(err, bare.refusals.message())
	}
	for bad, field := range map[string]string{``: "", `[]`: "The request body", `{"resourceSpans":{}}`: "resourceSpans", `{"resourceSpans":[1]}`: "resourceSpans[0]", `{"resourceSpans":[{"scopeSpans":1}]}`: "resourceSpans[0].scopeSpans",
		`{"resourceSpans":[{"scopeSpans":[{"spans":true}]}]}`: "resourceSpans[0].scopeSpans[0].spans", `{"resourceSpans":[`: "", strings.Repeat(`[`, 200): ""} {
		err := decode([]byte(bad), JSON, newRequest())
		if e := gateway.AsError(err); e == nil || e.Kind != gateway.Invalid || e.Param != field {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// TestProtobufIsTheSame: the request of TestJSONByHand, as an SDK sends it.
func TestProtobufIsTheSame(t *testing.T) {
	var w jsonWire
	var m collectorpb.ExportTraceServiceRequest
	if err := w.decode([]byte(byHand), &m); err != nil {
		t.Fatal(err)
	}
	s := m.ResourceSpans[0].ScopeSpans[0].Spans[0]
	s.TraceId, s.SpanId, s.ParentSpanId = fromHand.Trace[:], fromHand.ID[:], fromHand.Parent[:]
	other := gateway.TraceIDFrom("5b8efff798038103d269b633813fc60d")
	second := gateway.SpanIDFrom("eee19b7ec3c1b175")
	s.Links[0].TraceId, s.Links[0].SpanId = other[:], second[:]
	raw, err := proto.Marshal(&m)
	if err != nil {
		t.Fatal(err)
	}
	r := newRequest()
	if err := decode(raw, Protobuf, r); err != nil || r.refusals.message() != "" {
		t.Fatal(err, r.refusals.message())
	}
	if d := cmp.Diff([]*foreignspan.Span{fromHand}, r.spans); d != "" {
		t.Fatal(d)
	}
	for n := range len(raw) { // a body that was cut is no message, or has fewer spans
		if r := newRequest(); decode(raw[:n], Protobuf, r) == nil && len(r.spans) > 0 {
			t.Fatal(n)
		}
	}
}

// TestWithoutContents: no text stays that a user, a model or a program wrote.
func TestWithoutContents(t *testing.T) {
	r := newRequest()
	r.contents = false
	body := strings.Replace(byHand, `{"key": "text"`, `{"key": "gen_ai.request.model", "value": {"stringValue": "gpt-5"}}, {"key": "text"`, 1)
	if err := decode([]byte(body), JSON, r); err != nil {
		t.Fatal(err)
	}
	want := *fromHand
	want.Message, want.Resource = "", []byte(`{"service.name":"shop"}`)
	want.Attributes = []byte(`{"gen_ai.request.model":"gpt-5","[EMAIL]":7,"card":"[CARD]","card2":"[CARD]","f":0.25,"nan":"NaN"}`)
	want.Events = []byte(`[{"time":"2018-12-13T14:51:00.5Z","name":"[EMAIL] asked"}]`)
	want.Links = []byte(`[{"trace_id":"5b8efff798038103d269b633813fc60d","span_id":"eee19b7ec3c1b175","trace_state":"y=[EMAIL]"}]`)
	if d := cmp.Diff([]*foreignspan.Span{&want}, r.spans, cmpopts.EquateEmpty()); d != "" {
		t.Fatal(d)
	}
}

// attribute is an attribute with a text of n bytes.
func attribute(key string, n int) *commonpb.KeyValue {
	return &commonpb.KeyValue{Key: key, Value: &commonpb.AnyValue{Value: &commonpb.AnyValue_StringValue{StringValue: strings.Repeat("x", n)}}}
}

// nested is a value in n lists.
func nested(n int) *commonpb.AnyValue {
	v := &commonpb.AnyValue{Value: &commonpb.AnyValue_BoolValue{BoolValue: true}}
	for range n {
		v = &commonpb.AnyValue{Value: &commonpb.AnyValue_ArrayValue{ArrayValue: &commonpb.ArrayValue{Values: []*commonpb.AnyValue{v}}}}
	}
	return v
}

// TestBounds sends one good span and one that exceeds a bound, in protobuf.
func TestBounds(t *testing.T) {
	list := func(n int) (out []*commonpb.KeyValue) {
		for i := range n {
			out = append(out, attribute(fmt.Sprint("k", i), 1))
		}
		return out
	}
	for name, c := range map[string]struct {
		change  func(*tracepb.Span)
		refused string // "" = it is kept
		dropped int
	}{
		"no trace id":   {func(s *tracepb.Span) { s.TraceId = nil }, "trace id", 0},
		"zero trace id": {func(s *tracepb.Span) { s.TraceId = make([]byte, 16) }, "trace id", 0},
		"long trace id": {func(s *tracepb.Span) { s.TraceId = append(s.TraceId, 1) }, "trace id", 0},
		"zero span id":  {func(s *tracepb.Span) { s.SpanId = make([]byte, 8) }, "span id", 0},
		"short parent":  {func(s *tracepb.Span) { s.ParentSpanId = []byte{1} }, "parent span id", 0},
		"the year 2262": {func(s *tracepb.Span) { s.StartTimeUnixNano = 1<<64 - 1 }, "2261", 0},
		"large":         {func(s *tracepb.Span) { s.Attributes = append(s.Attributes, attribute("k", maxSpanBytes)) }, "larger than", 0},
		"many values":   {func(s *tracepb.Span) { s.Attributes = make([]*commonpb.KeyValue, maxSpanValues+1) }, "more than 20000 values", 0},
		"very deep":     {func(s *tracepb.Span) { s.Attributes = []*commonpb.KeyValue{{Key: "k", Value: nested(100)}} }, "nested", 0},
		"deep": {func(s *tracepb.Span) {
			s.Attributes = []*commonpb.KeyValue{{Key: "k", Value: nested(maxValueDepth + 1)}}
		}, "", 1},
		"nearly deep":     {func(s *tracepb.Span) { s.Attributes = []*commonpb.KeyValue{{Key: "k", Value: nested(maxValueDepth)}} }, "", 0},
		"many attributes": {func(s *tracepb.Span) { s.Attributes = list(maxAttributes + 3) }, "", 3},
		"no room": {func(s *tracepb.Span) {
			s.Attributes = []*commonpb.KeyValue{attribute("a", spanBudget), attribute("b", 9)}
		}, "", 1},
		"long key":          {func(s *tracepb.Span) { s.Attributes = []*commonpb.KeyValue{attribute(strings.Repeat("k", 300), 1)} }, "", 1},
		"many events":       {func(s *tracepb.Span) { s.Events = make([]*tracepb.Span_Event, maxEvents+2) }, "", 2},
		"link to nowhere":   {func(s *tracepb.Span) { s.Links = make([]*tracepb.Span_Link, 1) }, "", 1},
		"it ends before":    {func(s *tracepb.Span) { s.EndTimeUnixNano = 1 }, "", 0},
		"no text":           {func(s *tracepb.Span) { s.Name = strings.Repeat("n", 5000) }, "", 0},
		"dropped elsewhere": {func(s *tracepb.Span) { s.DroppedLinksCount = 1<<32 - 1 }, "", 1<<31 - 1},
	} {
		good := func(n byte) *tracepb.Span {
			return &tracepb.Span{TraceId: append(make([]byte, 15), 1), SpanId: append(make([]byte, 7), n), Name: "n", StartTimeUnixNano: 1e18, EndTimeUnixNano: 1e18 + 5}
		}
		bad := good(2)
		c.change(bad)
		raw, err := proto.Marshal(&collectorpb.ExportTraceServiceRequest{ResourceSpans: []*tracepb.ResourceSpans{{ScopeSpans: []*tracepb.ScopeSpans{{Spans: []*tracepb.Span{good(1), bad}}}}}})
		if err != nil {
			t.Fatal(name, err)
		}
		r := newRequest()
		if err := decode(raw, Protobuf, r); err != nil {
			t.Fatal(name, err)
		}
		m := r.refusals.message()
		if c.refused != "" {
			if len(r.spans) != 1 || r.refusals.count() != 1 || !strings.Contains(m, c.refused) || !strings.Contains(m, "resourceSpans[0].scopeSpans[0].spans[1]") {
				t.Errorf("%s: %d spans, %s", name, len(r.spans), m)
			}
			continue
		}
		if len(r.spans) != 2 || r.refusals.count() != 0 || r.spans[1].Dropped != c.dropped || (c.dropped > 0 && bad.DroppedLinksCount == 0) != (m != "") {
			t.Errorf("%s: %d spans, %d dropped, %s", name, len(r.spans), r.spans[len(r.spans)-1].Dropped, m)
		}
		if s := r.spans[1]; s.Duration < 0 || len(s.Name) > maxNameBytes {
			t.Errorf("%s: %v %d", name, s.Duration, len(s.Name))
		}
	}
}

// TestBoundsOfARequest: the spans of a request, and what they take together.
func TestBoundsOfARequest(t *testing.T) {
	many := make([]*tracepb.Span, maxSpans+5)
	for i := range many {
		many[i] = &tracepb.Span{TraceId: append(make([]byte, 15), 1), SpanId: append(make([]byte, 6), byte(i>>8), byte(i)|1)}
	}
	for name, c := range map[string]struct {
		resource int // bytes of the resource
		kept     int
	}{"many": {10, maxSpans}, "with a large resource": {15 << 10, maxStoredBytes / (15<<10 + 200)}} {
		m := &collectorpb.ExportTraceServiceRequest{ResourceSpans: []*tracepb.ResourceSpans{{ScopeSpans: []*tracepb.ScopeSpans{{Spans: many}}}}}
		raw, err := proto.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		head := fmt.Sprintf(`{"attributes":[{"key":"k","value":{"stringValue":%q}}]}`, strings.Repeat("x", c.resource))
		r := newRequest()
		v := &withResource{r, head}
		if err := (protobufWire{}).cut(raw, v); err != nil {
			t.Fatal(err)
		}
		if n := len(r.spans); n < c.kept-50 || n > c.kept+50 || n+r.refusals.count() != len(many) {
			t.Errorf("%s: %d spans, %s", name, n, r.refusals.message())
		}
	}
}

// withResource gives a request a resource that the message does not have.
type withResource struct {
	*request
	json string
}

func (w *withResource) scope(raw []byte) error {
	w.wire = jsonWire{}
	if err := w.request.resource([]byte(w.json)); err != nil {
		return err
	}
	w.wire = protobufWire{}
	return w.request.scope(raw)
}

// TestTinyPartsAreCounted: a body of the shortest possible parts is refused as a whole.
func TestTinyPartsAreCounted(t *testing.T) {
	message := func(field byte, inside []byte) []byte {
		return append(protowire.AppendVarint([]byte{field<<3 | 2}, uint64(len(inside))), inside...)
	}
	for name, c := range map[string]struct {
		e    Encoding
		body []byte
	}{
		"resources":    {Protobuf, bytes.Repeat(message(1, nil), maxHeads+1)},
		"scopes":       {Protobuf, message(1, bytes.Repeat(message(2, nil), maxHeads+1))},
		"spans":        {Protobuf, message(1, message(2, bytes.Repeat(message(2, nil), maxCounted+1)))},
		"JSON scopes":  {JSON, []byte(`{"resourceSpans":[{"scopeSpans":[{}` + strings.Repeat(",{}", maxHeads) + `]}]}`)},
		"JSON spans":   {JSON, []byte(`{"resourceSpans":[{"scopeSpans":[{"spans":[{}` + strings.Repeat(",{}", maxCounted) + `]}]}]}`)},
		"JSON members": {JSON, []byte(`{"resourceSpans":[{"a":1` + strings.Repeat(`,"a":1`, jsonKeys) + `}]}`)},
	} {
		r := newRequest()
		if err := decode(c.body, c.e, r); gateway.AsError(err) == nil || gateway.AsError(err).Kind != gateway.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	r := newRequest()
	values := message(2, bytes.Repeat(message(9, nil), maxSpanValues)) // of a span
	if err := decode(message(1, message(2, bytes.Repeat(values, maxValues/maxSpanValues+2))), Protobuf, r); err != nil || !strings.Contains(r.refusals.message(), "2 spans refused: "+manyValues) {
		t.Error(err, r.refusals.message())
	}
}

// FuzzDecode reads anything in both encodings. What is kept can be shown and read again.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(byHand))
	f.Add([]byte(`{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"00000000000000000000000000000001","spanId":"0000000000000001"}]}]}]}`))
	var m collectorpb.ExportTraceServiceRequest
	if err := (jsonWire{}).decode([]byte(byHand), &m); err != nil {
		f.Fatal(err)
	}
	s := m.ResourceSpans[0].ScopeSpans[0].Spans[0]
	s.TraceId, s.SpanId, s.ParentSpanId = fromHand.Trace[:], fromHand.ID[:], fromHand.Parent[:]
	raw, err := proto.Marshal(&m)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, e := range []Encoding{Protobuf, JSON} {
			r := newRequest()
			if err := decode(body, e, r); err != nil {
				if gateway.AsError(err).Kind != gateway.Invalid {
					t.Fatal(err)
				}
				continue
			}
			for _, s := range r.spans {
				again, err := foreignspan.Unpack(s.Pack(nil))
				if err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(s, again, cmpopts.EquateEmpty()); d != "" {
					t.Fatal(d)
				}
				if shown := string(s.JSON()); strings.Contains(shown, secret) {
					t.Fatal(shown)
				}
			}
		}
	})
}
