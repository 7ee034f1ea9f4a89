package route

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/route/document"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// gatewayFields are the fields of a body that are meant for a gateway, as clients of OpenRouter
// and LiteLLM send them. They do not reach a vendor that is no gateway itself: Sluice acts on
// them, or drops a hint and says so, or refuses what it cannot do.
type gatewayFields struct {
	values  map[string][]byte // by name, null values included
	changes []jsonx.Change    // what removes them from the body
	dropped []string          // hints that nobody acts on
	model   string            // that the request asks for first, "" if it names none
	retries *int              // num_retries; nil = not given
}

// gatewayFieldUse says what becomes of each field that no target takes as it is.
var gatewayFieldUse = map[string]string{
	"models": "chain", "fallbacks": "chain",
	"provider":   "preference",
	"guardrails": "refused",
	"transforms": "hint", "route": "hint", "plugins": "hint", "mock_response": "hint",
	"num_retries": "retries", "disable_fallbacks": "primary",
	"usage": "envelope", "cache": "envelope", "tags": "envelope", // read by the HTTP API
}

// readGatewayFields returns nil if the body has no such field.
func readGatewayFields(req *gateway.Request) *gatewayFields {
	f := &gatewayFields{values: map[string][]byte{}, model: req.Model()}
	for m := range jsonx.Members(req.Raw) {
		switch {
		case gatewayFieldUse[m.Key] != "":
			f.values[m.Key] = m.Value
		case m.Key == "metadata" && isList(jsonx.Get(m.Value, "tags")):
			rest := jsonx.Delete(m.Value, "tags")
			if strings.Trim(string(rest), "{} \t\r\n") == "" {
				rest = nil
			}
			f.changes = append(f.changes, jsonx.Change{Name: m.Key, Value: rest})
		}
	}
	if len(f.values) == 0 && len(f.changes) == 0 {
		return nil
	}
	return f
}

// given returns the value of a field, nil if it is absent or null.
func (f *gatewayFields) given(name string) []byte {
	if v := f.values[name]; len(v) > 0 && v[0] != 'n' {
		return v
	}
	return nil
}

// applyGatewayFields acts on the fields of a request. It returns the config that then applies.
func (s *Service) applyGatewayFields(ctx context.Context, ex *gateway.Exchange, chosen chosenConfig, f *gatewayFields) (chosenConfig, error) {
	entries, err := f.chain()
	if f.model == "" && err == nil && len(entries) > 0 {
		f.model = entries[0]
	}
	c, asked := s.newCompiler(ctx, ex, &chosen, f.model)
	if asked != nil {
		return chosen, asked
	}
	plan, planErr := s.plan(&c, ex, &chosen)
	if planErr == nil {
		s.leaveToGateways(f, plan)
	}
	f.remove()
	if f.given("models") == nil && f.given("fallbacks") == nil {
		entries = nil
	} else if err != nil {
		return chosen, err
	}
	if v := f.given("guardrails"); v != nil && !(isList(v) && jsonx.Get(v, "0") == nil) {
		return chosen, gateway.InvalidField("route.Configure", "guardrails",
			"The field 'guardrails' names guardrails, and Sluice has none by name: put them into a config as 'input_guardrails' and 'output_guardrails'.")
	}
	if err := f.readRetries(); err != nil {
		return chosen, err
	}
	if off, err := f.flag("disable_fallbacks"); err != nil {
		return chosen, err
	} else if off {
		chosen.doc, chosen.amended = chosen.doc.Primary(), true
		entries = nil
	}
	preference, err := s.readPreference(f.given("provider"))
	if err != nil {
		return chosen, err
	}
	if preference == nil && len(entries) == 0 {
		return chosen, nil
	}
	if chosen.group != nil && preference == nil {
		return s.fallBackOn(ctx, ex, chosen, without(entries, f.model))
	}
	if c.replacesTargets(&chosen) {
		chosen.doc = chosen.doc.WithoutTargets()
	}
	if !chosen.doc.IsLeaf() {
		field := "provider"
		if len(entries) > 0 {
			field = f.chainField()
		}
		return chosen, gateway.InvalidField("route.Configure", field,
			"The field '"+field+"' chooses who answers, and so do the targets of the config that applies. Leave out one of the two.")
	}
	chosen.amended = true
	if preference != nil {
		chosen.doc, err = c.prefer(chosen.doc, preference, entries)
		return chosen, err
	}
	doc := *chosen.doc
	doc.Fallback = without(entries, f.model)
	doc.ExpandFallback()
	chosen.doc = &doc
	return chosen, nil
}

// leaveToGateways forgets the fields that every target takes as they are.
func (s *Service) leaveToGateways(f *gatewayFields, plan *gateway.Plan) {
	if s.cfg.TakesField == nil {
		return
	}
	for name := range f.values {
		takes := false
		for t := range plan.Root.Targets() {
			if takes = t.Provider != "" && s.cfg.TakesField(t.Provider, name); !takes {
				break
			}
		}
		if takes {
			delete(f.values, name)
		}
	}
}

// remove notes how the fields leave the body, and which of them are dropped.
func (f *gatewayFields) remove() {
	for name := range f.values {
		f.changes = append(f.changes, jsonx.Change{Name: name})
		if gatewayFieldUse[name] == "hint" && f.given(name) != nil {
			f.dropped = append(f.dropped, name)
		}
	}
	slices.Sort(f.dropped)
}

func isList(raw []byte) bool { return len(raw) > 0 && raw[0] == '[' }

func without(entries []string, model string) []string {
	return slices.DeleteFunc(slices.Clone(entries), func(e string) bool { return e == model })
}

// readRetries reads num_retries: how often each target is called again.
func (f *gatewayFields) readRetries() error {
	raw := f.given("num_retries")
	if raw == nil {
		return nil
	}
	n, err := strconv.Atoi(string(raw))
	if err != nil || n < 0 || n > document.MaxAttempts {
		return gateway.InvalidField("route.Configure", "num_retries", "The field 'num_retries' must be a whole number from 0 to "+strconv.Itoa(document.MaxAttempts)+".")
	}
	f.retries = &n
	return nil
}

// flag reads a field that is true or false.
func (f *gatewayFields) flag(name string) (bool, error) {
	switch v := f.given(name); {
	case v == nil || v[0] == 'f':
		return false, nil
	case v[0] == 't':
		return true, nil
	}
	return false, gateway.InvalidField("route.Configure", name, "The field '"+name+"' must be true or false.")
}
