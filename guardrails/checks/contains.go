package checks

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// maxWords bounds the words of one check.
const maxWords = 1000

// contains searches the content for words. Words and content are read as folded returns
// them, unless Exact is set.
type contains struct {
	Words    []string `json:"words"`
	Operator string   `json:"operator"` // any (the default), all or none
	Not      bool     `json:"not"`
	Exact    bool     `json:"exact"`

	sought []string // the words as they are looked for
}

func newContains(params json.RawMessage) (Check, error) {
	const op = "checks.contains"
	c := &contains{}
	if err := strict(op, params, c); err != nil {
		return nil, err
	}
	switch {
	case len(c.Words) == 0:
		return nil, gateway.InvalidField(op, "parameters.words", "The field 'parameters.words' must list at least one word.")
	case len(c.Words) > maxWords:
		return nil, gateway.InvalidField(op, "parameters.words", fmt.Sprintf("The field 'parameters.words' lists more than %d words.", maxWords))
	}
	for i, w := range c.Words {
		sought := w
		if !c.Exact {
			sought = folded(w)
		}
		if sought == "" {
			param := fmt.Sprintf("parameters.words[%d]", i)
			return nil, gateway.InvalidField(op, param, "The field '"+param+"' is empty, or holds only characters that are not seen without \"exact\".")
		}
		c.sought = append(c.sought, sought)
	}
	switch c.Operator {
	case "":
		c.Operator = "any"
	case "any", "all", "none":
	default:
		return nil, gateway.InvalidField(op, "parameters.operator", "The field 'parameters.operator' must be any, all or none.")
	}
	return c, nil
}

func (c *contains) Name() string { return "default.contains" }

// Requires implements Requirer.
func (c *contains) Requires() bool { return (c.Operator == "none") == c.Not }

func (c *contains) Inspect(ctx context.Context, in Content) (Result, error) {
	if in.Added && c.Requires() {
		return notAsked, nil
	}
	places := make(map[int]Finding, len(c.sought)) // by word
	for i, p := range in.Parts {
		if p.Bare && c.Requires() {
			continue
		}
		text := p.Text
		if !c.Exact {
			text = folded(text)
		}
		for k, w := range c.sought {
			if _, found := places[k]; found {
				continue
			}
			if err := ctx.Err(); err != nil {
				return Result{}, err
			}
			if at := strings.Index(text, w); at >= 0 {
				places[k] = place("word", i, p, c.Exact, at, at+len(w))
			}
		}
	}
	found := len(places)
	pass := found > 0
	switch c.Operator {
	case "all":
		pass = found == len(c.Words)
	case "none":
		pass = found == 0
	}
	r := outcome(pass, c.Not, fmt.Sprintf("%d of %d words are there; asked for: %s%s.", found, len(c.Words), negated(c.Not), c.Operator))
	if !r.Pass {
		for _, f := range places {
			r.Findings = append(r.Findings, f)
		}
	}
	return r, nil
}

// place returns the finding of a match in a part. In a text that was normalised the span is
// the whole part.
func place(entity string, part int, p Part, exact bool, start, end int) Finding {
	if !exact {
		start, end = 0, len(p.Text)
	}
	return Finding{Entity: entity, Part: part, Start: start, End: end, Score: 1}
}

func negated(not bool) string {
	if not {
		return "not "
	}
	return ""
}
