package document

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/route/condition"
)

// Bounds of the conditions of one strategy.
const (
	maxConditions   = 64
	maxTerms        = 256 // in all of them
	maxQueryDepth   = 8   // of $and and $or
	maxPatternBytes = 512
)

// maxInstructions bounds the compiled patterns of a whole config: memory, and the time of one match,
// which is linear in it.
const maxInstructions = 2000

// branches are the conditions of a strategy as they are written, until the names of its targets
// are known.
type branches struct {
	list     []condition.Condition
	then     []reference // of each of list
	fallback reference
	terms    int
}

// reference is the name of a target, and where it is written; "" = none.
type reference struct {
	name, at string
	offset   int
}

// conditions parses a strategy's list of conditions.
func (p *parser) conditions(d *Document, at string, v gjson.Result) {
	p.eachItem(at, v, func(at string, v gjson.Result) {
		if len(d.branches.list) == maxConditions {
			p.problemf(at, v.Index, "is one too many: a strategy has at most %d conditions", maxConditions)
		}
		if len(d.branches.list) > maxConditions {
			return
		}
		var (
			c       condition.Condition
			then    reference
			queried bool
		)
		p.eachField(at, v, func(key, at string, k, v gjson.Result) {
			switch key {
			case "query":
				queried, c.Query = true, p.query(d, at, v, 0)
			case "then":
				then = p.reference(at, v)
			default:
				p.unknownKey(key, at, k.Index, []string{"query", "then"})
			}
		})
		if v.IsObject() && !queried {
			p.problemf(at+".query", v.Index, "is missing")
		}
		if v.IsObject() && then.at == "" {
			p.problemf(at+".then", v.Index, "is missing: the name of a target")
		}
		d.branches.list, d.branches.then = append(d.branches.list, c), append(d.branches.then, then)
	})
}

func (p *parser) reference(at string, v gjson.Result) reference {
	name, _ := p.stringValue(at, v)
	return reference{name: name, at: at, offset: v.Index}
}

// query parses {"metadata.plan": {"$eq": "paid"}, "$or": [{…}, {…}]}.
func (p *parser) query(d *Document, at string, v gjson.Result, depth int) condition.Query {
	var q condition.Query
	if depth > maxQueryDepth {
		p.problemf(at, v.Index, "is nested more than %d deep", maxQueryDepth)
		return q
	}
	some := false
	p.eachField(at, v, func(key, at string, k, v gjson.Result) {
		some = true
		switch {
		case key == "$and" || key == "$or":
			list := []condition.Query{}
			p.eachItem(at, v, func(at string, v gjson.Result) { list = append(list, p.query(d, at, v, depth+1)) })
			if v.IsArray() && len(list) == 0 {
				p.problemf(at, v.Index, "must not be empty")
			}
			if key == "$and" {
				q.And = append(q.And, list...)
			} else {
				q.Or = list
			}
		default:
			source, name, ok := p.subject(key, at, k.Index)
			if ok {
				q.And = append(q.And, p.terms(d, source, name, at, v)...)
			}
		}
	})
	if v.IsObject() && !some {
		p.problemf(at, v.Index, "must not be empty")
	}
	return q
}

// subject parses "metadata.plan", "params.model" or "url.pathname".
func (p *parser) subject(key, at string, offset int) (source condition.Source, name string, ok bool) {
	head, name, _ := strings.Cut(key, ".")
	source = condition.Source(head)
	switch {
	case (source == condition.Metadata || source == condition.Params) && name != "", source == condition.URL && name == "pathname":
		return source, name, true
	}
	p.problemf(at, offset, "must be metadata.NAME, params.NAME, url.pathname, $and or $or")
	return source, name, false
}

// terms parses what a value of the call is compared with: a value, or an object of operators.
func (p *parser) terms(d *Document, source condition.Source, name, at string, v gjson.Result) (list []condition.Query) {
	add := func(op condition.Operator, at string, v gjson.Result) {
		if d.branches.terms++; d.branches.terms == maxTerms+1 {
			p.problemf(at, v.Index, "is one too many: the conditions of a strategy have at most %d comparisons", maxTerms)
		}
		if d.branches.terms <= maxTerms {
			if t := p.term(op, at, v); t != nil {
				t.Source, t.Name = source, name
				list = append(list, condition.Query{Term: t})
			}
		}
	}
	if !v.IsObject() {
		add(condition.Eq, at, v)
		return list
	}
	some := false
	p.eachField(at, v, func(key, at string, k, v gjson.Result) {
		some = true
		if op := condition.Operator(key); slices.Contains(condition.Operators, op) {
			add(op, at, v)
			return
		}
		p.problemf(at, k.Index, "is no operator; it is one of %s", joinOperators())
	})
	if !some {
		p.problemf(at, v.Index, "must not be empty")
	}
	return list
}

