package gateway

import (
	"bytes"
	"unsafe"

	"github.com/tidwall/gjson"
)

// Members walks over the members of a JSON object or list, in order:
//
//	for m := gateway.MembersOf(raw); m.Next(); {
//		… m.Key, m.Value …
//	}
//
// Of anything else there are none. The text was validated before; in one that was not, the
// walk ends early. It exists because a look-up by path reads a body from its beginning
// each time, and copies it.
type Members struct {
	Key   []byte // decoded; nil in a list. Shares the text's memory where it is plain ASCII
	Value []byte // as it stands; shares the text's memory

	at            cursor
	begun, object bool
	start         int // of the member, that is of its key if it has one
}

// MembersOf begins a walk.
func MembersOf(raw []byte) Members { return Members{at: cursor{raw: raw}} }

// Next goes to the next member; false: there is none.
func (m *Members) Next() bool {
	d := &m.at
	if !m.begun && !m.begin() {
		return false
	}
	if d.space(); d.pos < len(d.raw) && d.raw[d.pos] == ',' {
		d.pos++
		d.space()
	}
	m.start = d.pos
	if m.object {
		var ok bool
		if m.Key, ok = d.name(); !ok {
			return false
		}
		d.space()
	}
	m.Value = d.take()
	return len(m.Value) > 0
}

// begin enters the object or list; false: it is none.
func (m *Members) begin() bool {
	m.begun = true
	switch m.at.enter() {
	case '{':
		m.object = true
		return true
	case '[':
		return true
	}
	m.at.pos = len(m.at.raw)
	return false
}

// Member gives the raw value of a member of a JSON object, nil if it has none. Shared
// with raw.
func Member(raw []byte, name string) []byte {
	c := cursor{raw: raw}
	in := c.enter()
	if in != '{' {
		return nil
	}
	for key, ok := c.member(in); ok; key, ok = c.member(in) {
		if value := c.take(); string(key) == name {
			return value
		}
	}
	return nil
}

// TextOf is a raw value as text: a string decoded, a null or nothing as "", anything else
// as it is written. It shares no memory with raw.
func TextOf(raw []byte) string {
	switch {
	case len(raw) == 0 || raw[0] == 'n':
		return ""
	case raw[0] == '"' && len(raw) > 1:
		return unquote(raw)
	}
	return gjson.ParseBytes(raw).String()
}

// viewOf decodes a JSON string whose memory nobody will write to: where it stands as it is,
// the text shares it.
func viewOf(quoted []byte) string {
	if len(quoted) < 2 || bytes.IndexByte(quoted, '\\') >= 0 {
		return TextOf(quoted)
	}
	inner := quoted[1 : len(quoted)-1]
	return unsafe.String(unsafe.SliceData(inner), len(inner))
}

// intOf is a raw value as a whole number, 0 if it is none.
func intOf(raw []byte) int64 {
	if len(raw) == 0 || len(raw) > 18 {
		return gjson.ParseBytes(raw).Int()
	}
	n := int64(0)
	for _, c := range raw {
		if c < '0' || c > '9' {
			return gjson.ParseBytes(raw).Int() // a sign, a fraction, a number in quotes
		}
		n = n*10 + int64(c-'0')
	}
	return n
}

// Change is what becomes of one member of an object: it is replaced where it stands, or
// follows at the end. A nil Value takes it out.
type Change struct {
	Name  string
	Value []byte // JSON, without white space around it

	fill bool // only where there is no such member
}

// rewrite is a copy of the object raw with the changes made. What they do not name is
// copied as it is written; where there is nothing to fill, it is raw itself. seen, which
// grows from what is given, tells for each change whether raw has such a member.
func rewrite(raw []byte, changes []Change, seen []bool) ([]byte, []bool) {
	for range changes {
		seen = append(seen, false)
	}
	// A part is what stays of a run of members, and the change that follows it.
	type part struct{ from, to, change int }
	var room [16]part
	parts, size := room[:0], len("{}")
	for m := MembersOf(raw); m.Next(); {
		p := part{from: m.start, to: m.at.pos, change: -1}
		for i := range changes {
			if string(m.Key) != changes[i].Name {
				continue
			}
			if seen[i] = true; !changes[i].fill {
				p.change, p.to = i, m.at.pos-len(m.Value)
			}
			break
		}
		if p.change >= 0 && changes[p.change].Value == nil {
			continue
		}
		if n := len(parts) - 1; n >= 0 && parts[n].change < 0 && parts[n].to+len(",") == p.from {
			size -= parts[n].to - parts[n].from
			p.from = parts[n].from
			parts = parts[:n]
		} else {
			size += len(",")
		}
		if size += p.to - p.from; p.change >= 0 {
			size += len(changes[p.change].Value)
		}
		parts = append(parts, p)
	}
	idle := len(changes) > 0
	for i := range changes {
		c := &changes[i]
		idle = idle && c.fill && seen[i]
		if !seen[i] && c.Value != nil {
			size += len(c.Name) + len(c.Value) + len(`"":,`)
		}
	}
	if idle {
		return raw, seen
	}
	out := append(make([]byte, 0, size), '{')
	for _, p := range parts {
		out = append(comma(out), raw[p.from:p.to]...)
		if p.change >= 0 {
			out = append(out, changes[p.change].Value...)
		}
	}
	for i := range changes {
		if c := &changes[i]; !seen[i] && c.Value != nil {
			out = AppendQuoted(comma(out), c.Name)
			out = append(append(out, ':'), c.Value...)
		}
	}
	return append(out, '}'), seen
}

// comma ends the member before, if there is one.
func comma(object []byte) []byte {
	if len(object) > 1 {
		return append(object, ',')
	}
	return object
}
