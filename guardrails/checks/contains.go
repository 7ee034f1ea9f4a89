package checks

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// contains searches the content for words, with the case they are given in.
type contains struct {
	Words    []string `json:"words"`
	Operator string   `json:"operator"` // any (the default), all or none
	Not      bool     `json:"not"`
}

func newContains(params json.RawMessage) (Check, error) {
	const op = "checks.contains"
	c := &contains{}
	if err := strict(op, params, c); err != nil {
		return nil, err
	}
	if len(c.Words) == 0 {
		return nil, gateway.InvalidField(op, "parameters.words", "The field 'parameters.words' must list at least one word.")
	}
	for i, w := range c.Words {
		if w == "" {
			param := fmt.Sprintf("parameters.words[%d]", i)
			return nil, gateway.InvalidField(op, param, "The field '"+param+"' is empty.")
		}
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

func (c *contains) Inspect(_ context.Context, in Content) (Result, error) {
	found := 0
	var places []Finding
	for _, w := range c.Words {
		for i, p := range in.Parts {
			if at := strings.Index(p.Text, w); at >= 0 {
				found++
				places = append(places, Finding{Entity: "word", Part: i, Start: at, End: at + len(w), Score: 1})
				break
			}
		}
	}
	pass := found > 0
	switch c.Operator {
	case "all":
		pass = found == len(c.Words)
	case "none":
		pass = found == 0
	}
	r := outcome(pass, c.Not, fmt.Sprintf("%d of %d words are there; asked for: %s%s.", found, len(c.Words), negated(c.Not), c.Operator))
	if !r.Pass {
		r.Findings = places
	}
	return r, nil
}

func negated(not bool) string {
	if not {
		return "not "
	}
	return ""
}
