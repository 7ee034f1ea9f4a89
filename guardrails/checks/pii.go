package checks

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/guardrails/pii"
)

// detect fails if the content holds personal data or credentials. With "not" it passes then.
type detect struct {
	Entities []string `json:"entities"` // of pii.Entities; empty: all
	Not      bool     `json:"not"`

	name    string
	scanner *pii.Scanner
}

func newPII(params json.RawMessage) (Check, error) {
	const op = "checks.pii"
	c := &detect{name: "default.pii"}
	if err := strict(op, params, c); err != nil {
		return nil, err
	}
	if len(c.Entities) == 0 {
		c.Entities = pii.Entities()
	}
	var err error
	if c.scanner, err = pii.New(c.Entities...); err != nil {
		return nil, gateway.InvalidField(op, "parameters.entities", "The field 'parameters.entities': "+err.Error()+".")
	}
	return c, nil
}

func newSecrets(params json.RawMessage) (Check, error) {
	c := &detect{name: "default.secrets"}
	var own struct {
		Not bool `json:"not"`
	}
	if err := strict("checks.secrets", params, &own); err != nil {
		return nil, err
	}
	c.Not = own.Not
	var err error
	c.scanner, err = pii.New("secret")
	return c, err
}

func (c *detect) Name() string { return c.name }

// Requires implements Requirer.
func (c *detect) Requires() bool { return c.Not }

func (c *detect) Inspect(_ context.Context, in Content) (Result, error) {
	if in.Added && c.Requires() {
		return notAsked, nil
	}
	var spans []pii.Span
	var found []Finding
	for i, p := range in.Parts {
		if p.Bare && c.Not || (p.Decoded || p.Joined) && len(found) > 0 { // they repeat other parts
			continue
		}
		spans = c.scanner.Scan(spans[:0], p.Text)
		for _, s := range spans {
			found = append(found, Finding{Entity: s.Entity, Part: i, Start: s.Start, End: s.End, Score: s.Score})
		}
	}
	r := outcome(len(found) == 0, c.Not, fmt.Sprintf("%d values of the entities in question are there.", len(found)))
	r.Findings = found
	return r, nil
}
