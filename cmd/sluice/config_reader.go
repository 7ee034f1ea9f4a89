package main

import (
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/config/yamltree"
)

// configReader reads typed values out of the tree and collects what is wrong.
type configReader struct {
	checks   configChecks
	problems yamltree.Problems
	filled   map[*yamltree.Node]bool // holds text from the environment: never quoted in a message
	broken   map[*yamltree.Node]bool // reported already
}

func (r *configReader) bad(n *yamltree.Node, format string, args ...any) {
	r.problems = append(r.problems, n.Problem(format, args...))
}

// field is one known key of a map.
type field struct {
	name string
	read func(*yamltree.Node)
}

// object reads a map by a table of its keys and reports every other key.
func (r *configReader) object(n *yamltree.Node, fields []field, required ...string) {
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
		r.problems = append(r.problems, problem{Line: f.Line, Column: f.Column, Path: f.Value.Path,
			Message: "unknown key; known here: " + strings.Join(names, ", ")})
	}
}

// list reads every item of a list. An empty value is an empty list.
func (r *configReader) list(n *yamltree.Node, read func(*yamltree.Node)) {
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

func (r *configReader) wrong(n *yamltree.Node, want string) {
	if !r.broken[n] {
		r.bad(n, "must be %s, not %s", want, n.Kind)
	}
}

// shown quotes a value in a message, unless it came from the environment or may hold a
// password, as user:password@host does.
func (r *configReader) shown(n *yamltree.Node) string {
	if r.filled[n] || len(n.Text) > 80 || strings.Contains(n.Text, "@") {
		return "the value"
	}
	return strconv.Quote(n.Text)
}

// str reads a string that is not empty. A number or truth value out of the environment, or
// a number where a name is wanted, is its text.
func (r *configReader) str(n *yamltree.Node, to *string) {
	scalar := n.Kind == yamltree.String || r.filled[n] && (n.Kind == yamltree.Number || n.Kind == yamltree.Bool)
	switch {
	case r.broken[n]:
	case n.Kind == yamltree.Null && r.filled[n], scalar && n.Text == "":
		r.bad(n, "is empty")
	case !scalar:
		r.wrong(n, "a string")
	default:
		*to = n.Text
	}
}

func (r *configReader) strings(n *yamltree.Node, to *[]string) {
	var out []string
	r.list(n, func(item *yamltree.Node) {
		var s string
		if r.str(item, &s); s != "" {
			out = append(out, s)
		}
	})
	*to = out
}

func (r *configReader) secret(n *yamltree.Node, to *gateway.Secret) {
	var s string
	r.str(n, &s)
	*to = gateway.NewSecret(s)
}

// typed reads a quoted value out of the environment as what it looks like: between braces
// YAML has a ${…} quoted.
func (r *configReader) typed(n *yamltree.Node) *yamltree.Node {
	if n.Kind == yamltree.String && r.filled[n] {
		plain := *n
		plain.Quoted = false
		plain.SetText(n.Text)
		r.filled[&plain] = true
		return &plain
	}
	return n
}

func (r *configReader) boolean(n *yamltree.Node, to *bool) {
	n = r.typed(n)
	if n.Kind != yamltree.Bool {
		r.wrong(n, "true or false")
		return
	}
	*to = n.Text == "true"
}

func (r *configReader) whole(n *yamltree.Node, least int, to *int) {
	if n = r.typed(n); n.Kind != yamltree.Number {
		r.wrong(n, "a whole number")
		return
	}
	v, err := strconv.Atoi(n.Text)
	if err != nil || v < least {
		r.bad(n, "must be a whole number from %d on, not %s", least, r.shown(n))
		return
	}
	*to = v
}

// choice reads one of a few words.
func (r *configReader) choice(n *yamltree.Node, to *string, words ...string) {
	var s string
	if r.str(n, &s); s == "" {
		return
	}
	if !slices.Contains(words, s) {
		r.bad(n, "must be %s, not %s", oneOf(words), r.shown(n))
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

func (r *configReader) duration(n *yamltree.Node, to *time.Duration) {
	if n.Kind != yamltree.String {
		r.wrong(n, "a duration such as 500ms, 5s, 2m or 30d")
		return
	}
	d, ok := parseDuration(n.Text)
	if !ok || d <= 0 {
		if !r.broken[n] {
			r.bad(n, "must be a duration above 0 such as 500ms, 5s, 2m or 30d, not %s", r.shown(n))
		}
		return
	}
	*to = d
}

func (r *configReader) size(n *yamltree.Node, to *int64) {
	if n.Kind != yamltree.String && n.Kind != yamltree.Number {
		r.wrong(n, "a size such as 512KiB, 32MiB or 1GiB")
		return
	}
	v, ok := parseSize(n.Text)
	if !ok || v <= 0 {
		if !r.broken[n] {
			r.bad(n, "must be a size above 0 such as 512KiB, 32MiB or 1GiB, not %s", r.shown(n))
		}
		return
	}
	*to = v
}

// parsed reads a string and checks it by a function that says what is wrong.
func (r *configReader) parsed(n *yamltree.Node, to *string, complaint func(string) string) {
	var s string
	if r.str(n, &s); s == "" {
		return
	}
	if c := complaint(s); c != "" {
		r.bad(n, "%s %s", r.shown(n), c)
		return
	}
	*to = s
}
