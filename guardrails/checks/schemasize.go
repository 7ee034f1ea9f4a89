package checks

import (
	"errors"
	"math"
	"slices"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// maxNodes bounds a schema: its subschemas, each counted as often as references repeat it.
const maxNodes = 10_000

var errSchemaTooBig = errors.New("the schema has more than 10,000 nodes once its references are expanded")

// schemaSize bounds the work of validating against a schema.
type schemaSize struct {
	nodes int
	// branches is how often the schema applies itself to one and the same place of a document:
	// 1 for a list or tree of itself. From 2 on, the work grows with that power of the depth.
	branches int

	cycles [][]string // the places, as steps from the root, at which it refers to itself
}

// sizeOf measures a compiled schema. It stops at maxNodes.
func sizeOf(s *jsonschema.Schema) (schemaSize, error) {
	size := schemaSize{branches: 1}
	if !size.visit(s, nil, map[*jsonschema.Schema]bool{}) {
		return size, errSchemaTooBig
	}
	const many = 200 // beyond it, comparing each with each costs more than it tells
	if len(size.cycles) > many {
		size.branches = len(size.cycles)
		return size, nil
	}
	for _, a := range size.cycles {
		n := 0
		for _, b := range size.cycles {
			if overlap(a, b) {
				n++
			}
		}
		size.branches = max(size.branches, n)
	}
	return size, nil
}

// work estimates the steps of validating a document of so many bytes and levels.
func (s schemaSize) work(bytes, depth int) float64 {
	return float64(s.nodes) * float64(bytes) * math.Pow(float64(s.branches), float64(depth))
}

// visit counts s and what is below it. steps lead to it through the document. It returns
// false when there are too many nodes.
func (s *schemaSize) visit(at *jsonschema.Schema, steps []string, above map[*jsonschema.Schema]bool) bool {
	if s.nodes++; s.nodes > maxNodes {
		return false
	}
	if above[at] {
		s.cycles = append(s.cycles, slices.Clone(steps))
		return true
	}
	above[at] = true
	defer delete(above, at)
	for _, c := range subschemas(at) {
		below := steps
		if c.step != "" {
			below = append(steps[:len(steps):len(steps)], c.step)
		}
		if !s.visit(c.schema, below, above) {
			return false
		}
	}
	return true
}

// overlap reports whether the places of a may be among those of b, or below or above them.
func overlap(a, b []string) bool {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] && a[i] != anyMember && b[i] != anyMember {
			return false
		}
	}
	return true
}

// anyMember is the step to a member or element that has no name of its own.
const anyMember = "*"

// subschema is a schema inside another one. step leads from a document to the value that it
// applies to; "" is the same value.
type subschema struct {
	step   string
	schema *jsonschema.Schema
}

func subschemas(s *jsonschema.Schema) []subschema {
	var out []subschema
	add := func(step string, schemas ...*jsonschema.Schema) {
		for _, c := range schemas {
			if c != nil {
				out = append(out, subschema{step, c})
			}
		}
	}
	addAny := func(step string, v any) { // nil, bool, []string, a schema or a list of them
		switch v := v.(type) {
		case *jsonschema.Schema:
			add(step, v)
		case []*jsonschema.Schema:
			add(step, v...)
		}
	}
	add("", s.Ref, s.RecursiveRef, s.Not, s.If, s.Then, s.Else)
	if s.DynamicRef != nil {
		add("", s.DynamicRef.Ref)
	}
	add("", s.AllOf...)
	add("", s.AnyOf...)
	add("", s.OneOf...)
	for _, c := range s.DependentSchemas {
		add("", c)
	}
	for _, c := range s.Dependencies {
		addAny("", c)
	}
	for name, c := range s.Properties {
		add(name, c)
	}
	for _, c := range s.PatternProperties {
		add(anyMember, c)
	}
	addAny(anyMember, s.AdditionalProperties)
	addAny(anyMember, s.Items)
	addAny(anyMember, s.AdditionalItems)
	add(anyMember, s.PropertyNames, s.UnevaluatedProperties, s.Contains, s.Items2020, s.UnevaluatedItems, s.ContentSchema)
	add(anyMember, s.PrefixItems...)
	return out
}
