package config

import (
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/config/yamltree"
)

// reader reads typed values out of the tree and collects problems.
type reader struct {
	checks   Checks
	getenv   func(string) (string, bool)
	problems yamltree.Problems
	fromEnv  map[*yamltree.Node]bool // nodes with text from the environment: never quoted in a message
	reported map[*yamltree.Node]bool // nodes whose interpolation failed: not reported again
	inVault  []*yamltree.Node        // credentials that stand in Vault
}

func (r *reader) bad(n *yamltree.Node, format string, args ...any) {
	r.problems = append(r.problems, n.Problem(format, args...))
}

// field is one known key of a map.
type field struct {
	name string
	read func(*yamltree.Node)
}

// object reads a map by a table of its keys and reports every other key.
func (r *reader) object(n *yamltree.Node, fields []field, required ...string) {
	if n.Kind == yamltree.Null && len(required) == 0 {
		return
	}
	if n.Kind != yamltree.Map {
		r.wrong(n, "a map")
		return
	}
	for _, name := range required {
		if n.Get(name) == nil {
			r.bad(n, "the key '%s' is missing", name)
		}
	}
next:
	for _, f := range n.Fields {
		for _, known := range fields {
			if known.name == f.Name {
				known.read(f.Value)
				continue next
			}
		}
		names := make([]string, len(fields))
		for i := range fields {
			names[i] = fields[i].name
		}
		sort.Strings(names)
		r.problems = append(r.problems, Problem{Line: f.Line, Column: f.Column, Path: f.Value.Path,
			Message: "unknown key; known here: " + strings.Join(names, ", ")})
	}
}

// list reads every item of a list. A null value is an empty list.
func (r *reader) list(n *yamltree.Node, read func(*yamltree.Node)) {
	if n.Kind == yamltree.Null {
		return
	}
	if n.Kind != yamltree.List {
		r.wrong(n, "a list")
		return
	}
	for _, item := range n.Items {
		read(item)
	}
}

func (r *reader) wrong(n *yamltree.Node, want string) {
	if !r.reported[n] {
		r.bad(n, "must be %s, not %s", want, n.Kind)
	}
}

// quote quotes a value for a message, unless it came from the environment or may hold a
// password, as user:password@host does.
func (r *reader) quote(n *yamltree.Node) string {
	if r.fromEnv[n] || len(n.Text) > 80 || strings.Contains(n.Text, "@") {
		return "the value"
	}
	return strconv.Quote(n.Text)
}

// str reads a string that is not empty. A number or a boolean from the environment is read as
// its text.
func (r *reader) str(n *yamltree.Node, to *string) {
	scalar := n.Kind == yamltree.String || r.fromEnv[n] && (n.Kind == yamltree.Number || n.Kind == yamltree.Bool)
	switch {
	case r.reported[n]:
	case n.Kind == yamltree.Null && r.fromEnv[n], scalar && n.Text == "":
		r.bad(n, "is empty")
	case !scalar:
		r.wrong(n, "a string")
	default:
		*to = n.Text
	}
}

func (r *reader) strings(n *yamltree.Node, to *[]string) {
	var out []string
	r.list(n, func(item *yamltree.Node) {
		var s string
		if r.str(item, &s); s != "" {
			out = append(out, s)
		}
	})
	*to = out
}

func (r *reader) secret(n *yamltree.Node, to *gateway.Secret) {
	var s string
	r.str(n, &s)
	*to = gateway.NewSecret(s)
}

// unquoted returns a copy of n whose kind follows its text, if the text came from the
// environment: inside braces, YAML requires quotes around ${…}.
func (r *reader) unquoted(n *yamltree.Node) *yamltree.Node {
	if n.Kind == yamltree.String && r.fromEnv[n] {
		c := *n
		c.Quoted = false
		c.SetText(n.Text)
		r.fromEnv[&c] = true
		return &c
	}
	return n
}

func (r *reader) boolean(n *yamltree.Node, to *bool) {
	n = r.unquoted(n)
	if n.Kind != yamltree.Bool {
		r.wrong(n, "true or false")
		return
	}
	*to = n.Text == "true"
}

func (r *reader) integer(n *yamltree.Node, least int, to *int) {
	if n = r.unquoted(n); n.Kind != yamltree.Number {
		r.wrong(n, "a whole number")
		return
	}
	v, err := strconv.Atoi(n.Text)
	if err != nil || v < least {
		r.bad(n, "must be a whole number from %d on, not %s", least, r.quote(n))
		return
	}
	*to = v
}

// choice reads one of words.
func (r *reader) choice(n *yamltree.Node, to *string, words ...string) {
	var s string
	if r.str(n, &s); s == "" {
		return
	}
	if !slices.Contains(words, s) {
		r.bad(n, "must be %s, not %s", oneOf(words), r.quote(n))
		return
	}
	*to = s
}

func oneOf(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

func (r *reader) duration(n *yamltree.Node, to *time.Duration) {
	if n.Kind != yamltree.String {
		r.wrong(n, "a duration such as 500ms, 5s, 2m or 30d")
		return
	}
	d, ok := parseDuration(n.Text)
	if !ok || d <= 0 {
		if !r.reported[n] {
			r.bad(n, "must be a duration above 0 such as 500ms, 5s, 2m or 30d, not %s", r.quote(n))
		}
		return
	}
	*to = d
}

func (r *reader) size(n *yamltree.Node, to *int64) {
	if n.Kind != yamltree.String && n.Kind != yamltree.Number {
		r.wrong(n, "a size such as 512KiB, 32MiB or 1GiB")
		return
	}
	v, ok := parseSize(n.Text)
	if !ok || v <= 0 {
		if !r.reported[n] {
			r.bad(n, "must be a size above 0 such as 512KiB, 32MiB or 1GiB, not %s", r.quote(n))
		}
		return
	}
	*to = v
}

// checked reads a string and reports what check says is wrong with it, "" if nothing.
func (r *reader) checked(n *yamltree.Node, to *string, check func(string) string) {
	var s string
	if r.str(n, &s); s == "" {
		return
	}
	if c := check(s); c != "" {
		r.bad(n, "%s %s", r.quote(n), c)
		return
	}
	*to = s
}
