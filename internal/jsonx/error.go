package jsonx

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// ErrorKind says what is wrong with a text.
type ErrorKind int

// The kinds.
const (
	Syntax        ErrorKind = iota + 1 // the text is no JSON
	InvalidUTF8                        // the text is not in UTF-8
	TooDeep                            // more levels than Limits.MaxDepth
	DuplicateName                      // the top-level object has a name twice
	TooManyKeys                        // an object has more members than Limits.MaxKeys
	TooManyValues                      // the text has more values than Limits.MaxValues
)

func (k ErrorKind) String() string {
	switch k {
	case Syntax:
		return "invalid syntax"
	case InvalidUTF8:
		return "invalid UTF-8"
	case TooDeep:
		return "nested too deep"
	case DuplicateName:
		return "duplicate name"
	case TooManyKeys:
		return "too many members in an object"
	case TooManyValues:
		return "too many values"
	}
	return "unknown"
}

// Error is a problem in a text and its place.
type Error struct {
	Kind   ErrorKind
	Line   int    // from 1
	Column int    // from 1, in characters
	Field  string // path of the value or name, such as "messages[0].content"; "" at the top or unknown
	Err    error  // what the parser said; nil unless Kind is Syntax
}

func (e *Error) Error() string {
	s := fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Kind)
	if e.Field != "" {
		s += fmt.Sprintf(" at %q", e.Field)
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

func newError(raw []byte, kind ErrorKind, offset int, field string, err error) *Error {
	before := raw[:min(offset, len(raw))]
	return &Error{
		Kind:   kind,
		Line:   bytes.Count(before, []byte("\n")) + 1,
		Column: utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1,
		Field:  field,
		Err:    err,
	}
}
