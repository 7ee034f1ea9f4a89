package gateway

import "github.com/sluicegate/sluice/internal/jsonx"

// The functions in this file are former names of functions of package jsonx. They go when
// their last caller has gone.

// Refuse is the former name of InvalidField.
//
// Deprecated: use InvalidField.
func Refuse(op, param, public string) *Error { return InvalidField(op, param, public) }

// AppendQuoted appends s as a JSON string.
//
// Deprecated: use jsonx.AppendQuote.
func AppendQuoted[T ~string | ~[]byte](dst []byte, s T) []byte { return jsonx.AppendQuote(dst, s) }

// AppendEscaped is AppendQuoted without the quotes.
//
// Deprecated: use jsonx.AppendEscaped.
func AppendEscaped[T ~string | ~[]byte](dst []byte, s T) []byte { return jsonx.AppendEscaped(dst, s) }

// ValidJSON reports whether raw is one JSON text.
//
// Deprecated: use jsonx.Valid.
func ValidJSON[T ~string | ~[]byte](raw T) bool { return jsonx.Valid([]byte(raw)) }

// TextOf is a raw value as text. A string that cannot be decoded is given as it stands between
// the quotes.
//
// Deprecated: use jsonx.Text.
func TextOf(raw []byte) string {
	if _, ok := jsonx.Unquote(raw); !ok && len(raw) > 1 && raw[0] == '"' {
		return string(raw[1 : len(raw)-1])
	}
	return jsonx.Text(raw)
}

// Member gives the raw value of a member of an object.
//
// Deprecated: use jsonx.Get.
func Member(raw []byte, name string) []byte { return jsonx.Get(raw, name) }

// Change is one change of a top-level member.
//
// Deprecated: use jsonx.Change.
type Change = jsonx.Change
