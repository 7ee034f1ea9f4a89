package qdranttest

import (
	"github.com/qdrant/go-client/qdrant"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// check refuses in strict mode a condition on a field without an index. Like the real server,
// it accepts an empty filter.
func (c *collection) check(f *qdrant.Filter) error {
	if !c.strict() {
		return nil
	}
	for _, cond := range conditions(f) {
		field := cond.GetField()
		if field == nil || c.indexes[field.GetKey()] != nil {
			continue
		}
		kind := "keyword"
		if field.GetRange() != nil || field.GetMatch().GetMatchValue() != nil && isInteger(field.GetMatch()) {
			kind = "integer"
		}
		return status.Errorf(codes.InvalidArgument, "Bad request: Index required but not found for \"%s\" of one of the following types: [%s]. "+
			"Help: Create an index for this key or use a different filter.", field.GetKey(), kind)
	}
	return nil
}

func conditions(f *qdrant.Filter) []*qdrant.Condition {
	var out []*qdrant.Condition
	out = append(out, f.GetMust()...)
	out = append(out, f.GetMustNot()...)
	return append(out, f.GetShould()...)
}

func isInteger(m *qdrant.Match) bool {
	_, ok := m.GetMatchValue().(*qdrant.Match_Integer)
	return ok
}

// matches evaluates a filter. An empty one matches everything.
func matches(f *qdrant.Filter, payload map[string]*qdrant.Value) bool {
	for _, c := range f.GetMust() {
		if !holds(c, payload) {
			return false
		}
	}
	for _, c := range f.GetMustNot() {
		if holds(c, payload) {
			return false
		}
	}
	if len(f.GetShould()) == 0 {
		return true
	}
	for _, c := range f.GetShould() {
		if holds(c, payload) {
			return true
		}
	}
	return false
}

func holds(c *qdrant.Condition, payload map[string]*qdrant.Value) bool {
	field := c.GetField()
	v := payload[field.GetKey()]
	if v == nil {
		return false
	}
	if m := field.GetMatch(); m != nil {
		switch want := m.GetMatchValue().(type) {
		case *qdrant.Match_Keyword:
			for _, item := range v.GetListValue().GetValues() { // one of a list is enough
				if item.GetStringValue() == want.Keyword {
					return true
				}
			}
			got, ok := v.GetKind().(*qdrant.Value_StringValue)
			return ok && got.StringValue == want.Keyword
		case *qdrant.Match_Integer:
			got, ok := v.GetKind().(*qdrant.Value_IntegerValue)
			return ok && got.IntegerValue == want.Integer
		}
		return false
	}
	r := field.GetRange()
	got, ok := v.GetKind().(*qdrant.Value_IntegerValue)
	if r == nil || !ok {
		return false
	}
	n := float64(got.IntegerValue)
	return (r.Gt == nil || n > *r.Gt) && (r.Gte == nil || n >= *r.Gte) && (r.Lt == nil || n < *r.Lt) && (r.Lte == nil || n <= *r.Lte)
}
