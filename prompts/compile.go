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

// arm is a compiled text of a version, ready to render.
type arm struct {
	name     string // "" for a version without variants
	weight   float64
	version  int // the version that the text comes from
	model    string
	messages []segment // the elements of the list, with their commas
	params   []param
	declared []declaration // declared and derived variables
	defaults []variable    // values of variables that a call may omit
	size     int           // bytes of the rendered request without variables
}

// segment is literal JSON, followed by one string to render.
type segment struct {
	literal string
	text    []node // nil: no string follows
}

// references resolves references of a text: to versions of the same template, and to
// partials.
type references struct {
	version func(number int) (*body, error)
	partial partialSource
}

// experiment is a compiled version: its arms, and the key they are drawn by.
type experiment struct {
	arms   []arm
	by     string
	config string // slug of the config that the version names
}

// compile compiles a parsed body to arms. number is the version's own number.
func compile(b *body, number int, lib references) (*experiment, problems) {
	var ps problems
	e := &experiment{by: b.by, config: b.config}
	if len(b.variants) == 0 {
		e.arms = []arm{compileArm(b.armText, b.declared, "", lib, &ps)}
		e.arms[0].version = number
		return e, ps
	}
	for i, v := range b.variants {
		at := "variants[" + strconv.Itoa(i) + "]"
		t, declared, from, where := mergeText(b.armText, v.armText), b.declared, number, at
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
			t, declared, from, where = other.armText, other.declared, v.version, at+".version"
		}
		a := compileArm(t, declared, where, lib, &ps)
		a.name, a.weight, a.version = v.name, v.weight, from
		e.arms = append(e.arms, a)
	}
	declareInAllArms(e.arms)
	return e, ps
}

// mergeText returns the text of an inline arm: its own fields over the body's.
func mergeText(base, own armText) armText {
	t := base
	if own.messages.Exists() {
		t.messages, t.fromPrompt = own.messages, own.fromPrompt
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

// declareInAllArms declares the variables of every arm in all arms. Whether a call is valid
// must not depend on the arm that is drawn.
func declareInAllArms(arms []arm) {
	var all []declaration
	for i := range arms {
		all = append(all, arms[i].declared...)
	}
	for i := range arms {
		for _, d := range all {
			if !arms[i].declares(d.name) {
				arms[i].declared = append(arms[i].declared, declaration{name: d.name})
			}
		}
	}
}

func compileArm(t armText, declared []declaration, where string, lib references, ps *problems) arm {
	a := arm{params: t.params, model: t.model, declared: append([]declaration(nil), declared...)}
	if t.virtualKey != "" && t.model != "" {
		a.model = "@" + t.virtualKey + "/" + t.model
	}
	c := compiler{refs: lib, problems: ps, budget: maxNodes, required: map[string]bool{}, optional: map[string]bool{}}
	for i, m := range t.messages.Array() {
		if i > 0 {
			c.literal.WriteByte(',')
		}
		at := join(where, "messages["+strconv.Itoa(i)+"]")
		if t.fromPrompt {
			at = join(where, "prompt")
		}
		c.compileValue(m, at)
	}
	if len(declared)+len(c.order) > maxVariables {
		at := join(where, "messages")
		if t.fromPrompt {
			at = join(where, "prompt")
		}
		ps.add(at, "has more than "+strconv.Itoa(maxVariables)+" variables, with those that are declared")
		return a
	}
	c.flushSegment(nil)
	a.messages = c.segments
	a.size = a.fixedSize()
	for _, d := range a.declared {
		switch {
		case d.Default != nil:
			a.defaults = append(a.defaults, variable{d.name, gjson.ParseBytes(d.Default)})
		case !d.Required:
			a.defaults = append(a.defaults, variable{d.name, gjson.Result{Type: gjson.Null, Raw: "null"}})
		}
	}
	for _, name := range c.order {
		if !a.declares(name) {
			a.declared = append(a.declared, declaration{name, Variable{Required: c.required[name]}})
		}
	}
	return a
}

// fixedSize estimates how many bytes of a request do not come from variables.
func (a *arm) fixedSize() int {
	n := len(a.model) + len(`{"model":"","messages":[]}`)
	for i := range a.messages {
		n += len(a.messages[i].literal)
		for j := range a.messages[i].text {
			n += len(a.messages[i].text[j].text)
		}
	}
	for _, p := range a.params {
		n += len(p.key) + len(p.raw) + len(`"":,`)
	}
	return n
}

// compiler splits messages into segments.
type compiler struct {
	refs               references
	literal            strings.Builder
	segments           []segment
	problems           *problems
	budget             int
	required, optional map[string]bool
	order              []string
}

func (c *compiler) compileValue(v gjson.Result, path string) {
	switch {
	case v.IsObject():
		c.literal.WriteByte('{')
		first := true
		v.ForEach(func(k, item gjson.Result) bool {
			if !first {
				c.literal.WriteByte(',')
			}
			first = false
			c.literal.WriteString(k.Raw)
			c.literal.WriteByte(':')
			c.compileValue(item, join(path, k.String()))
			return true
		})
		c.literal.WriteByte('}')
	case v.IsArray():
		c.literal.WriteByte('[')
		for i, item := range v.Array() {
			if i > 0 {
				c.literal.WriteByte(',')
			}
			c.compileValue(item, path+"["+strconv.Itoa(i)+"]")
		}
		c.literal.WriteByte(']')
	case v.Type == gjson.String && strings.Contains(v.Str, "{{"):
		c.compileText(v.Str, path)
	default:
		c.literal.WriteString(v.Raw)
	}
}

func (c *compiler) compileText(src, path string) {
	if before, ok := strings.CutSuffix(path, "prompt.content"); ok {
		path = before + "prompt"
	}
	nodes, err := parseText(src)
	if err == nil {
		nodes, err = expandPartials(nodes, c.refs.partial, nil, &c.budget)
	}
	if err != nil {
		c.problems.add(path, publicMessage(err))
		return
	}
	c.collectNames(nodes)
	c.flushSegment(nodes)
}

func (c *compiler) collectNames(nodes []node) {
	needed, asked := map[string]bool{}, map[string]bool{}
	collectNames(nodes, false, needed, asked)
	for _, set := range []struct{ from, to map[string]bool }{{needed, c.required}, {asked, c.optional}} {
		for _, name := range slices.Sorted(maps.Keys(set.from)) {
			if !c.required[name] && !c.optional[name] {
				c.order = append(c.order, name)
			}
			set.to[name] = true
		}
	}
}

func (c *compiler) flushSegment(text []node) {
	if c.literal.Len() == 0 && text == nil {
		return
	}
	c.segments = append(c.segments, segment{c.literal.String(), text})
	c.literal.Reset()
}

// publicMessage returns an error's text for the template's author.
func publicMessage(err error) string {
	var e *gateway.Error
	if errors.As(err, &e) {
		return e.Public
	}
	return err.Error()
}
