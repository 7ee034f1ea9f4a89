package gateway

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// FuzzWellFormed: one pass says what three readers say.
func FuzzWellFormed(f *testing.F) {
	nested := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	for _, s := range []string{
		``, ` `, `{}`, `[]`, `{`, `}`, `[}`, `{]`, `[{]}`, `{"a":1}`, `{"a":1,}`, `{"a" : [1 , 2 ,{ "b":null}]} `, `[1,]`, `[,1]`, `{"a"}`, `{"a":}`, `{,}`, `{1:2}`,
		`"a"`, `"a`, `"\"`, `"\\"`, `"\u00e9"`, `"\u00g9"`, `"\u00"`, `"\x"`, "\"a\nb\"", "\"12345678\x1f\"", `"12345678\"12345678"`, "\"\x7f\"", "\"caf\xc3\xa9 caf\xe9\"", "\xef\xbb\xbf{}",
		`0`, `-0`, `01`, `-`, `1.`, `.5`, `1.5e`, `1E+10`, `1e-`, `-1.5e10`, `1 2`, `+1`, `true`, `tru`, `truex`, `false`, `null`, `nul`, `nan`, "\x00", "{}\x00", "[1\x00]",
		nested(maxDepth), nested(maxDepth + 1), strings.Repeat(`{"a":`, maxDepth) + "1" + strings.Repeat("}", maxDepth), strings.Repeat(`[{"a":`, 300) + "1",
		`{"model":"@bench/bench","messages":[{"role":"user","content":"The courier could not reach the customer."}],"n":null,"stream":false}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		want := !tooDeep(raw) && gjson.ValidBytes(raw)
		ok, ascii := wellFormed(raw)
		if ok != want {
			t.Fatalf("%q: got %v, want %v", raw, ok, want)
		}
		if got := ok && (ascii || utf8.Valid(raw)); got != (want && utf8.Valid(raw)) {
			t.Fatalf("%q: its encoding is judged %v", raw, got)
		}
	})
}

func TestPlainLen(t *testing.T) {
	for c := range 256 {
		odd := byte(c)
		want := c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf
		for at := range 45 {
			s := []byte(strings.Repeat("~", 45))
			s[at] = odd
			s[min(at+1, 44)], s[44] = odd, odd // what follows the first one does not matter
			n := 45
			if want {
				n = at
			}
			if got := plainLen(s); got != n {
				t.Fatalf("byte %#x at %d: %d, want %d", c, at, got, n)
			}
			if got := plainLen(string(s)); got != n {
				t.Fatalf("byte %#x at %d of a string: %d, want %d", c, at, got, n)
			}
		}
	}
}

// quoteIn is bytes.IndexByte.
func TestQuoteIn(t *testing.T) {
	for n := range 42 {
		for b := range 256 {
			text := bytes.Repeat([]byte{byte(b)}, n)
			if got, want := quoteIn(text), bytes.IndexByte(text, '"'); got != want {
				t.Fatalf("%q: %d, want %d", text, got, want)
			}
			for at := range n {
				one := bytes.Clone(text)
				one[at] = '"'
				if got, want := quoteIn(one), bytes.IndexByte(one, '"'); got != want {
					t.Fatalf("%q: %d, want %d", one, got, want)
				}
			}
		}
	}
}
