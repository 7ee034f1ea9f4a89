package condition

import (
	"net/http"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Source is where a call has a value.
type Source string

// The sources of values.
const (
	Metadata Source = "metadata" // an entry of the call's metadata
	Params   Source = "params"   // a field of the body's top level, as the caller sent it
	URL      Source = "url"      // "pathname": the path of the call
	Headers  Source = "headers"  // a header of the call; no query asks about one
)

// Field names a value of a call.
type Field struct {
	Source Source
	Name   string // of the entry, the field or the header
}

// MaxValue is the length of the longest field of a body that has a value, in bytes as it is written:
// whatever is made of it takes time for each of them.
const MaxValue = 1 << 10

// Value returns the value of a call. Texts are without quotes; numbers, true and false are as they are
// written. Objects, lists, null and fields that are longer than MaxValue are no values.
func (f Field) Value(env *gateway.Envelope, req *gateway.Request) (value string, there bool) {
	switch {
	case f.Source == Metadata:
		value, there = env.Metadata[f.Name]
		return value, there
	case f.Source == URL:
		return env.Path, true
	case f.Source == Headers:
		values := env.Header[http.CanonicalHeaderKey(f.Name)]
		if len(values) == 0 {
			return "", false
		}
		return values[0], true
	case f.Name == "model":
		value = req.Model()
		return value, value != "" && len(value) <= MaxValue
	}
	raw := jsonx.Get(req.Raw, f.Name)
	switch {
	case len(raw) == 0 || len(raw) > MaxValue || raw[0] == '{' || raw[0] == '[' || string(raw) == "null":
		return "", false
	case raw[0] == '"':
		return jsonx.String(raw), true
	}
	return string(raw), true
}
