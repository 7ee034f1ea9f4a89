package cache

import (
	"encoding/json"
	"unicode/utf8"
)

// lastText finds the text of the last message when it is the user's: a string content,
// or the last text among its parts (the other parts then belong to the context). ok is
// false when the conversation ends otherwise, e.g. with a tool's result: such an answer
// depends on more than a question.
func lastText(raw []byte) (at span, ok bool) {
	c := cursor{raw: raw}
	for {
		key, more := c.key()
		if !more {
			return at, ok
		}
		if string(key) != `"messages"` || c.peek() != '[' {
			c.skip()
			continue
		}
		at, ok = span{}, false
		for c.element() {
			start := c.pos
			at, ok = userText(raw, start)
			c.skip()
		}
	}
}

// userText finds the text of the message that begins at start.
func userText(raw []byte, start int) (at span, ok bool) {
	c := cursor{raw: raw, pos: start}
	if c.peek() != '{' {
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
				if part, found := partText(raw, c.pos); found {
					at = part
				}
				c.skip()
			}
		default:
			c.skip()
		}
	}
}

func partText(raw []byte, start int) (at span, ok bool) {
	c := cursor{raw: raw, pos: start}
	if c.peek() != '{' {
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

// decode is the text of a JSON string with quotes.
func decode(quoted []byte) (string, bool) {
	plain := len(quoted) >= 2
	for _, ch := range quoted {
		if ch == '\\' || ch >= utf8.RuneSelf {
			plain = false
			break
		}
	}
	if plain {
		return string(quoted[1 : len(quoted)-1]), true
	}
	var s string
	return s, json.Unmarshal(quoted, &s) == nil
}