// term parses the values of one operator; nil if they are no good.
func (p *parser) term(op condition.Operator, at string, v gjson.Result) *condition.Term {
	t := &condition.Term{Operator: op}
	switch op {
	case condition.In, condition.Nin:
		p.eachItem(at, v, func(at string, v gjson.Result) {
			if text, ok := p.scalar(at, v); ok {
				t.Values = append(t.Values, text)
			}
		})
		if v.IsArray() && len(t.Values) > maxTerms {
			p.problemf(at, v.Index, "has more than %d values", maxTerms)
		}
	case condition.Regex:
		text, ok := p.stringValue(at, v)
		if !ok {
			return nil
		}
		if len(text) > maxPatternBytes {
			p.problemf(at, v.Index, "is longer than %d bytes", maxPatternBytes)
			return nil
		}
		if p.instructions > maxInstructions { // which is a problem already
			return nil
		}
		pattern, size, err := compilePattern(text)
		if err != nil {
			p.problemf(at, v.Index, "is no regular expression (RE2): %s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
			return nil
		}
		if p.instructions += size; p.instructions > maxInstructions {
			p.problemf(at, v.Index, "is too much: the patterns of a config compile to at most %d instructions", maxInstructions)
			return nil
		}
		t.Pattern = pattern
	case condition.Eq, condition.Ne:
		text, ok := p.scalar(at, v)
		if !ok {
			return nil
		}
		t.Values = []string{text}
	default:
		number := v
		if v.Type == gjson.String {
			number = gjson.Parse(v.String()) // "10", as metadata are texts
		}
		if number.Type != gjson.Number {
			p.problemf(at, v.Index, "must be a number, not %s", JSONType(v))
			return nil
		}
		t.Values = []string{number.Raw}
	}
	return t
}

// compilePattern compiles a pattern and counts its instructions.
func compilePattern(text string) (*regexp.Regexp, int, error) {
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil, 0, err
	}
	prog, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return nil, 0, err
	}
	if len(prog.Inst) > maxInstructions {
		return nil, len(prog.Inst), nil
	}
	pattern, err := regexp.Compile(text)
	return pattern, len(prog.Inst), err
}

// scalar returns a text, a number, true or false as text.
func (p *parser) scalar(at string, v gjson.Result) (string, bool) {
	switch {
	case v.Type == gjson.String:
		return v.String(), true
	case v.Type == gjson.Number || v.IsBool():
		return v.Raw, true
	}
	p.problemf(at, v.Index, "must be a text, a number, true or false, not %s", JSONType(v))
	return "", false
}

func joinOperators() string {
	names := make([]string, len(condition.Operators))
	for i, op := range condition.Operators {
		names[i] = string(op)
	}
	return strings.Join(names, ", ")
}

// choose finds the targets that the conditions of d name.
func (p *parser) choose(d *Document, offset int) {
	if d.Mode != gateway.ModeConditional {
		if len(d.branches.list) > 0 || d.branches.fallback.at != "" {
			p.problemf(d.Path+".strategy", offset, "has conditions or a default, which only the mode conditional reads")
		}
		return
	}
	if len(d.branches.list) == 0 && !p.hasProblemAt(d.Path+".strategy.conditions") {
		p.problemf(d.Path+".strategy.conditions", offset, "is missing: the mode conditional needs at least one")
	}
	chooser := &condition.Chooser{Conditions: d.branches.list, Default: -1}
	for i, ref := range d.branches.then {
		chooser.Conditions[i].Then = p.named(d, ref)
	}
	if ref := d.branches.fallback; ref.name != "" {
		chooser.Default = p.named(d, ref)
	}
	d.Chooser = chooser
}

// named is the index of the target that a condition names.
func (p *parser) named(d *Document, ref reference) int {
	if ref.name == "" { // which is a problem already
		return 0
	}
	at := slices.IndexFunc(d.Targets, func(t *Document) bool { return t.Name == ref.name })
	switch {
	case at < 0:
		p.problemf(ref.at, ref.offset, "names no target: none of %s has the name '%s'", d.Path+".targets", gateway.Shorten(ref.name))
		return 0
	case slices.ContainsFunc(d.Targets[at+1:], func(t *Document) bool { return t.Name == ref.name }):
		p.problemf(ref.at, ref.offset, "names two targets: '%s'", gateway.Shorten(ref.name))
	}
	return at
}
