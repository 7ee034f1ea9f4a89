package gateway

import "github.com/sluicegate/sluice/internal/jsonx"

// The functions in this file are former names of functions of package jsonx. They go when
// their last caller has gone.

// AppendQuoted appends s as a JSON string.
//
// Deprecated: use jsonx.AppendQuote.
func AppendQuoted[T ~string | ~[]byte](dst []byte, s T) []byte { return jsonx.AppendQuote(dst, s) }

// ValidJSON reports whether raw is one JSON text.
//
// Deprecated: use jsonx.Valid.
func ValidJSON[T ~string | ~[]byte](raw T) bool { return jsonx.Valid([]byte(raw)) }
