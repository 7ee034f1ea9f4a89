package condition

import (
	"regexp"
	"slices"
	"strconv"

	"github.com/sluicegate/sluice/gateway"
)

// Query is a condition on a call. It holds if its Term holds, all of And, and one of Or; those
// that are not set always hold.
type Query struct {
	Term *Term
	And  []Query
	Or   []Query // nil = not set
}

// Holds reports whether the query holds for a call.
func (q *Query) Holds(env *gateway.Envelope, req *gateway.Request) bool {
	holds := func(part Query) bool { return part.Holds(env, req) }
	return (q.Term == nil || q.Term.holds(env, req)) &&
		!slices.ContainsFunc(q.And, func(part Query) bool { return !holds(part) }) &&
		(q.Or == nil || slices.ContainsFunc(q.Or, holds))
}

// Operator compares a value of the call with those of a term.
type Operator string

// The operators.
const (
	Eq    Operator = "$eq"
	Ne    Operator = "$ne"
	Gt    Operator = "$gt"
	Gte   Operator = "$gte"
	Lt    Operator = "$lt"
	Lte   Operator = "$lte"
	In    Operator = "$in"
	Nin   Operator = "$nin"
	Regex Operator = "$regex"
)

// Operators lists the operators, as errors name them.
var Operators = []Operator{Eq, Ne, Gt, Gte, Lt, Lte, In, Nin, Regex}

// Term compares one value of a call.
type Term struct {
	Source   Source
	Name     string // of the entry or the field
	Operator Operator
	Values   []string       // one, but for In and Nin
	Pattern  *regexp.Regexp // of Regex
}

// holds reports whether the term holds. A value that the call does not have equals nothing, so
// that only Ne and Nin hold.
func (t *Term) holds(env *gateway.Envelope, req *gateway.Request) bool {
	value, there := Field{t.Source, t.Name}.Value(env, req)
	equal := there && slices.ContainsFunc(t.Values, func(v string) bool { return same(value, v) })
	switch t.Operator {
	case Eq, In:
		return equal
	case Ne, Nin:
		return !equal
	case Regex:
		return there && t.Pattern.MatchString(value)
	}
	a, errA := strconv.ParseFloat(value, 64)
	b, errB := strconv.ParseFloat(t.Values[0], 64)
	if !there || errA != nil || errB != nil {
		return false
	}
	switch t.Operator {
	case Gt:
		return a > b
	case Gte:
		return a >= b
	case Lt:
		return a < b
	default:
		return a <= b
	}
}

// same reports whether two values are equal: as numbers if both are, else as texts.
func same(a, b string) bool {
	if a == b {
		return true
	}
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	return errX == nil && errY == nil && x == y
}
