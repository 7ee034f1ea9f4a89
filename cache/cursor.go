package cache

import "bytes"

// cursor walks a JSON text without decoding it. The text was validated when the request
// was read; on one that was not, the walk ends early but stays inside raw.
type cursor struct {
	raw []byte
	pos int
}

func (c *cursor) space() {
	for c.pos < len(c.raw) && c.raw[c.pos] <= ' ' { // one question where there is none
		switch c.raw[c.pos] {
		case ' ', '\t', '\n', '\r':
			c.pos++
		default:
			return
		}
	}
}

// peek is the next byte that is no space, 0 at the end.
func (c *cursor) peek() byte {
	c.space()
	if c.pos < len(c.raw) {
		return c.raw[c.pos]
	}
	return 0
}

// str consumes a string and returns it with its quotes. It looks for quotes and counts
// the backslashes before one: long texts are most of a body.
func (c *cursor) str() []byte {
	start := c.pos
	for at := start + 1; at < len(c.raw); {
		i := bytes.IndexByte(c.raw[at:], '"')
		if i < 0 {
			break
		}
		end := at + i
		n := end
		for n > start+1 && c.raw[n-1] == '\\' {
			n--
		}
		if at = end + 1; (end-n)%2 == 0 {
			c.pos = at
			return c.raw[start:at]
		}
	}
	c.pos = len(c.raw)
	return c.raw[min(start, c.pos):]
}

// word consumes a number, true, false or null.
func (c *cursor) word() []byte {
	start := c.pos
	for c.pos < len(c.raw) {
		switch c.raw[c.pos] {
		case ',', ']', '}', ' ', '\t', '\n', '\r', ':', '"', '{', '[':
			if c.pos == start {
				c.pos++ // no value at all: never stand still
			}
			return c.raw[start:c.pos]
		}
		c.pos++
	}
	return c.raw[start:]
}

// skip consumes one value and returns it.
func (c *cursor) skip() []byte {
	ch := c.peek()
	start := c.pos
	switch ch {
	case 0:
		return nil
	case '"':
		return c.str()
	case '{', '[':
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
				return c.raw[start:c.pos]
			}
		}
	default:
		return c.word()
	}
	return c.raw[start:min(c.pos, len(c.raw))]
}

// key consumes the next key of an object and its colon; ok is false at the end, which
// is consumed as well.
func (c *cursor) key() (key []byte, ok bool) {
	ch := c.peek()
	if ch == ',' || ch == '{' {
		c.pos++
		ch = c.peek()
	}
	if ch != '"' {
		c.pos = min(c.pos+1, len(c.raw))
		return nil, false
	}
	key = c.str()
	if c.peek() == ':' {
		c.pos++
	}
	c.space()
	return key, true
}

// element moves to the next element of an array; false at the end, which is consumed.
func (c *cursor) element() bool {
	ch := c.peek()
	if ch == ',' || ch == '[' {
		first := ch == '['
		c.pos++
		if ch = c.peek(); !first && ch != 0 {
			return true
		}
	}
	if ch == ']' || ch == 0 {
		c.pos = min(c.pos+1, len(c.raw))
		return false
	}
	return true
}
