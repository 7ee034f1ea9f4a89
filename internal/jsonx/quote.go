package jsonx

import (
	"bytes"
	"strconv"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// Quote returns s as a JSON string, as AppendQuote writes it.
func Quote[T ~string | ~[]byte](s T) []byte { return AppendQuote(nil, s) }

// AppendQuote appends s as a JSON string in the form of RFC 8785: escaped are quotes,
// backslashes and control characters, with the short escapes \b \t \n \f \r where there is
// one and lower-case \u00xx elsewhere. Other characters, HTML's included, stand as they are.
// Each byte that is no UTF-8 becomes U+FFFD. s must not share memory with dst.
func AppendQuote[T ~string | ~[]byte](dst []byte, s T) []byte {
	dst, _ = jsontext.AppendQuote(dst, s) // the error only reports the replacement
	return dst
}

// AppendEscaped is AppendQuote without the quotes.
func AppendEscaped[T ~string | ~[]byte](dst []byte, s T) []byte {
	start := len(dst)
	dst = AppendQuote(dst, s)
	n := copy(dst[start:], dst[start+1:len(dst)-1])
	return dst[:start+n]
}

// Unquote decodes a JSON string with its quotes and nothing around them; false: raw is none.
func Unquote(raw []byte) (string, bool) {
	if len(raw) < 2 || raw[0] != '"' || raw[len(raw)-1] != '"' {
		return "", false
	}
	if isVerbatim(raw[1 : len(raw)-1]) {
		return string(raw[1 : len(raw)-1]), true
	}
	text, err := jsontext.AppendUnquote(nil, raw)
	if err != nil && !Valid(raw) {
		return "", false
	}
	return string(text), true // an error in a valid text only reports a replacement
}

// isVerbatim reports whether text, which stood between the quotes of a JSON string, decodes
// to itself.
func isVerbatim(text []byte) bool {
	if bytes.IndexByte(text, '"') >= 0 || bytes.IndexByte(text, '\\') >= 0 {
		return false
	}
	for _, b := range text {
		if b < ' ' {
			return false
		}
	}
	return utf8.Valid(text)
}

// String is the text of a JSON string, "" for any other value and for nil.
func String(raw []byte) string {
	s, _ := Unquote(raw)
	return s
}

// Text is a value as text: a string decoded, null and nil as "", anything else as it is
// written.
func Text(raw []byte) string {
	if s, ok := Unquote(raw); ok {
		return s
	}
	if string(raw) == "null" {
		return ""
	}
	return string(raw)
}

// Float is a number, nil for any other value.
func Float(raw []byte) *float64 {
	if len(raw) == 0 || raw[0] != '-' && (raw[0] < '0' || raw[0] > '9') {
		return nil
	}
	f, err := strconv.ParseFloat(string(raw), 64)
	if err != nil {
		return nil
	}
	return &f
}

// Int is a number as a whole number: fractions are cut off. It is 0 for any other value and
// for a number outside the range of int64.
func Int(raw []byte) int64 {
	if len(raw) == 0 || raw[0] != '-' && (raw[0] < '0' || raw[0] > '9') {
		return 0
	}
	if n, err := strconv.ParseInt(string(raw), 10, 64); err == nil {
		return n
	}
	f, err := strconv.ParseFloat(string(raw), 64)
	if err != nil || f != f || f < -1<<63 || f >= 1<<63 {
		return 0
	}
	return int64(f)
}
