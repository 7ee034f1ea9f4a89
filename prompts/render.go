package prompts

import (
	"slices"
	"strconv"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/internal/jsonx"
)

// renderScope is the scope in which names are looked up: the values of the sections around,
// the innermost first, then the variables of the call.
type renderScope struct {
	variables    *variables
	stack        []gjson.Result
	sectionNames []string // names of the sections around, with the index in a list
	missing      []string // error paths of names that were not found
	steps        int      // work done, in nodes, items, and 64 bytes of searched JSON
	limitReached bool     // a limit was reached: rendering stops
}

// Bounds of one render: a list in a section in a section multiplies.
const (
	maxSteps    = 1_000_000
	maxRendered = 32 << 20
)

// appendNodes renders nodes as the inside of a JSON string. A value is inserted as text and
// never parsed as a template.
func (s *renderScope) appendNodes(dst []byte, nodes []node) []byte {
	for i := range nodes {
		n := &nodes[i]
		if s.countWork(0) || len(dst) > maxRendered {
			s.limitReached = true
			return dst
		}
		switch n.kind {
		case textNode:
			dst = jsonx.AppendEscaped(dst, n.text)
		case variableNode:
			v, ok := s.lookup(n)
			if !ok {
				s.recordMissing(n)
				continue
			}
			dst = appendValue(dst, v)
		case invertedNode:
			if v, ok := s.lookup(n); !ok || falsy(v) {
				dst = s.appendNodes(dst, n.nodes)
			}
		case sectionNode:
			dst = s.appendSection(dst, n)
		}
	}
	return dst
}

// countWork adds one step and the number of bytes searched, and reports whether the limit is
// reached.
func (s *renderScope) countWork(bytes int) bool {
	s.steps += 1 + bytes/64
	s.limitReached = s.limitReached || s.steps > maxSteps
	return s.limitReached
}

func (s *renderScope) appendSection(dst []byte, n *node) []byte {
	v, ok := s.lookup(n)
	if !ok || falsy(v) {
		return dst
	}
	if !v.IsArray() {
		return s.appendScoped(dst, n, v, n.text)
	}
	i := 0
	v.ForEach(func(_, item gjson.Result) bool {
		if s.countWork(len(item.Raw)) {
			return false
		}
		dst = s.appendScoped(dst, n, item, n.text+"["+strconv.Itoa(i)+"]")
		i++
		return !s.limitReached
	})
	return dst
}

func (s *renderScope) appendScoped(dst []byte, n *node, v gjson.Result, name string) []byte {
	s.stack, s.sectionNames = append(s.stack, v), append(s.sectionNames, name)
	dst = s.appendNodes(dst, n.nodes)
	s.stack, s.sectionNames = s.stack[:len(s.stack)-1], s.sectionNames[:len(s.sectionNames)-1]
	return dst
}

// lookup finds the first part of a name in the innermost scope that has it, and the other
// parts below that. A null counts as found: declarations decide whether it is allowed.
func (s *renderScope) lookup(n *node) (gjson.Result, bool) {
	if n.path == nil {
		if len(s.stack) == 0 {
			return gjson.Result{}, false
		}
		return s.stack[len(s.stack)-1], true
	}
	v, ok := s.lookupFirst(n.path[0])
	for _, part := range n.path[1:] {
		if !ok {
			break
		}
		s.countWork(len(v.Raw))
		v, ok = field(v, part)
	}
	return v, ok
}

func (s *renderScope) lookupFirst(name string) (gjson.Result, bool) {
	for i := len(s.stack) - 1; i >= 0; i-- {
		if s.stack[i].IsObject() {
			s.countWork(len(s.stack[i].Raw))
		}
		if v, ok := field(s.stack[i], name); ok {
			return v, true
		}
	}
	return s.variables.get(name)
}

// field returns a member of an object by its literal name.
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

// recordMissing records a name that was not found, with the path of the innermost object
// around it.
func (s *renderScope) recordMissing(n *node) {
	depth := len(s.stack)
	for depth > 0 && !s.stack[depth-1].IsObject() {
		depth--
	}
	path := "variables"
	for _, w := range s.sectionNames[:depth] {
		path += "." + w
	}
	path += "." + n.text
	if !slices.Contains(s.missing, path) {
		s.missing = append(s.missing, path)
	}
}

// falsy reports whether a section is skipped for v: for JavaScript's falsy values and for an
// empty list.
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

// appendValue writes a value as text inside a JSON string: a string as it is, a number as it
// was spelled, a list or object as JSON, null as nothing.
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

// collectNames collects the top-level names of nodes as required or optional. The name of a
// section is optional, and so is a name inside a section, which may belong to the section's
// value.
func collectNames(nodes []node, inside bool, needed, asked map[string]bool) {
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
			collectNames(n.nodes, true, needed, asked)
		}
	}
}
