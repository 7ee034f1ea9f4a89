package checks

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"regexp/syntax"

	"github.com/sluicegate/sluice/gateway"
)

// Bounds of the rule and of the text. RE2 takes time linear in both, so their product is the
// worst case.
const (
	maxRule    = 8 << 10
	maxProgram = 10_000
	maxMatched = 8 << 20
)

// regexMatch searches the texts of the content for a pattern in RE2 syntax
// (https://github.com/google/re2/wiki/Syntax): without look-around and back references.
type regexMatch struct {
	Rule string `json:"rule"`
	Not  bool   `json:"not"`

	pattern *regexp.Regexp
}

func newRegexMatch(params json.RawMessage) (Check, error) {
	const op, param = "checks.regexMatch", "parameters.rule"
	c := &regexMatch{}
	if err := strict(op, params, c); err != nil {
		return nil, err
	}
	switch {
	case c.Rule == "":
		return nil, gateway.InvalidField(op, param, "The field 'parameters.rule' is missing.")
	case len(c.Rule) > maxRule:
		return nil, gateway.InvalidField(op, param, "The field 'parameters.rule' is longer than 8 KiB.")
	}
	tree, err := syntax.Parse(c.Rule, syntax.Perl)
	if err == nil {
		var prog *syntax.Prog
		if prog, err = syntax.Compile(tree.Simplify()); err == nil && len(prog.Inst) > maxProgram {
			return nil, gateway.InvalidField(op, param, "The field 'parameters.rule' is too big a pattern.")
		}
	}
	if err == nil {
		c.pattern, err = regexp.Compile(c.Rule)
	}
	if err != nil {
		return nil, &gateway.Error{Op: op, Kind: gateway.Invalid, Param: param, Err: err,
			Public: "The field 'parameters.rule' is no valid pattern (RE2 syntax): " + reason(err) + "."}
	}
	return c, nil
}

func reason(err error) string {
	var e *syntax.Error
	if errors.As(err, &e) {
		return e.Code.String() + ": `" + e.Expr + "`"
	}
	return err.Error()
}

func (c *regexMatch) Name() string { return "default.regexMatch" }

func (c *regexMatch) Inspect(_ context.Context, in Content) (Result, error) {
	for i, p := range in.Parts {
		if len(p.Text) > maxMatched {
			return Result{}, &gateway.Error{Op: "checks.regexMatch", Kind: gateway.TooLarge, Public: "A text is longer than 8 MiB."}
		}
		at := c.pattern.FindStringIndex(p.Text)
		if at == nil {
			continue
		}
		r := outcome(true, c.Not, "The pattern matches; asked for: "+negated(c.Not)+"to match.")
		if !r.Pass {
			r.Findings = []Finding{{Entity: "pattern", Part: i, Start: at[0], End: at[1], Score: 1}}
		}
		return r, nil
	}
	return outcome(false, c.Not, "The pattern does not match; asked for: "+negated(c.Not)+"to match."), nil
}
