package foreign

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	commonpb "go.opentelemetry.io/proto/otlp/common/v1"

	"github.com/sluicegate/sluice/internal/jsonx"
)

// texts cleanses the texts of one request. Keys, names and the values of resources repeat.
type texts struct {
	cleanse func(string) string
	known   map[string]string
}

// maxKnownText and maxKnown bound what texts remembers.
const (
	maxKnownText = 256
	maxKnown     = 4096
)

// text returns s with its personal data replaced.
func (t *texts) text(s string) string {
	const minIdentifying = 5 // the length of the shortest text that can identify a person: a@b.c
	if len(s) < minIdentifying {
		return s
	}
	if len(s) > maxKnownText {
		return t.cleanse(s)
	}
	clean, ok := t.known[s]
	if !ok {
		clean = t.cleanse(s)
		if len(t.known) < maxKnown {
			t.known[s] = clean
		}
	}
	return clean
}

// short is text, cut to n bytes. The cut comes last: half an address would not be recognised.
func (t *texts) short(s string, n int) string {
	s = t.text(s)
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}

// attributes writes lists of attributes as JSON objects.
type attributes struct {
	*texts
	contents bool // texts of any attribute are kept, not only those of named ones
	budget   int  // bytes of JSON that are left
}

// object writes a list of attributes, at most max of them. It returns nil if none is kept, and how
// many were dropped because they exceed a bound.
func (a *attributes) object(list []*commonpb.KeyValue, max int) (object []byte, dropped int) {
	for _, kv := range list {
		if !a.contents && !permitted(kv) {
			continue
		}
		if max == 0 {
			dropped++
			continue
		}
		member, ok := a.member(kv)
		if !ok || len(member) > a.budget {
			dropped++
			continue
		}
		a.budget -= len(member)
		max--
		if object == nil {
			object = append(object, '{')
		} else {
			object = append(object, ',')
		}
		object = append(object, member...)
	}
	if object != nil {
		object = append(object, '}')
	}
	return object, dropped
}

// member writes one attribute, without the braces around it.
func (a *attributes) member(kv *commonpb.KeyValue) (member []byte, ok bool) {
	key := a.text(kv.GetKey())
	if key == "" || len(key) > maxKeyBytes {
		return nil, false
	}
	return a.value(append(jsonx.AppendQuote(nil, key), ':'), kv.GetValue(), 0)
}

// value appends a value as JSON. It is false if the value is nested too deeply.
func (a *attributes) value(dst []byte, v *commonpb.AnyValue, depth int) (out []byte, ok bool) {
	if depth > maxValueDepth {
		return dst, false
	}
	switch v := v.GetValue().(type) {
	case *commonpb.AnyValue_StringValue:
		return jsonx.AppendQuote(dst, a.text(v.StringValue)), true
	case *commonpb.AnyValue_BoolValue:
		return strconv.AppendBool(dst, v.BoolValue), true
	case *commonpb.AnyValue_IntValue:
		return a.number(dst, strconv.FormatInt(v.IntValue, 10)), true
	case *commonpb.AnyValue_DoubleValue:
		return a.double(dst, v.DoubleValue), true
	case *commonpb.AnyValue_BytesValue:
		return jsonx.AppendQuote(dst, a.bytes(v.BytesValue)), true
	case *commonpb.AnyValue_ArrayValue:
		dst = append(dst, '[')
		for i, e := range v.ArrayValue.GetValues() {
			if i > 0 {
				dst = append(dst, ',')
			}
			if dst, ok = a.value(dst, e, depth+1); !ok {
				return dst, false
			}
		}
		return append(dst, ']'), true
	case *commonpb.AnyValue_KvlistValue:
		dst = append(dst, '{')
		for i, kv := range v.KvlistValue.GetValues() {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(jsonx.AppendQuote(dst, a.text(kv.GetKey())), ':')
			if dst, ok = a.value(dst, kv.GetValue(), depth+1); !ok {
				return dst, false
			}
		}
		return append(dst, '}'), true
	default:
		return append(dst, "null"...), true
	}
}

// number appends a number, or as a text what is left of one that identifies a person: a telephone or
// card number written in digits only.
func (a *attributes) number(dst []byte, digits string) []byte {
	const minIdentifying = 7
	if len(digits) >= minIdentifying {
		if clean := a.text(digits); clean != digits {
			return jsonx.AppendQuote(dst, clean)
		}
	}
	return append(dst, digits...)
}

func (a *attributes) double(dst []byte, v float64) []byte {
	const exact = 1 << 53 // up to here every whole number is one
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return jsonx.AppendQuote(dst, strconv.FormatFloat(v, 'g', -1, 64))
	case v == math.Trunc(v) && math.Abs(v) < exact:
		return a.number(dst, strconv.FormatInt(int64(v), 10))
	}
	return strconv.AppendFloat(dst, v, 'g', -1, 64)
}

// bytes returns bytes as the text that they are. Others are replaced by their size: nobody can tell
// what they hold.
func (a *attributes) bytes(b []byte) string {
	if utf8.Valid(b) && bytes.IndexByte(b, 0) < 0 {
		return a.text(string(b))
	}
	return "[" + strconv.Itoa(len(b)) + " bytes]"
}

// permitted reports whether an attribute is kept without contents: numbers, and the texts of
// attributes that by their definition name a program, a model or a kind.
func permitted(kv *commonpb.KeyValue) bool {
	switch kv.GetValue().GetValue().(type) {
	case *commonpb.AnyValue_BoolValue, *commonpb.AnyValue_IntValue, *commonpb.AnyValue_DoubleValue:
		return true
	}
	return withoutContents[kv.GetKey()]
}

// withoutContents are the attributes whose texts hold nothing of what a user or a model said.
var withoutContents = map[string]bool{
	"service.name": true, "service.namespace": true, "service.version": true, "service.instance.id": true,
	"deployment.environment": true, "deployment.environment.name": true, "os.type": true,
	"telemetry.sdk.name": true, "telemetry.sdk.language": true, "telemetry.sdk.version": true, "telemetry.distro.name": true, "telemetry.distro.version": true,
	"process.runtime.name": true, "process.runtime.version": true,
	"http.request.method": true, "http.route": true, "server.address": true, "rpc.system": true, "db.system": true, "db.system.name": true,
	"error.type": true, "exception.type": true,
	"gen_ai.request.model": true, "gen_ai.response.model": true, "gen_ai.response.id": true, "gen_ai.response.finish_reasons": true,
	"gen_ai.provider.name": true, "gen_ai.system": true, "gen_ai.operation.name": true, "gen_ai.output.type": true,
	"gen_ai.tool.name": true, "gen_ai.tool.type": true, "gen_ai.agent.name": true, "gen_ai.token.type": true,
	"llm.model_name": true, "llm.provider": true, "llm.system": true, "llm.request.type": true, "llm.request.model": true, "llm.response.model": true,
	"embedding.model_name": true, "openinference.span.kind": true,
	"langfuse.observation.type": true, "langfuse.observation.level": true, "langfuse.observation.model.name": true, "langfuse.environment": true, "langfuse.release": true,
	"traceloop.span.kind": true, "traceloop.workflow.name": true, "traceloop.entity.name": true,
	"ai.model.id": true, "ai.model.provider": true,
}
