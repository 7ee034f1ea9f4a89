package guardrails

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/guardrails/checks"
)

// maxCompiled bounds the compiled guardrails that are kept.
const maxCompiled = 1024

// guardrail is a compiled gateway.GuardrailSpec.
type guardrail struct {
	spec   gateway.GuardrailSpec
	checks []compiled
	local  bool  // every check is local
	broken error // why the spec does not compile; every use then fails
}

// compiled is a check with its id.
type compiled struct {
	id    string
	local bool
	checks.Check
}

// Check returns what is wrong with a spec. Param of the error is relative to it:
// "checks[1].parameters.rule".
func (s *Service) Check(spec gateway.GuardrailSpec) error {
	_, err := s.compile(spec)
	return err
}

func (s *Service) compile(spec gateway.GuardrailSpec) (*guardrail, error) {
	const op = "guardrails.Check"
	if len(spec.Checks) == 0 {
		return nil, gateway.InvalidField(op, "checks", "The guardrail has no checks.")
	}
	g := &guardrail{spec: spec, local: true}
	for i, c := range spec.Checks {
		at := fmt.Sprintf("checks[%d]", i)
		entry, ok := checks.Find(s.table, c.ID)
		if !ok {
			return nil, gateway.InvalidField(op, at+".id", "There is no check '"+c.ID+"'; known are "+checks.IDs(s.table)+".")
		}
		check, err := entry.New(c.Params)
		if err != nil {
			var e *gateway.Error
			if !errors.As(err, &e) {
				return nil, &gateway.Error{Op: op, Kind: gateway.Invalid, Param: at + ".parameters", Public: "The check '" + c.ID + "' refuses its parameters.", Err: err}
			}
			named := *e
			named.Param = at + "." + e.Param
			return nil, &named
		}
		g.checks = append(g.checks, compiled{entry.ID, entry.Local, check})
		g.local = g.local && entry.Local
	}
	return g, nil
}

// guardrail returns the compiled form of spec, which is kept. A spec that does not compile
// is kept as broken and denies, as every error does.
func (s *Service) guardrail(spec gateway.GuardrailSpec) *guardrail {
	version := spec.Version
	if version == "" {
		b, _ := json.Marshal(spec) // it fails only for parameters that are not JSON; they do not compile either
		sum := sha256.Sum256(b)
		version = hex.EncodeToString(sum[:])
	}
	key := spec.ID + "\x00" + version
	s.mu.RLock()
	g := s.compiled[key]
	s.mu.RUnlock()
	if g != nil {
		return g
	}
	g, err := s.compile(spec)
	if err != nil {
		g = &guardrail{spec: spec, broken: err}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.compiled) >= maxCompiled {
		clear(s.compiled)
	}
	s.compiled[key] = g
	return g
}

// requires reports whether one of the guardrails requires something to be there. One that does not compile
// denies everything.
func (s *Service) requires(specs []gateway.GuardrailSpec) bool {
	for _, spec := range specs {
		for _, c := range s.guardrail(spec).checks {
			if r, ok := c.Check.(checks.Requirer); ok && r.Requires() {
				return true
			}
		}
	}
	return false
}
