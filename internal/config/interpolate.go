package config

import (
	"strings"

	"github.com/sluicegate/sluice/internal/config/yamltree"
)

// interpolate replaces ${NAME} and ${NAME:-default} in a string; $${ is a literal ${.
func (r *reader) interpolate(n *yamltree.Node, getenv func(string) (string, bool)) {
	if n.Kind != yamltree.String || !strings.Contains(n.Text, "${") {
		return
	}
	var b strings.Builder
	ok := true
	rest := n.Text
	for {
		i := strings.Index(rest, "${")
		if i < 0 {
			b.WriteString(rest)
			break
		}
		if i > 0 && rest[i-1] == '$' {
			b.WriteString(rest[:i-1] + "${")
			rest = rest[i+2:]
			continue
		}
		end := strings.IndexByte(rest[i:], '}')
		if end < 0 {
			r.bad(n, "a ${ is not closed; write $${ for the characters themselves")
			ok = false
			break
		}
		b.WriteString(rest[:i])
		value, fine := r.variable(n, rest[i+2:i+end], getenv)
		b.WriteString(value)
		ok = ok && fine
		rest = rest[i+end+1:]
	}
	if !ok {
		r.reported[n] = true
		return
	}
	r.fromEnv[n] = true
	n.SetText(b.String())
}

// variable returns the value of "NAME" or "NAME:-default", and false after reporting a problem.
func (r *reader) variable(n *yamltree.Node, spec string, getenv func(string) (string, bool)) (string, bool) {
	name, fallback, defaulted := strings.Cut(spec, ":-")
	for i, c := range name {
		if c != '_' && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && (i == 0 || c < '0' || c > '9') {
			name = ""
			break
		}
	}
	if name == "" {
		r.bad(n, "${…} needs the name of an environment variable, as in ${NAME} or ${NAME:-default}")
		return "", false
	}
	value, ok := getenv(name)
	if defaulted && value == "" {
		return fallback, true
	}
	if !ok {
		r.bad(n, "the environment variable %s is not set", name)
	}
	return value, ok
}
