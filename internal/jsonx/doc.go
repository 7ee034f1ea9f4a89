// Package jsonx reads and edits JSON texts without decoding them into Go values. It is a
// plain library on jsontext and imports nothing else of Sluice.
//
// Check is the gate: it proves that a text from outside is valid and within its Limits.
// Everything else reads texts that passed it. On a text that did not, the functions return
// an error or stop early; they never panic and never read outside the text.
//
// A body is edited by Splice, Update, Set and Delete. They return a new text in which every
// byte outside the edited spans is the caller's own: white space, the spelling of numbers
// and the escapes of strings stay. No function writes to the text that it is given. Raw
// values that Members, Elements, Get and Walk give out share the memory of that text.
//
// All functions are linear in the length of the text. Invalid UTF-8 and half a surrogate
// pair (an escape such as \ud800 alone) decode to U+FFFD, as in encoding/json.
package jsonx

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"
)

// newDecoder reads raw in place. It tolerates what encoding/json tolerates: names given
// twice and invalid UTF-8.
func newDecoder(raw []byte) *jsontext.Decoder {
	return jsontext.NewDecoder(bytes.NewBuffer(raw), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

// Valid reports whether raw is one JSON text. It checks the syntax only, up to 10,000 levels
// deep; use Check for a text that a caller sent.
func Valid(raw []byte) bool {
	return jsontext.Value(raw).IsValid(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}
