package cache

import (
	"bytes"
	"slices"
	"unicode/utf16"
	"unicode/utf8"
)

// canonical writes a body so that what means the same reads the same: no white space,
// members sorted, \u escapes of printable characters resolved. Numbers keep their
// spelling. Members of tools, functions and response_format keep their order, because
// providers answer in the order of a schema.
type canonical struct {
	cursor
	dst   []byte
	swap  []byte   // room for sorting
	stack []member // of the objects that are open
	hole  span     // of a string that is left out
	sets  []change // of top-level members
	depth int
}

// maxDepth is where the walk stops looking inside: deeper values count as they stand.
const maxDepth = 256

// span is a piece of a text.
type span struct{ start, end int }

// aside are the top-level members that do not change the answer.
func aside(key []byte) bool {
	switch string(key) {
	case `"stream"`, `"stream_options"`, `"user"`, `"config"`:
		return true
	}
	return false
}

func ordered(key []byte) bool {
	switch string(key) {
	case `"tools"`, `"functions"`, `"response_format"`:
		return true
	}
	return false
}

// hole stands where the text was; no JSON holds this byte.
const holeMark = 0

type member struct{ key, whole span }

func (c *canonical) body() {
	c.object(true, true)
}

func (c *canonical) value(sorted bool) {
	ch := c.peek()
	if c.depth++; c.depth > maxDepth && (ch == '{' || ch == '[') {
		c.dst = append(c.dst, c.skip()...)
		ch = 0
	}
	switch ch {
	case 0:
	case '"':
		if c.pos == c.hole.start && c.hole.end > 0 {
			c.str()
			c.dst = append(c.dst, holeMark)
		} else {
			c.dst = appendString(c.dst, c.str())
		}
	case '{':
		c.object(false, sorted)
	case '[':
		c.dst = append(c.dst, '[')
		for c.element() {
			c.value(sorted)
			c.dst = append(c.dst, ',')
		}
		c.dst = append(c.dst, ']')
	default:
		c.dst = append(c.dst, c.word()...)
	}
	c.depth--
}

func (c *canonical) object(top, sorted bool) {
	c.dst = append(c.dst, '{')
	start := len(c.dst)
	base, inOrder := len(c.stack), true
	for {
		key, ok := c.key()
		if !ok {
			break
		}
		if top && (aside(key) || c.replaced(key)) {
			c.skip()
			continue
		}
		c.member(key, sorted && !(top && ordered(key)))
		if n := len(c.stack) - 1; inOrder && n > base {
			inOrder = bytes.Compare(c.text(c.stack[n-1].key), c.text(c.stack[n].key)) <= 0
		}
	}
	if top && c.changed() {
		inOrder = false
	}
	if sorted && !inOrder {
		c.sort(c.stack[base:], start)
	}
	c.stack = c.stack[:base]
	c.dst = append(c.dst, '}')
}

// member writes a key and the value that the cursor stands at.
func (c *canonical) member(key []byte, sorted bool) {
	m := member{whole: span{start: len(c.dst)}}
	c.dst = appendString(c.dst, key)
	m.key = span{m.whole.start, len(c.dst)}
	c.dst = append(c.dst, ':')
	c.value(sorted)
	c.dst = append(c.dst, ',')
	m.whole.end = len(c.dst)
	c.stack = append(c.stack, m)
}

func (c *canonical) text(s span) []byte { return c.dst[s.start:s.end] }

// sort puts the members, which fill dst from start, in the order of their keys.
func (c *canonical) sort(ms []member, start int) {
	if len(ms) <= 16 {
		for i := 1; i < len(ms); i++ {
			for j := i; j > 0 && bytes.Compare(c.text(ms[j].key), c.text(ms[j-1].key)) < 0; j-- {
				ms[j], ms[j-1] = ms[j-1], ms[j]
			}
		}
	} else {
		slices.SortStableFunc(ms, func(a, b member) int { return bytes.Compare(c.text(a.key), c.text(b.key)) })
	}
	c.swap = append(c.swap[:0], c.dst[start:]...)
	at := start
	for _, m := range ms {
		at += copy(c.dst[at:], c.swap[m.whole.start-start:m.whole.end-start])
	}
}

// appendString writes a JSON string with the escapes that it needs and no others. The
// result is for hashing: what follows a backslash that stays is kept as it is.
func appendString(dst, quoted []byte) []byte {
	for {
		i := bytes.IndexByte(quoted, '\\')
		if i < 0 || i+1 >= len(quoted) {
			return append(dst, quoted...)
		}
		dst = append(dst, quoted[:i]...)
		quoted = quoted[i:]
		n := 2
		switch quoted[1] {
		case '/':
			dst = append(dst, '/')
		case 'u':
			r, size := escaped(quoted)
			n = size
			if r >= ' ' && r != '"' && r != '\\' && r != utf8.RuneError {
				dst = utf8.AppendRune(dst, r)
			} else {
				dst = append(dst, control(quoted[:n], r)...)
			}
		default:
			dst = append(dst, quoted[:2]...)
		}
		quoted = quoted[n:]
	}
}

// control is the short form of an escape where there is one.
func control(as []byte, r rune) []byte {
	if i := bytes.IndexRune([]byte("\n\r\t\b\f\"\\"), r); i >= 0 && r < 0x80 {
		return []byte{'\\', `nrtbf"\`[i]}
	}
	return bytes.ToLower(as)
}

// escaped reads the \uXXXX, or pair of them, that s begins with.
func escaped(s []byte) (rune, int) {
	r, ok := hex4(s)
	if !ok {
		return utf8.RuneError, min(2, len(s))
	}
	if !utf16.IsSurrogate(r) {
		return r, 6
	}
	if low, ok := hex4(s[6:]); ok {
		if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
			return pair, 12
		}
	}
	return utf8.RuneError, 6
}

func hex4(s []byte) (r rune, ok bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	for _, ch := range s[2:6] {
		switch {
		case ch >= '0' && ch <= '9':
			ch -= '0'
		case ch|0x20 >= 'a' && ch|0x20 <= 'f':
			ch = ch | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(ch)
	}
	return r, true
}
