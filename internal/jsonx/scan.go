package jsonx

import "bytes"

// The functions in this file find where names and values end. The text at raw[i:] is taken
// to be valid JSON. On any other text they return -1 or some offset inside the text.

// skipSpace returns the offset of the next byte that is no white space, len(raw) at the end.
func skipSpace(raw []byte, i int) int {
	for i < len(raw) && (raw[i] == ' ' || raw[i] == '\t' || raw[i] == '\n' || raw[i] == '\r') {
		i++
	}
	return i
}

// skipString returns the offset behind the string that begins at i, -1 if it does not end. It goes
// from quote to quote: a quote behind an odd number of backslashes belongs to the text.
func skipString(raw []byte, i int) int {
	for from := i + 1; from <= len(raw); {
		quote := bytes.IndexByte(raw[from:], '"')
		if quote < 0 {
			return -1
		}
		end := from + quote
		first := end // of the backslashes before the quote
		for first > from && raw[first-1] == '\\' {
			first--
		}
		if from = end + 1; (end-first)%2 == 0 {
			return from
		}
	}
	return -1
}

// skipValue returns the offset behind the value that begins at i, -1 if there is none.
func skipValue(raw []byte, i int) int {
	if i >= len(raw) {
		return -1
	}
	switch raw[i] {
	case '"':
		return skipString(raw, i)
	case '{', '[':
		return skipContainer(raw, i)
	}
	start := i
	for i < len(raw) && !endsScalar(raw[i]) {
		i++
	}
	if i == start {
		return -1
	}
	return i
}

// skipContainer returns the offset behind the object or array that begins at i.
func skipContainer(raw []byte, i int) int {
	for depth := 0; i < len(raw); i++ {
		switch raw[i] {
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		case '"':
			end := skipString(raw, i)
			if end < 0 {
				return -1
			}
			i = end - 1
		}
	}
	return -1
}

// endsScalar reports a byte that stands behind a number or literal.
func endsScalar(b byte) bool {
	switch b {
	case ' ', '\t', '\n', '\r', ',', ':', '}', ']', '{', '[', '"':
		return true
	}
	return false
}

// list goes over what stands between brackets: members of an object, elements of an array.
type list struct {
	raw []byte
	pos int // of the next item, -1 if there is none
}

// enter begins at the first item of the object or array, open being its first byte, that
// raw holds behind offset i.
func enter(raw []byte, i int, open byte) list {
	i = skipSpace(raw, i)
	if i >= len(raw) || raw[i] != open {
		return list{raw, -1}
	}
	l := list{raw, skipSpace(raw, i+1)}
	if l.pos < len(raw) && raw[l.pos] == open+2 { // '}' is '{'+2, and ']' is '['+2
		l.pos = -1
	}
	return l
}

// more reports whether there is an item.
func (l *list) more() bool { return l.pos >= 0 && l.pos < len(l.raw) }

// value takes the value at the current place and goes on to the next item.
func (l *list) value() (start, end int, ok bool) {
	start = l.pos
	if end = skipValue(l.raw, start); end < 0 {
		l.pos = -1
		return 0, 0, false
	}
	next := skipSpace(l.raw, end)
	l.pos = -1
	if next < len(l.raw) && l.raw[next] == ',' {
		l.pos = skipSpace(l.raw, next+1)
	}
	return start, end, true
}

// name takes the name at the current place and goes to its value.
func (l *list) name() (start, end int, ok bool) {
	start = l.pos
	if l.raw[start] != '"' {
		return 0, 0, false
	}
	if end = skipString(l.raw, start); end < 0 {
		return 0, 0, false
	}
	colon := skipSpace(l.raw, end)
	if colon >= len(l.raw) || l.raw[colon] != ':' {
		return 0, 0, false
	}
	l.pos = skipSpace(l.raw, colon+1)
	return start, end, true
}
