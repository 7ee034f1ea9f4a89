package gateway

import "bytes"

// cursor reads valid JSON without decoding it. On a text that was not validated it ends
// early but stays inside raw.
type cursor struct {
	raw []byte
	pos int
}

func (c *cursor) space() {
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
		i := bytes.IndexByte(c.raw[at:], '"')
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

func (c *cursor) scalar() {
	for c.pos < len(c.raw) {
		switch c.raw[c.pos] {
		case ',', ']', '}', ' ', '\t', '\n', '\r':
			return
		}
		c.pos++
	}
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
