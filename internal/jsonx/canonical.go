package jsonx

import "github.com/go-json-experiment/json/jsontext"

// Canonical returns raw in a form in which equal texts are equal bytes: no white space,
// members in the order of RFC 8785, strings with as few escapes as possible.
//
// It differs from RFC 8785 in numbers: they keep their spelling. RFC 8785 rounds them to
// float64, which makes 9007199254740993 and 9007199254740992 the same; a cache must not
// confuse them. The price is that 1, 1.0 and 1e0 stay different.
//
// It returns an error for what has no canonical form: invalid UTF-8, half a surrogate pair
// and an object, at any level, with a name twice.
func Canonical(raw []byte) ([]byte, error) {
	return jsontext.AppendFormat(nil, raw, jsontext.ReorderRawObjects(true), jsontext.PreserveRawStrings(false),
		jsontext.CanonicalizeRawInts(false), jsontext.CanonicalizeRawFloats(false))
}

// Compact is Canonical with members in the order of the text.
func Compact(raw []byte) ([]byte, error) {
	return jsontext.AppendFormat(nil, raw, jsontext.PreserveRawStrings(false),
		jsontext.CanonicalizeRawInts(false), jsontext.CanonicalizeRawFloats(false))
}
