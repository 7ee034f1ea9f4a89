package checks

import (
	"context"
	"encoding/json"
	"errors"
	"regexp/syntax"

	"github.com/sluicegate/sluice/gateway"
)

// regexMatch searches the texts of the content for a pattern in RE2 syntax
// (https://github.com/google/re2/wiki/Syntax): without look-around and back references. A
// text matches if one of its readings does; with Exact, only as it is written.
type regexMatch struct {
	Rule  string `json:"rule"`
	Not   bool   `json:"not"`
	Exact bool   `json:"exact"`

	pattern *pattern
}

func newRegexMatch(params json.RawMessage) (Check, error) {
	const op, param = "checks.regexMatch", "parameters.rule"
	c := &regexMatch{}
	if err := strict(op, params, c); err != nil {
		return nil, err
	}
	if c.Rule == "" {
		return nil, gateway.InvalidField(op, param, "The field 'parameters.rule' is missing.")
	}
	var err error
	if c.pattern, err = compilePattern(c.Rule); err != nil {
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

// Requires implements Requirer.
func (c *regexMatch) Requires() bool { return !c.Not }

func (c *regexMatch) Inspect(ctx context.Context, in Content) (Result, error) {
	if in.Added && c.Requires() {
		return notAsked, nil
	}
	for i, p := range in.Parts {
		if p.Bare && !c.Not {
			continue
		}
		forms := []string{p.Text}
		if !c.Exact {
			forms = readings(p.Text)
		}
		for k, text := range forms {
			at, err := c.pattern.find(ctx, text)
			if err != nil {
				return Result{}, err
			}
			if at == nil {
				continue
			}
			r := outcome(true, c.Not, "The pattern matches; asked for: "+negated(c.Not)+"to match.")
			if !r.Pass {
				r.Findings = []Finding{place("pattern", i, p, k == 0, at[0], at[1])}
			}
			return r, nil
		}
	}
	return outcome(false, c.Not, "The pattern does not match; asked for: "+negated(c.Not)+"to match."), nil
}
