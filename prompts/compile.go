package prompts

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
)

// arm is one compiled text of a version, ready to render.
type arm struct {
	name     string // "" if there was no choice
	weight   float64
	version  int // whose text it is
	model    string
	messages []piece // the elements of the list, with their commas
	params   []param
	declared []declaration // and derived: everything the arm knows
	defaults []variable    // what stands in for an absent one
	size     int           // of what it writes by itself
}

// piece is JSON as it stands, then one string to render.
type piece struct {
	json string
	text []node // nil: none
}

// library finds what a text refers to: versions of its own template, and partials.
type library struct {
	version func(number int) (*body, error)
	partial partialSource
}

// experiment is a compiled version: its arms, and what they are drawn by.
type experiment struct {
	arms   []arm
	by     string
	config string // slug of the config that the version carries
}

// compile turns a parsed body into arms. number is the version's own.
func compile(b *body, number int, lib library) (*experiment, problems) {
	var ps problems
	e := &experiment{by: b.by, config: b.config}
	if len(b.variants) == 0 {
		e.arms = []arm{compileArm(b.text, b.declared, "", lib, &ps)}
		e.arms[0].version = number
		return e, ps
	}
	for i, v := range b.variants {
		at := "variants[" + strconv.Itoa(i) + "]"
		t, declared, from, where := merged(b.text, v.text), b.declared, number, at
		if !v.inline {
			where = ""
		}
		if v.version > 0 {
			other, err := lib.version(v.version)
			switch {
			case err != nil:
				ps.add(at+".version", "there is no version "+strconv.Itoa(v.version))
				continue
			case !other.messages.Exists():
				ps.add(at+".version", "version "+strconv.Itoa(v.version)+" has no text of its own")
				continue
			}
			t, declared, from, where = other.text, other.declared, v.version, at+".version"
		}
		a := compileArm(t, declared, where, lib, &ps)
		a.name, a.weight, a.version = v.name, v.weight, from
		e.arms = append(e.arms, a)
	}
	shareNames(e.arms)
	return e, ps
}

// merged is the text of an inline arm: its own fields over the body's.
func merged(base, own text) text {
	t := base
	if own.messages.Exists() {
		t.messages, t.short = own.messages, own.short
	}
	if own.model != "" {
		t.model = own.model
		if strings.HasPrefix(own.model, "@") {
			t.virtualKey = ""
		}
	}
	if own.virtualKey != "" {
		t.virtualKey = own.virtualKey
		if _, model, ok := strings.Cut(t.model, "/"); ok && strings.HasPrefix(t.model, "@") {
			t.model = model
		}
	}
	t.params = append([]param(nil), base.params...)
next:
	for _, p := range own.params {
		for i := range t.params {
			if t.params[i].key == p.key {
				t.params[i] = p
				continue next
			}
		}
		t.params = append(t.params, p)
	}
	return t
}

// shareNames lets every arm know the variables of the others: which arm is drawn must not
// decide whether a call is valid.
func shareNames(arms []arm) {
	var all []declaration
	for i := range arms {
		all = append(all, arms[i].declared...)
	}
	for i := range arms {
		for _, d := range all {
			if !arms[i].knows(d.name) {
				arms[i].declared = append(arms[i].declared, declaration{name: d.name})
			}
		}
	}
}

func compileArm(t text, declared []declaration, where string, lib library, ps *problems) arm {
	a := arm{params: t.params, model: t.model, declared: append([]declaration(nil), declared...)}
	if t.virtualKey != "" && t.model != "" {
		a.model = "@" + t.virtualKey + "/" + t.model
	}
	c := compiler{lib: lib, problems: ps, budget: maxNodes, needed: map[string]bool{}, asked: map[string]bool{}}
	for i, m := range t.messages.Array() {
		if i > 0 {
			c.lit.WriteByte(',')
		}
		at := join(where, "messages["+strconv.Itoa(i)+"]")
		if t.short {
			at = join(where, "prompt")
		}
		c.value(m, at)
	}
	c.flush(nil)
	a.messages = c.pieces
	a.size = a.length()
	for _, d := range a.declared {
		switch {
		case d.Default != nil:
			a.defaults = append(a.defaults, variable{d.name, gjson.ParseBytes(d.Default)})
		case !d.Required:
			a.defaults = append(a.defaults, variable{d.name, gjson.Result{Type: gjson.Null, Raw: "null"}})
		}
	}
	for _, name := range c.order {
		if !a.knows(name) {
			a.declared = append(a.declared, declaration{name, Variable{Required: c.needed[name]}})
		}
	}
	return a
}

// length is about how many bytes of a request are the arm's own.
func (a *arm) length() int {
	n := len(a.model) + len(`{"model":"","messages":[]}`)
	for i := range a.messages {
		n += len(a.messages[i].json)
		for j := range a.messages[i].text {
			n += len(a.messages[i].text[j].text)
		}
	}
	for _, p := range a.params {
		n += len(p.key) + len(p.raw) + len(`"":,`)
	}
	return n
}

// compiler walks messages and splits them into pieces.
type compiler struct {
	lib           library
	lit           strings.Builder
	pieces        []piece
	problems      *problems
	budget        int
	needed, asked map[string]bool
	order         []string
}

func (c *compiler) value(v gjson.Result, path string) {
	switch {
	case v.IsObject():
		c.lit.WriteByte('{')
		first := true
		v.ForEach(func(k, item gjson.Result) bool {
			if !first {
				c.lit.WriteByte(',')
			}
			first = false
			c.lit.WriteString(k.Raw)
			c.lit.WriteByte(':')
			c.value(item, join(path, k.String()))
			return true
		})
		c.lit.WriteByte('}')
	case v.IsArray():
		c.lit.WriteByte('[')
		for i, item := range v.Array() {
			if i > 0 {
				c.lit.WriteByte(',')
			}
			c.value(item, path+"["+strconv.Itoa(i)+"]")
		}
		c.lit.WriteByte(']')
	case v.Type == gjson.String && strings.Contains(v.Str, "{{"):
		c.text(v.Str, path)
	default:
		c.lit.WriteString(v.Raw)
	}
}

func (c *compiler) text(src, path string) {
	if before, ok := strings.CutSuffix(path, "prompt.content"); ok {
		path = before + "prompt"
	}
	nodes, err := parseText(src)
	if err == nil {
		nodes, err = inline(nodes, c.lib.partial, nil, &c.budget)
	}
	if err != nil {
		c.problems.add(path, public(err))
		return
	}
	c.names(nodes)
	c.flush(nodes)
}

func (c *compiler) names(nodes []node) {
	needed, asked := map[string]bool{}, map[string]bool{}
	names(nodes, false, needed, asked)
	for _, set := range []struct{ from, to map[string]bool }{{needed, c.needed}, {asked, c.asked}} {
		for _, name := range slices.Sorted(maps.Keys(set.from)) {
			if !c.needed[name] && !c.asked[name] {
				c.order = append(c.order, name)
			}
			set.to[name] = true
		}
	}
}

func (c *compiler) flush(text []node) {
	if c.lit.Len() == 0 && text == nil {
		return
	}
	c.pieces = append(c.pieces, piece{c.lit.String(), text})
	c.lit.Reset()
}

// public is the text of an error for an author.
func public(err error) string {
	var e *gateway.Error
	if errors.As(err, &e) {
		return e.Public
	}
	return err.Error()
}
