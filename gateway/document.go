package gateway

import "strconv"

// document walks a valid JSON text once, without decoding it, and reports every
// string and number with its place. It exists because an edit needs the exact bytes
// of one value among many equal ones, duplicate keys included, which a lookup by
// path cannot give.
type document struct {
	cursor
	path  []step
	buf   []byte                            // of at
	visit func(d *document, start, end int) // raw[start:end] is a string with quotes, or a number
	enter func(d *document, start int) bool // asked before each object and array; false skips it
}

// step is one part of a path: a raw key with quotes, or an index.
type step struct {
	key   []byte
	index int
}

// value consumes one value. The text was validated before; on a text that was not,
// the walk ends early but stays inside raw.
func (d *document) value() {
	d.space()
	if d.pos >= len(d.raw) {
		return
	}
	start := d.pos
	switch c := d.raw[d.pos]; c {
	case '{', '[':
		if d.enter != nil && !d.enter(d, start) {
			d.skip()
			return
		}
		if c == '{' {
			d.object()
		} else {
			d.array()
		}
	case '"':
		d.str()
		d.visit(d, start, d.pos)
	case 't', 'f', 'n':
		d.scalar()
	default:
		d.scalar()
		d.visit(d, start, d.pos)
	}
}

func (d *document) object() {
	d.pos++
	for d.space(); d.pos < len(d.raw) && d.raw[d.pos] == '"'; d.space() {
		start := d.pos
		d.str()
		d.path = append(d.path, step{key: d.raw[start:d.pos], index: -1})
		d.space()
		d.pos++ // ':'
		d.value()
		d.path = d.path[:len(d.path)-1]
		d.space()
		if d.pos < len(d.raw) && d.raw[d.pos] == ',' {
			d.pos++
		}
	}
	d.pos++
}

func (d *document) array() {
	d.pos++
	for i := 0; ; i++ {
		if d.space(); d.pos >= len(d.raw) || d.raw[d.pos] == ']' {
			break
		}
		before := d.pos
		d.path = append(d.path, step{index: i})
		d.value()
		d.path = d.path[:len(d.path)-1]
		d.space()
		if d.pos < len(d.raw) && d.raw[d.pos] == ',' {
			d.pos++
		}
		if d.pos == before {
			break
		}
	}
	d.pos++
}

// at renders the path: messages[0].content.
func (d *document) at() string {
	b := d.buf[:0]
	for _, s := range d.path {
		if s.key == nil {
			b = append(b, '[')
			b = strconv.AppendInt(b, int64(s.index), 10)
			b = append(b, ']')
			continue
		}
		if len(b) > 0 {
			b = append(b, '.')
		}
		b = append(b, s.key[1:len(s.key)-1]...)
	}
	d.buf = b
	return string(b)
}

// top is the raw top-level key without quotes, nil at the root.
func (d *document) top() []byte {
	if len(d.path) == 0 || len(d.path[0].key) < 2 {
		return nil
	}
	k := d.path[0].key
	return k[1 : len(k)-1]
}

// last is the raw key of the value itself, without quotes; nil inside an array.
func (d *document) last() []byte {
	if n := len(d.path); n > 0 && len(d.path[n-1].key) >= 2 {
		k := d.path[n-1].key
		return k[1 : len(k)-1]
	}
	return nil
}
