package key

import (
	"cmp"
	"slices"

	"github.com/sluicegate/sluice/internal/jsonx"
)

// ignoredMember reports the top-level members of a body that do not change the answer.
func ignoredMember(name string) bool {
	switch name {
	case "stream", "stream_options", "user", "config":
		return true
	}
	return false
}

// orderedMember reports the top-level members whose own members keep their order, because
// models answer in the order of a schema.
func orderedMember(name string) bool {
	switch name {
	case "tools", "functions", "response_format":
		return true
	}
	return false
}

// canonicalBody returns a body in a form in which equal bodies have equal bytes: members
// sorted, no white space, no escapes that are not needed. Numbers keep their spelling. The
// result is for hashing only; it is not JSON.
func canonicalBody(body []byte) []byte {
	members := slices.SortedStableFunc(jsonx.Members(body), func(a, b jsonx.Member) int { return cmp.Compare(a.Key, b.Key) })
	var out []byte
	for _, m := range members {
		if !ignoredMember(m.Key) {
			out = appendField(appendField(out, m.Key), canonicalValue(m.Value, orderedMember(m.Key)))
		}
	}
	return out
}

// canonicalValue returns one value in canonical form, or as it is written if it has none (half
// a surrogate pair, a name given twice). No canonical form equals such a value, so the price is
// a miss at most.
func canonicalValue(value []byte, ordered bool) []byte {
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
