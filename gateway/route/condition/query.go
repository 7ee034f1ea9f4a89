package condition

import (
	"regexp"
	"slices"
	"strconv"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
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

// Source is what a term asks about.
type Source string

// The sources of values.
const (
	Metadata Source = "metadata" // an entry of the call's metadata
	Params   Source = "params"   // a field of the body's top level, as the caller sent it
	URL      Source = "url"      // "pathname": the path of the call
)

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
	value, there := t.valueOf(env, req)
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

// maxValue is the length of the longest field that is compared, in bytes as it is written: a pattern
// takes time for each of them.
const maxValue = 1 << 10

// valueOf returns the value that the term asks about. Texts are without quotes; numbers, true and
// false are as they are written. Objects, lists, null and what is longer than maxValue are no values.
func (t *Term) valueOf(env *gateway.Envelope, req *gateway.Request) (value string, there bool) {
	switch {
	case t.Source == Metadata:
		value, there = env.Metadata[t.Name]
		return value, there
	case t.Source == URL:
		return env.Path, true
	case t.Name == "model":
		value = req.Model()
		return value, value != "" && len(value) <= maxValue
	}
	raw := jsonx.Get(req.Raw, t.Name)
	switch {
	case len(raw) == 0 || len(raw) > maxValue || raw[0] == '{' || raw[0] == '[' || string(raw) == "null":
		return "", false
	case raw[0] == '"':
		return jsonx.String(raw), true
	}
	return string(raw), true
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
