package gateway

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// cursor reads valid JSON without decoding it. On a text that was not validated it ends
// early but stays inside raw.
type cursor struct {
	raw []byte
	pos int
}

func (c *cursor) space() {
	if c.pos < len(c.raw) && c.raw[c.pos] > ' ' {
		return
	}
	c.spaces()
}

func (c *cursor) spaces() {
	for c.pos < len(c.raw) {
		switch c.raw[c.pos] {
		case ' ', '\t', '\n', '\r':
			c.pos++
		default:
			return
		}
	}
}

// str consumes a string. It looks for quotes and counts the backslashes before one: long
// texts are most of a prompt.
func (c *cursor) str() {
	first := c.pos + 1
	for at := first; at < len(c.raw); {
		i := quoteIn(c.raw[at:])
		if i < 0 {
			break
		}
		end := at + i
		slashes := 0
		for end-1-slashes >= first && c.raw[end-1-slashes] == '\\' {
			slashes++
		}
		if at = end + 1; slashes%2 == 0 {
			c.pos = at
			return
		}
	}
	c.pos = len(c.raw)
}

// quoteIn is where the first quote in s is, -1 if there is none. Names and most values are
// short: calling for a search costs more than looking at sixteen bytes here.
func quoteIn(s []byte) int {
	at := 0
	for ; at < 16 && at+8 <= len(s); at += 8 {
		w := binary.LittleEndian.Uint64(s[at:]) ^ '"'*ones
		if found := (w - ones) &^ w & tops; found != 0 { // a borrow spoils only bytes above one that counts
			return at + bits.TrailingZeros64(found)/8
		}
	}
	if i := bytes.IndexByte(s[at:], '"'); i >= 0 {
		return at + i
	}
	return -1
}

func (c *cursor) scalar() {
	for c.pos < len(c.raw) {
		switch c.raw[c.pos] {
		case ',', ']', '}', ' ', '\t', '\n', '\r':
			return
		}
		c.pos++
	}
}

// take consumes any value and gives it as it stands; nothing where none is.
func (c *cursor) take() []byte {
	from := c.pos
	if from >= len(c.raw) {
		return nil
	}
	switch c.raw[from] {
	case '{', '[':
		c.skip()
	case '"':
		c.str()
	default:
		c.scalar()
	}
	return c.raw[from:c.pos]
}

// enter goes into an object or list and tells which by its bracket. Any other value is
// consumed, and has no members: the bracket is 0.
//
//	in := c.enter()
//	for key, ok := c.member(in); ok; key, ok = c.member(in) {
//		… enter or take the value …
//	}
func (c *cursor) enter() (bracket byte) {
	if c.space(); c.pos < len(c.raw) && (c.raw[c.pos] == '{' || c.raw[c.pos] == '[') {
		bracket = c.raw[c.pos]
		c.pos++
		return bracket
	}
	c.take()
	return 0
}

// member goes to the value of the next member of what was entered, and gives its key, nil
// in a list. Behind the last one the closing bracket is consumed.
func (c *cursor) member(in byte) (key []byte, ok bool) {
	if in == 0 {
		return nil, false
	}
	if c.space(); c.pos < len(c.raw) && c.raw[c.pos] == ',' {
		c.pos++
		c.space()
	}
	if c.pos < len(c.raw) && (c.raw[c.pos] == '}' || c.raw[c.pos] == ']') {
		c.pos++
		return nil, false
	}
	if in == '{' {
		if key, ok = c.name(); !ok {
			c.pos = len(c.raw)
			return nil, false
		}
		c.space()
	}
	if c.pos < len(c.raw) && c.raw[c.pos] != ',' && c.raw[c.pos] != '}' && c.raw[c.pos] != ']' {
		return key, true
	}
	c.pos = len(c.raw) // no value, so no JSON
	return nil, false
}

// name consumes a key with its colon and gives it decoded. It shares the text's memory
// where it is plain ASCII.
func (c *cursor) name() (key []byte, ok bool) {
	from := c.pos
	if from >= len(c.raw) || c.raw[from] != '"' {
		return nil, false
	}
	if end := from + 1 + plainLen(c.raw[from+1:]); end < len(c.raw) && c.raw[end] == '"' {
		key, c.pos = c.raw[from+1:end], end+1
	} else {
		if c.str(); c.pos-from < 2 {
			return nil, false
		}
		key = []byte(unquote(c.raw[from:c.pos]))
	}
	c.space()
	c.pos++ // ':'
	return key, true
}

// skip consumes an object or array without looking inside.
func (c *cursor) skip() {
	for depth := 0; c.pos < len(c.raw); {
		switch c.raw[c.pos] {
		case '"':
			c.str()
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		c.pos++
		if depth == 0 {
			return
		}
	}
}

// tooDeep reports more than maxDepth open brackets, in any text.
func tooDeep(raw []byte) bool {
	c, depth := cursor{raw: raw}, 0
	for c.pos < len(raw) {
		switch raw[c.pos] {
		case '"':
			c.str()
			continue
		case '{', '[':
			if depth++; depth > maxDepth {
				return true
			}
		case '}', ']':
			depth--
		}
		c.pos++
	}
	return false
}
