package policy

import "github.com/sluicegate/sluice/gateway"

// Set holds rules, ready to be asked. It is immutable.
type Set[T any] struct {
	general map[string][]scoped[T] // by workspace id; "" = all
	byKey   map[string][]scoped[T] // by the one API key that a condition names
}

type scoped[T any] struct {
	scope Scope
	rule  T
}

// NewSet makes a set of rules with their scopes.
func NewSet[T any](rules []T, scope func(T) Scope) *Set[T] {
	s := &Set[T]{general: map[string][]scoped[T]{}, byKey: map[string][]scoped[T]{}}
	for _, r := range rules {
		x := scoped[T]{scope(r), r}
		if key := x.scope.onlyKey(); key != "" {
			s.byKey[key] = append(s.byKey[key], x)
		} else {
			s.general[x.scope.Workspace] = append(s.general[x.scope.Workspace], x)
		}
	}
	return s
}

// Matching calls yield for each rule that want chooses and whose scope concerns the call.
func (s *Set[T]) Matching(ex *gateway.Exchange, want func(T) bool, yield func(T)) {
	if ex.Principal == nil {
		return
	}
	for _, rules := range [][]scoped[T]{s.byKey[ex.Principal.APIKey], s.general[ex.Principal.Workspace], s.general[""]} {
		for i := range rules {
			if want(rules[i].rule) && rules[i].scope.Holds(ex) {
				yield(rules[i].rule)
			}
		}
	}
}

// onlyKey is the API key that a condition names, if it names one by its id.
func (s *Scope) onlyKey() string {
	for _, c := range s.Conditions {
		if c.Key == "api_key" && !c.Excludes && len(c.Values) == 1 && isID(c.Values[0]) {
			return c.Values[0]
		}
	}
	return ""
}

// isID reports whether s has the form of an id, so that it is no name of a key.
func isID(s string) bool {
	const length = 26 // of a ULID
	if len(s) != length {
		return false
	}
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}
