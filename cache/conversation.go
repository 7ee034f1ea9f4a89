package cache

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// lastText finds the text of the last message when it is the user's: a string content,
// or the last text among its parts (the other parts then belong to the context). ok is
// false when the conversation ends otherwise, e.g. with a tool's result: such an answer
// depends on more than a question. plain is false where a top-level key is spelled with
// escapes: what a change does to it only Target.Apply can tell.
func lastText(raw []byte) (at span, ok, plain bool) {
	c := cursor{raw: raw}
	plain = true
	for {
		key, more := c.key()
		if !more {
			return at, ok, plain
		}
		plain = plain && bytes.IndexByte(key, '\\') < 0
		if string(key) != `"messages"` || c.peek() != '[' {
			c.skip()
			continue
		}
		at, ok = span{}, false
		for c.element() {
			at, ok = c.userText()
		}
	}
}

// userText consumes a message and finds its text.
func (c *cursor) userText() (at span, ok bool) {
	if c.peek() != '{' {
		c.skip()
		return span{}, false
	}
	user := false
	for {
		key, more := c.key()
		if !more {
			return at, user && at.end > at.start
		}
		switch {
		case string(key) == `"role"`:
			user = string(c.skip()) == `"user"`
		case string(key) == `"content"` && c.peek() == '"':
			at.start = c.pos
			c.str()
			at.end = c.pos
		case string(key) == `"content"` && c.peek() == '[':
			for c.element() {
				if part, found := c.partText(); found {
					at = part
				}
			}
		default:
			c.skip()
		}
	}
}

// partText consumes a part of a message and finds its text.
func (c *cursor) partText() (at span, ok bool) {
	if c.peek() != '{' {
		c.skip()
		return span{}, false
	}
	for {
		key, more := c.key()
		if !more {
			return at, at.end > at.start
		}
		if string(key) == `"text"` && c.peek() == '"' {
			at.start = c.pos
			c.str()
			at.end = c.pos
			continue
		}
		c.skip()
	}
}

// decode is the text of a JSON string with quotes. What is not UTF-8, or no JSON, is
// left to the decoder.
func decode(quoted []byte) (string, bool) {
	if len(quoted) < 2 || !utf8.Valid(quoted) {
		return decodeOdd(quoted)
	}
	text := quoted[1 : len(quoted)-1]
	i := bytes.IndexByte(text, '\\')
	if i < 0 {
		return string(text), true
	}
	var out strings.Builder
	out.Grow(len(text))
	for ; i >= 0; i = bytes.IndexByte(text, '\\') {
		out.Write(text[:i])
		r, n := unescape(text[i:])
		if n == 0 {
			return decodeOdd(quoted)
		}
		out.WriteRune(r)
		text = text[i+n:]
	}
	out.Write(text)
	return out.String(), true
}

func decodeOdd(quoted []byte) (string, bool) {
	var s string
	err := json.Unmarshal(quoted, &s)
	return s, err == nil
}

// unescape reads the escape that s begins with; n is 0 if it is none.
func unescape(s []byte) (r rune, n int) {
	if len(s) < 2 {
		return 0, 0
	}
	if i := strings.IndexByte(`nrt"\/bf`, s[1]); i >= 0 {
		return rune("\n\r\t\"\\/\b\f"[i]), 2
	}
	if r, n = escaped(s); n < 6 {
		return 0, 0
	}
	return r, n
}
