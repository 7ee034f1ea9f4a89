package foreign

import (
	"math"
	"time"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/sluicegate/sluice/internal/jsonx"
)

// protoMessage is what a wire decodes into.
type protoMessage = proto.Message

// events writes the events of a span as a JSON array, nil if there are none, and returns how many
// events and attributes of events were dropped.
func (r *request) events(a *attributes, list []*tracepb.Span_Event) (array []byte, dropped int) {
	for i, e := range list {
		if i >= maxEvents {
			return array, dropped + len(list) - i
		}
		var o jsonx.Object
		if at := e.GetTimeUnixNano(); at > 0 && at <= math.MaxInt64 {
			o.Text("time", time.Unix(0, int64(at)).UTC().Format(time.RFC3339Nano))
		}
		o.Text("name", a.short(e.GetName(), maxNameBytes))
		attrs, lost := a.object(e.GetAttributes(), maxHeadAttributes)
		if attrs != nil {
			o.Raw("attributes", attrs)
		}
		dropped += lost + int(min(e.GetDroppedAttributesCount(), math.MaxInt16))
		array = appendElement(array, o.JSON())
	}
	return array, dropped
}

// links writes the links of a span, as events does.
func (r *request) links(a *attributes, list []*tracepb.Span_Link) (array []byte, dropped int) {
	for i, l := range list {
		if i >= maxLinks {
			return array, dropped + len(list) - i
		}
		trace, span, ok := r.spanRef(l.GetTraceId(), l.GetSpanId())
		if !ok {
			dropped++
			continue
		}
		var o jsonx.Object
		o.Text("trace_id", trace.String())
		o.Text("span_id", span.String())
		if state := a.short(l.GetTraceState(), maxStateBytes); state != "" {
			o.Text("trace_state", state)
		}
		attrs, lost := a.object(l.GetAttributes(), maxHeadAttributes)
		if attrs != nil {
			o.Raw("attributes", attrs)
		}
		dropped += lost + int(min(l.GetDroppedAttributesCount(), math.MaxInt16))
		array = appendElement(array, o.JSON())
	}
	return array, dropped
}

// appendElement appends an element to a JSON array; nil is the empty one.
func appendElement(array, element []byte) []byte {
	if array == nil {
		array = append(array, '[')
	} else {
		array[len(array)-1] = ','
	}
	return append(append(array, element...), ']')
}
