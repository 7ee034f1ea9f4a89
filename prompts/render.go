package prompts

import (
	"slices"
	"strconv"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/internal/jsonx"
)

// scope is what names are looked up in: the variables of the call at the bottom, above
// them the values of the sections around.
type scope struct {
	variables *variables
	stack     []gjson.Result
	where     []string // names of the sections around, with the index in a list
	missing   []string // names that led nowhere, as error paths
	steps     int      // work done, in nodes, items, and 64 bytes of what was searched
	over      bool     // the bounds are used up: nothing more is rendered
}

// Bounds of one render: a list in a section in a section multiplies.
const (
	maxSteps    = 1_000_000
	maxRendered = 32 << 20
)

// appendTo renders nodes as the inside of a JSON string. What a value holds is text and
// nothing else: it is not read again.
func (s *scope) appendTo(dst []byte, nodes []node) []byte {
	for i := range nodes {
		n := &nodes[i]
		if s.work(0) || len(dst) > maxRendered {
			s.over = true
			return dst
		}
		switch n.kind {
		case textNode:
			dst = jsonx.AppendEscaped(dst, n.text)
		case variableNode:
			v, ok := s.lookup(n)
			if !ok {
				s.lacks(n)
				continue
			}
			dst = appendValue(dst, v)
		case invertedNode:
			if v, ok := s.lookup(n); !ok || falsy(v) {
				dst = s.appendTo(dst, n.nodes)
			}
		case sectionNode:
			dst = s.section(dst, n)
		}
	}
	return dst
}

// work counts one step and the bytes that it had to look through, and tells whether the
// bounds are used up.
func (s *scope) work(bytes int) bool {
	s.steps += 1 + bytes/64
	s.over = s.over || s.steps > maxSteps
	return s.over
}

func (s *scope) section(dst []byte, n *node) []byte {
	v, ok := s.lookup(n)
	if !ok || falsy(v) {
		return dst
	}
	if !v.IsArray() {
		return s.inside(dst, n, v, n.text)
	}
	i := 0
	v.ForEach(func(_, item gjson.Result) bool {
		if s.work(len(item.Raw)) {
			return false
		}
		dst = s.inside(dst, n, item, n.text+"["+strconv.Itoa(i)+"]")
		i++
		return !s.over
	})
	return dst
}

func (s *scope) inside(dst []byte, n *node, v gjson.Result, name string) []byte {
	s.stack, s.where = append(s.stack, v), append(s.where, name)
	dst = s.appendTo(dst, n.nodes)
	s.stack, s.where = s.stack[:len(s.stack)-1], s.where[:len(s.where)-1]
	return dst
}

// lookup finds the first part of a name in the innermost scope that has it, and the rest
// below that. A null is found: what may be null is the declaration's matter.
func (s *scope) lookup(n *node) (gjson.Result, bool) {
	if n.path == nil {
		if len(s.stack) == 0 {
			return gjson.Result{}, false
		}
		return s.stack[len(s.stack)-1], true
	}
	v, ok := s.first(n.path[0])
	for _, part := range n.path[1:] {
		if !ok {
			break
		}
		s.work(len(v.Raw))
		v, ok = field(v, part)
	}
	return v, ok
}

func (s *scope) first(name string) (gjson.Result, bool) {
	for i := len(s.stack) - 1; i >= 0; i-- {
		if s.stack[i].IsObject() {
			s.work(len(s.stack[i].Raw))
		}
		if v, ok := field(s.stack[i], name); ok {
			return v, true
		}
	}
	return s.variables.get(name)
}

// field gets a member of an object by its literal name.
func field(v gjson.Result, name string) (gjson.Result, bool) {
	if !v.IsObject() {
		return gjson.Result{}, false
	}
	var found gjson.Result
	ok := false
	v.ForEach(func(k, c gjson.Result) bool {
		if k.String() == name {
			found, ok = c, true
		}
		return !ok
	})
	return found, ok
}

// lacks notes a name that led nowhere, under the innermost object that should have had it.
func (s *scope) lacks(n *node) {
	depth := len(s.stack)
	for depth > 0 && !s.stack[depth-1].IsObject() {
		depth--
	}
	path := "variables"
	for _, w := range s.where[:depth] {
		path += "." + w
	}
	path += "." + n.text
	if !slices.Contains(s.missing, path) {
		s.missing = append(s.missing, path)
	}
}

// falsy is what a section does not open for: what JavaScript calls falsy, and an empty list.
func falsy(v gjson.Result) bool {
	switch v.Type {
	case gjson.Null, gjson.False:
		return true
	case gjson.String:
		return v.Str == ""
	case gjson.Number:
		return v.Num == 0
	case gjson.JSON:
		if !v.IsArray() {
			return false
		}
		empty := true
		v.ForEach(func(_, _ gjson.Result) bool { empty = false; return false })
		return empty
	}
	return false
}

// appendValue writes a value as text inside a JSON string: a string as it is, a number as it was spelled, a list
// or an object as JSON, null as nothing.
func appendValue(dst []byte, v gjson.Result) []byte {
	switch v.Type {
	case gjson.Null:
		return dst
	case gjson.String:
		return jsonx.AppendEscaped(dst, v.Str)
	default:
		return jsonx.AppendEscaped(dst, v.Raw)
	}
}

// names lists what nodes look up at the top, split into what is needed and what is only
// asked for: a section asks whether its name is there, and a name inside a section may
// belong to the section's value.
func names(nodes []node, inside bool, needed, asked map[string]bool) {
	for i := range nodes {
		n := &nodes[i]
		switch n.kind {
		case variableNode:
			if n.path == nil {
				continue
			}
			if inside {
				asked[n.path[0]] = true
			} else {
				needed[n.path[0]] = true
			}
		case sectionNode, invertedNode:
			if n.path != nil {
				asked[n.path[0]] = true
			}
			names(n.nodes, true, needed, asked)
		}
	}
}
