package key

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// canonicalBody returns a body in a form in which equal bodies have equal bytes: members
// sorted, no white space, no escapes that are not needed. Numbers keep their spelling. The
// result is for hashing only; it is not JSON.
func canonicalBody(d gateway.Dialect, body []byte) []byte {
	members := make([]jsonx.Member, 0, 16) // most bodies have fewer
	for m := range jsonx.Members(body) {
		members = append(members, m)
	}
	slices.SortStableFunc(members, func(a, b jsonx.Member) int { return cmp.Compare(a.Key, b.Key) })
	out := make([]byte, 0, len(body)+len(body)/8)
	for _, m := range members {
		if rule := d.Field(m.Key).Key; rule != gateway.KeyIgnored {
			out = appendField(appendField(out, m.Key), canonicalValue(m.Value, rule == gateway.KeyOrdered))
		}
	}
	return out
}

// canonicalValue returns one value in canonical form, or as it is written if it has none (half
// a surrogate pair, a name given twice). No canonical form equals such a value, so the price is
// a miss at most.
func canonicalValue(value []byte, ordered bool) []byte {
	if len(value) == 0 || value[0] != '{' && value[0] != '[' && bytes.IndexByte(value, '\\') < 0 {
		return value // only white space, the order of members and escapes may differ
	}
	format := jsonx.Canonical
	if ordered {
		format = jsonx.Compact
	}
	canonical, err := format(value)
	if err != nil {
		return value
	}
	return canonical
}
