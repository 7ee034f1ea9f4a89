package cache

import (
	"bytes"

	"github.com/sluicegate/sluice/gateway"
)

// change is what a target does to one top-level member of a body.
type change struct {
	key   []byte // with quotes
	value []byte // nil: the member is dropped
	gap   bool   // only where the body has no such member
	seen  bool   // the body has it
}

// change notes what t does to a body whose model is asked, so that the key need not wait
// for the spliced body. False: t does something that only Target.Apply can tell.
func (m *scratch) change(t *gateway.Target, asked string) bool {
	sets := m.json.sets[:0]
	defer func() { m.json.sets = sets }()
	at := func(key []byte) *change {
		for i := range sets {
			if bytes.Equal(sets[i].key, key) {
				return &sets[i]
			}
		}
		sets = append(sets, change{key: key})
		return &sets[len(sets)-1]
	}
	c, own := cursor{raw: t.Override}, false
	for key, ok := c.key(); ok; key, ok = c.key() {
		if !simple(key) {
			return false
		}
		at(key).value = c.skip()
		own = own || string(key) == `"model"`
	}
	c = cursor{raw: t.Default}
	for key, ok := c.key(); ok; key, ok = c.key() {
		if !simple(key) {
			return false
		}
		if s, value := at(key), c.skip(); s.value == nil {
			s.value, s.gap = value, true
		}
	}
	for _, path := range t.Drop {
		key := gateway.AppendQuoted(nil, path)
		if !simple(key) {
			return false
		}
		*at(key) = change{key: key}
	}
	if t.Model != "" && !own && (t.Model != asked || len(sets) > 0) {
		m.model = gateway.AppendQuoted(m.model[:0], t.Model)
		*at(modelKey) = change{key: modelKey, value: m.model}
	}
	return true
}

var modelKey = []byte(`"model"`)

// simple reports a name that is a path of one step, written plainly. What touches the
// messages is left to Target.Apply, because the question is looked for there.
func simple(key []byte) bool {
	if len(key) < 3 || !letter(key[1]) || string(key) == `"messages"` {
		return false
	}
	for _, c := range key[1 : len(key)-1] {
		if !letter(c) && c != '_' && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// replaced reports a member of the body that does not count as it stands.
func (c *canonical) replaced(key []byte) bool {
	for i := range c.sets {
		if s := &c.sets[i]; bytes.Equal(s.key, key) {
			s.seen = true
			return !s.gap
		}
	}
	return false
}

// changed writes the members that the target sets, and reports whether there were any.
func (c *canonical) changed() (any bool) {
	body, hole := c.cursor, c.hole
	for i := range c.sets {
		s := &c.sets[i]
		if s.value == nil || s.gap && s.seen || aside(s.key) {
			continue
		}
		c.cursor, c.hole = cursor{raw: s.value}, span{}
		c.member(s.key, !ordered(s.key))
		any = true
	}
	c.cursor, c.hole = body, hole
	return any
}
