package route_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/route"
)

func (b *bench) save(t *testing.T, workspace, slug, config string) {
	t.Helper()
	if _, err := b.store.PutConfig(context.Background(), route.Saved{Workspace: workspace, Slug: slug, Config: json.RawMessage(config)}); err != nil {
		t.Fatal(err)
	}
}

func ids(specs []gateway.GuardrailSpec) string {
	var out []string
	for _, g := range specs {
		id := g.ID
		if g.Deny {
			id += "!"
		}
		if g.Allow {
			id += "~"
		}
		out = append(out, id)
	}
	return strings.Join(out, " ")
}

func guard(id, more string) string {
	return `{"id":"` + id + `","checks":[{"id":"contains","parameters":{"words":["x"],"operator":"none"}}]` + more + `}`
}

// The guardrails and the redaction of the default configs of workspace and API key apply
// whatever config routes the request, and nothing weakens them.
func TestPinnedGuardrailsApplyUnderEveryConfig(t *testing.T) {
	b := newBench()
	b.save(t, "ws", "ofworkspace", `{"input_guardrails":[`+guard("w", `,"deny":true`)+`],"output_guardrails":[`+guard("wo", `,"deny":true`)+`],"redact":["email"]}`)
	b.save(t, "ws", "ofkey", `{"input_guardrails":[`+guard("k", "")+`],"redact":{"input":["phone"],"restore":false},"virtual_key":"own"}`)
	b.save(t, "ws", "prod", `{"redact":false,"virtual_key":"own"}`)
	b.save(t, "home", "atHome", `{"input_guardrails":[`+guard("h", `,"deny":true`)+`]}`)
	b.save(t, "first", "ofall", `{"input_guardrails":[`+guard("o", `,"deny":true`)+`],"output_guardrails":[`+guard("oo", `,"deny":true`)+`],"redact":["ip"],"virtual_key":"nowhere"}`)
	for name, c := range map[string]struct{ lines, input, output, redact string }{
		"organisation alone":         {"model: @own/m\norganisation-config: ofall", "o!", "oo!", "ip true"},
		"organisation, an empty one": {"model: @own/m\norganisation-config: ofall\nconfig: {}", "o!", "oo!", "ip true"},
		"all three":                  {"model: @own/m\norganisation-config: ofall\nworkspace-config: ofworkspace\nkey-config: ofkey\nconfig: {}", "o! w! k", "oo! wo!", "email,ip,phone false"},
		"workspace alone":            {"model: @own/m\nworkspace-config: ofworkspace", "w!", "wo!", "email true"},
		"key over workspace":         {"model: m\nworkspace-config: ofworkspace\nkey-config: ofkey", "w! k", "wo!", "email,phone false"},
		"an empty config":            {"model: @own/m\nworkspace-config: ofworkspace\nkey-config: ofkey\nconfig: {}", "w! k", "wo!", "email,phone false"},
		"an empty config in a body":  {"model: @own/m\nkey-config: ofkey\nbody-config: {}", "k", "", "phone false"},
		"another slug":               {"model: m\nkey-config: ofkey\nconfig: prod", "k", "", "phone false"},
		"a slug that redacts less":   {"model: m\nworkspace-config: ofworkspace\nconfig: prod", "w!", "wo!", "email true"},
		"the same id, weaker":        {"model: @own/m\nworkspace-config: ofworkspace\nconfig: {\"input_guardrails\":[" + guard("w", `,"on_error":"allow"`) + "]}", "w! w~", "wo!", "email true"},
		"the same guardrail":         {"model: @own/m\nworkspace-config: ofworkspace\nconfig: {\"input_guardrails\":[" + guard("w", `,"deny":true`) + "]}", "w!", "wo!", "email true"},
		"restored by an own config":  {"model: @own/m\nkey-config: ofkey\nconfig: {\"redact\":{\"input\":[\"ip\"],\"restore\":true}}", "k", "", "ip,phone false"},
		"in another workspace":       {"model: @own/m\nhome-config: atHome\nconfig: {}", "h!", "", " false"},
		"an address replaces a plan": {"model: @own/m\nkey-config: ofkey", "k", "", "phone false"},
	} {
		t.Run(name, func(t *testing.T) {
			for range 2 { // compiled and shared
				p, err := b.plan(t, c.lines)
				if err != nil {
					t.Fatal(err)
				}
				redact := slices.Sorted(slices.Values(p.Redact.Input))
				got := strings.Join(redact, ",") + " " + map[bool]string{true: "true", false: "false"}[p.Redact.Restore]
				if ids(p.Input) != c.input || ids(p.Output) != c.output || got != c.redact {
					t.Errorf("input %q, output %q, redact %q", ids(p.Input), ids(p.Output), got)
				}
				for target := range p.Root.Targets() {
					if ids(target.Output) != c.output {
						t.Errorf("target %s: output %q", target.Path, ids(target.Output))
					}
				}
			}
		})
	}
}

// Keys that share a config, and have different ones of their own, never get each other's plan.
func TestSharedPlansKeepWhatIsPinned(t *testing.T) {
	b := newBench()
	b.save(t, "ws", "a", `{"input_guardrails":[`+guard("a", "")+`]}`)
	b.save(t, "ws", "b", `{"input_guardrails":[`+guard("b", "")+`]}`)
	b.save(t, "ws", "prod", `{"virtual_key":"own"}`)
	for range 2 {
		for _, key := range []string{"a", "b"} {
			p, err := b.plan(t, "model: m\nconfig: prod\nkey-config: "+key)
			if err != nil || ids(p.Input) != key {
				t.Errorf("%s: %q %v", key, ids(p.Input), err)
			}
		}
	}
	if p, err := b.plan(t, "model: m\nconfig: prod"); err != nil || len(p.Input) > 0 {
		t.Error(p, err)
	}
}

func TestPinnedConfigThatIsGoneRefuses(t *testing.T) {
	b := newBench()
	for lines, want := range map[string]string{"key-config: gone": "of this API key", "workspace-config: gone": "of this workspace"} {
		if _, err := b.plan(t, "model: @own/m\nconfig: {}\n"+lines); err == nil || !strings.Contains(gateway.AsError(err).Public, want) {
			t.Errorf("%s: %v", lines, err)
		}
	}
	b.save(t, "ws", "ofkey", `{"redact":["email"]}`)
	if _, err := b.plan(t, "model: @own/m\nkey-config: ofkey\nconfig: {\"redact\":false}"); err == nil || gateway.AsError(err).Param != "config.redact" {
		t.Error(err)
	}
}
