package guardrails

import (
	"crypto/sha256"
	"sync"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/guardrails/checks"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// addedParameters is one set of parameters that targets add to a request, with what checks
// said of it. The set does not depend on the request, so each check judges it once.
type addedParameters struct {
	content checks.Content

	mu      sync.Mutex
	results map[*compiled]checks.Result
}

const (
	maxAdded   = 1024 // sets that are kept
	maxResults = 256  // results that are kept of one set
)

// added returns a unit for each distinct set of parameters of the plan's targets.
func (s *Service) added(ex *gateway.Exchange) []unit {
	var out []unit
	seen := map[*addedParameters]bool{}
	for t := range ex.Plan.Root.Targets() {
		if len(t.Default) == 0 && len(t.Override) == 0 && t.Model == "" {
			continue
		}
		if set := s.addedBy(ex.Request.Dialect, t); !seen[set] {
			seen[set] = true
			out = append(out, unit{set.content, set})
		}
	}
	return out
}

func (s *Service) addedBy(d gateway.Dialect, t *gateway.Target) *addedParameters {
	h := sha256.New()
	for _, part := range [][]byte{[]byte(d.Name()), t.Default, t.Override, []byte(t.Model)} {
		sum := sha256.Sum256(part)
		h.Write(sum[:])
	}
	key := [sha256.Size]byte(h.Sum(nil))
	s.mu.RLock()
	set := s.parameters[key]
	s.mu.RUnlock()
	if set != nil {
		return set
	}
	texts := append(within("default_params", d, t.Default), within("override_params", d, t.Override)...)
	if t.Model != "" {
		texts = append(texts, gateway.Text{Path: "model", Value: t.Model, Bare: true})
	}
	set = &addedParameters{content: contentOf(texts), results: map[*compiled]checks.Result{}}
	set.content.Added = true
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.parameters) >= maxAdded {
		clear(s.parameters)
	}
	s.parameters[key] = set
	return set
}

func within(field string, d gateway.Dialect, raw []byte) []gateway.Text {
	if len(raw) == 0 {
		return nil
	}
	texts := gateway.JudgedIn(d, raw)
	for i := range texts {
		texts[i].Path = field + "." + texts[i].Path
	}
	return texts
}

// result returns what the check said of the set before.
func (p *addedParameters) result(c *compiled) (checks.Result, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r, ok := p.results[c]
	return r, ok
}

func (p *addedParameters) keep(c *compiled, r checks.Result) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.results) >= maxResults {
		clear(p.results)
	}
	p.results[c] = r
}

// replacesTexts reports whether applying t to a request removes a text from it. What t adds is
// judged before; a text that a check requires may be gone.
func replacesTexts(d gateway.Dialect, t *gateway.Target) bool {
	if len(t.Drop) > 0 {
		return true
	}
	for m := range jsonx.Members(t.Override) {
		scalar := m.Value[0] != '"' && m.Value[0] != '[' && m.Value[0] != '{' && m.Value[0] != 'n' // null
		if !scalar && d.Field(m.Key).Use == gateway.UsePrompt {
			return true
		}
	}
	return false
}
