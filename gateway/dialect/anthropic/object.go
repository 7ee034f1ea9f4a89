package anthropic

import (
	"bytes"

	"github.com/sluicegate/sluice/internal/jsonx"
)

// object is a JSON object that is being written, member by member.
type object struct{ members []byte }

// raw adds a member whose value is JSON.
func (o *object) raw(key string, value []byte) {
	if len(o.members) > 0 {
		o.members = append(o.members, ',')
	}
	o.members = append(jsonx.AppendQuote(o.members, key), ':')
	o.members = append(o.members, value...)
}

// text adds a string.
func (o *object) text(key, value string) { o.raw(key, jsonx.Quote(value)) }

// empty reports whether no member was added.
func (o *object) empty() bool { return len(o.members) == 0 }

// json is the whole object.
func (o *object) json() []byte {
	out := make([]byte, 0, len(o.members)+2)
	return append(append(append(out, '{'), o.members...), '}')
}

// array is a JSON array of values.
func array(values [][]byte) []byte {
	out := append([]byte{'['}, bytes.Join(values, []byte(","))...)
	return append(out, ']')
}
