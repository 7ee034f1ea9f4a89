package foreign

import (
	"bytes"
	"errors"
	"fmt"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Encoding is how a request is written.
type Encoding uint8

// The encodings of OTLP/HTTP.
const (
	Protobuf Encoding = iota
	JSON
)

// place is where a span stands in its request.
type place struct{ resource, scope, span int }

func (p place) String() string {
	return fmt.Sprintf("resourceSpans[%d].scopeSpans[%d].spans[%d]", p.resource, p.scope, p.span)
}

// visitor gets the parts of a request, still encoded: a resource before its scopes, a scope before
// its spans. An error ends the walk.
type visitor interface {
	resource(raw []byte) error
	scope(raw []byte) error
	span(raw []byte, at place) error
}

var errDeep = errors.New("its values are nested too deeply")
var errMany = errors.New("it has too many values")

// wire reads one encoding.
type wire interface {
	// cut walks a request. An error means that the request as a whole cannot be read.
	cut(body []byte, v visitor) error
	// count returns how many values a part has, or an error if these are too many or nested too
	// deeply to be decoded.
	count(raw []byte, in partKind) (int, error)
	decode(raw []byte, into proto.Message) error
}

func wireOf(e Encoding) wire {
	if e == JSON {
		return jsonWire{}
	}
	return protobufWire{}
}

func invalid(public string, err error) error {
	return &gateway.Error{Op: "foreign.decode", Kind: gateway.Invalid, Public: public, Err: err}
}

// partKind is a message of OTLP that holds values.
type partKind uint8

const (
	partResource partKind = iota
	partScope
	partSpan
	partEvent
	partLink
	partKeyValue
	partValue
	partArray
	partMap
)

// inner names the messages inside each message, by the number of their field
// (https://github.com/open-telemetry/opentelemetry-proto, trace.proto and common.proto).
var inner = [...]map[protowire.Number]partKind{
	partResource: {1: partKeyValue},
	partScope:    {3: partKeyValue},
	partSpan:     {9: partKeyValue, 11: partEvent, 13: partLink},
	partEvent:    {3: partKeyValue},
	partLink:     {4: partKeyValue},
	partKeyValue: {2: partValue},
	partValue:    {5: partArray, 6: partMap},
	partArray:    {1: partValue},
	partMap:      {1: partKeyValue},
}

// protobufWire is binary protobuf.
type protobufWire struct{}

func (protobufWire) cut(body []byte, v visitor) error {
	at := place{resource: -1}
	err := submessages(body, 1, func(resourceSpans []byte) error {
		at.resource++
		if err := head(resourceSpans, v.resource); err != nil {
			return err
		}
		at.scope = -1
		return submessages(resourceSpans, 2, func(scopeSpans []byte) error {
			at.scope++
			if err := head(scopeSpans, v.scope); err != nil {
				return err
			}
			at.span = -1
			return submessages(scopeSpans, 2, func(raw []byte) error { at.span++; return v.span(raw, at) })
		})
	})
	var known *gateway.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	return invalid("The request body is no protobuf message ExportTraceServiceRequest.", err)
}

// head visits the resource or scope of a message, nil if it has none. It stands in field 1.
func head(message []byte, visit func([]byte) error) error {
	var found []byte
	if err := submessages(message, 1, func(raw []byte) error { found = raw; return nil }); err != nil {
		return err
	}
	return visit(found)
}

// submessages calls f for every occurrence of a field that holds bytes.
func submessages(message []byte, field protowire.Number, f func([]byte) error) error {
	for len(message) > 0 {
		number, kind, n := protowire.ConsumeTag(message)
		if n < 0 {
			return protowire.ParseError(n)
		}
		message = message[n:]
		if number != field || kind != protowire.BytesType {
			if n = protowire.ConsumeFieldValue(number, kind, message); n < 0 {
				return protowire.ParseError(n)
			}
			message = message[n:]
			continue
		}
		raw, n := protowire.ConsumeBytes(message)
		if n < 0 {
			return protowire.ParseError(n)
		}
		if err := f(raw); err != nil {
			return err
		}
		message = message[n:]
	}
	return nil
}

func (protobufWire) count(raw []byte, in partKind) (int, error) {
	values := 0
	err := countParts(raw, in, 0, &values)
	return values, err
}

// countParts counts the messages inside a message.
func countParts(raw []byte, in partKind, depth int, values *int) error {
	const perLevel = 3 // a map in a value: map, key, value
	if depth > perLevel*(maxValueDepth+2) {
		return errDeep
	}
	for len(raw) > 0 {
		number, kind, n := protowire.ConsumeTag(raw)
		if n < 0 {
			return protowire.ParseError(n)
		}
		raw = raw[n:]
		if n = protowire.ConsumeFieldValue(number, kind, raw); n < 0 {
			return protowire.ParseError(n)
		}
		if within, ok := inner[in][number]; ok && kind == protowire.BytesType {
			if *values++; *values > maxSpanValues {
				return errMany
			}
			part, _ := protowire.ConsumeBytes(raw)
			if err := countParts(part, within, depth+1, values); err != nil {
				return err
			}
		}
		raw = raw[n:]
	}
	return nil
}

func (protobufWire) decode(raw []byte, into proto.Message) error {
	return proto.UnmarshalOptions{DiscardUnknown: true}.Unmarshal(raw, into)
}

// jsonWire is OTLP's JSON: protobuf's, but ids are hex digits.
type jsonWire struct{}

// jsonDepth is how deep a request may be: five levels down to an attribute's value, then values, three
// levels each.
const jsonDepth = 12 + 3*(maxValueDepth+2)

// jsonKeys bounds the members of an object. No message of OTLP has more than twenty.
const jsonKeys = 100

// jsonPerValue is how many values an attribute is in JSON: itself, its name, its value and what is in it.
const jsonPerValue = 4

func (jsonWire) cut(body []byte, v visitor) error {
	body = bytes.TrimSpace(body)
	if err := jsonx.Check(body, jsonx.Limits{MaxDepth: jsonDepth, MaxKeys: jsonKeys, MaxValues: maxJSONValues}); err != nil {
		return invalid("The request body is no JSON that can be read: "+err.Error()+".", err)
	}
	at := place{}
	resourceSpans, err := array(body, "resourceSpans", "resource_spans", "")
	if err != nil {
		return err
	}
	for r := range jsonx.Elements(resourceSpans) {
		at.resource = r.Index
		scopeSpans, err := array(r.Value, "scopeSpans", "scope_spans", fmt.Sprintf("resourceSpans[%d]", r.Index))
		if err != nil {
			return err
		}
		if err := v.resource(jsonx.Get(r.Value, "resource")); err != nil {
			return err
		}
		for s := range jsonx.Elements(scopeSpans) {
			at.scope = s.Index
			spans, err := array(s.Value, "spans", "spans", fmt.Sprintf("resourceSpans[%d].scopeSpans[%d]", r.Index, s.Index))
			if err != nil {
				return err
			}
			if err := v.scope(jsonx.Get(s.Value, "scope")); err != nil {
				return err
			}
			for span := range jsonx.Elements(spans) {
				at.span = span.Index
				if err := v.span(span.Value, at); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// array is a member of an object that is an array or absent. Both spellings of protobuf's JSON count.
func array(object []byte, name, other, path string) ([]byte, error) {
	if len(object) == 0 || object[0] != '{' {
		if path == "" {
			path = "The request body"
		}
		return nil, gateway.InvalidField("foreign.decode", path, path+" must be a JSON object.")
	}
	raw := jsonx.Get(object, name)
	if raw == nil {
		raw = jsonx.Get(object, other)
	}
	if len(raw) > 0 && raw[0] != '[' && string(raw) != "null" {
		if path != "" {
			name = path + "." + name
		}
		return nil, gateway.InvalidField("foreign.decode", name, "'"+name+"' must be an array.")
	}
	return raw, nil
}

// count only looks for too many: the values of the request were counted before.
func (jsonWire) count(raw []byte, _ partKind) (int, error) {
	if jsonx.Check(raw, jsonx.Limits{MaxValues: jsonPerValue * maxSpanValues}) != nil { // it is JSON: the whole body is
		return 0, errMany
	}
	return 0, nil
}

func (jsonWire) decode(raw []byte, into proto.Message) error {
	return protojson.UnmarshalOptions{DiscardUnknown: true}.Unmarshal(raw, into)
}
