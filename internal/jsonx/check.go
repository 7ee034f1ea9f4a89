package jsonx

import (
	"errors"
	"io"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// Limits bound what Check accepts. A limit of 0 is none.
type Limits struct {
	MaxDepth  int // levels of objects and arrays
	MaxKeys   int // members of one object
	MaxValues int // values in the whole text, objects and arrays included
}

// DefaultLimits are the limits for a body that a caller sent.
var DefaultLimits = Limits{MaxDepth: 128, MaxKeys: 10_000, MaxValues: 2_000_000}

// Check returns nil if raw is one JSON text in valid UTF-8, within the limits, whose
// top-level object has no name twice. Else it returns an *Error about the first problem.
//
// Names are compared decoded: "a" and "\u0061" are the same. A name that an inner object
// has twice is accepted; Get takes the last one.
func Check(raw []byte, limits Limits) error {
	c := checker{raw: raw, limits: limits, dec: newDecoder(raw)}
	if err := c.run(); err != nil {
		return err
	}
	if !utf8.Valid(raw) {
		at := firstInvalid(raw)
		return newError(raw, InvalidUTF8, at, pathAt(raw, at), nil)
	}
	return nil
}

type checker struct {
	raw    []byte
	limits Limits
	dec    *jsontext.Decoder
	values int
	names  map[string]bool // of the top-level object
}

func (c *checker) run() error {
	for {
		tok, err := c.dec.ReadToken()
		if err == io.EOF && c.values > 0 {
			return nil
		}
		if err != nil {
			return c.syntaxError(err)
		}
		if kind := c.token(tok); kind != 0 {
			return c.fail(kind)
		}
		if c.dec.StackDepth() == 0 {
			return c.end()
		}
	}
}

// token counts one token and returns the limit that it breaks, 0 if none.
func (c *checker) token(tok jsontext.Token) ErrorKind {
	depth := c.dec.StackDepth()
	kind := tok.Kind()
	if kind == '}' || kind == ']' {
		return 0
	}
	if c.limits.MaxDepth > 0 && depth > c.limits.MaxDepth {
		return TooDeep
	}
	if kind != '{' && kind != '[' {
		// StackIndex counts names and values: after a name the count is odd.
		if in, n := c.dec.StackIndex(depth); in == '{' && n%2 == 1 {
			return c.name(tok, depth, (n+1)/2)
		}
	}
	if c.values++; c.limits.MaxValues > 0 && c.values > c.limits.MaxValues {
		return TooManyValues
	}
	return 0
}

// name checks the n-th name of an object.
func (c *checker) name(tok jsontext.Token, depth int, n int64) ErrorKind {
	if c.limits.MaxKeys > 0 && n > int64(c.limits.MaxKeys) {
		return TooManyKeys
	}
	if depth > 1 {
		return 0
	}
	if c.names == nil {
		c.names = map[string]bool{}
	}
	name := tok.String()
	if c.names[name] {
		return DuplicateName
	}
	c.names[name] = true
	return 0
}

// end refuses what follows the text.
func (c *checker) end() error {
	if _, err := c.dec.ReadToken(); err == io.EOF {
		return nil
	} else if err != nil {
		return c.syntaxError(err)
	}
	return newError(c.raw, Syntax, int(c.dec.InputOffset())-1, "", errors.New("unexpected data after the value"))
}

// fail is about the token that was just read.
func (c *checker) fail(kind ErrorKind) error {
	return newError(c.raw, kind, max(int(c.dec.InputOffset())-1, 0), pathOf(c.dec, c.dec.StackPointer()).String(), nil)
}

func (c *checker) syntaxError(err error) error {
	at, pointer := int(c.dec.InputOffset()), c.dec.StackPointer()
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) {
		at, pointer = int(syntax.ByteOffset), syntax.JSONPointer
		if c.dec.StackDepth() >= jsontextDepth {
			return newError(c.raw, TooDeep, at, "", nil)
		}
		err = syntax.Err
	}
	if err == io.EOF {
		at, err = len(c.raw), io.ErrUnexpectedEOF
	}
	return newError(c.raw, Syntax, at, pathOf(c.dec, pointer).String(), err)
}

// jsontextDepth is the depth at which jsontext itself stops.
const jsontextDepth = 10_000

// firstInvalid is the offset of the first byte that is no UTF-8.
func firstInvalid(raw []byte) int {
	for at := 0; at < len(raw); {
		r, size := utf8.DecodeRune(raw[at:])
		if r == utf8.RuneError && size == 1 {
			return at
		}
		at += size
	}
	return len(raw)
}
