package app

import (
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
)

// TestDryRun holds the order, the reasons and the prices of a dry run, and that the config need not
// be saved.
func TestDryRun(t *testing.T) {
	o := openOffice(t)
	answer := o.must("POST", "/v1/configs/dry-run", `{"request":{"model":"echo","messages":[{"role":"user","content":"Hi"}]},"config":{
		"strategy":{"mode":"fallback","on_status_codes":[429]},
		"targets":[
			{"strategy":{"mode":"loadbalance"},"targets":[{"provider":"mock","weight":3},{"provider":"mock","weight":1,"override_params":{"model":"fail-503"}}]},
			{"provider":"mock","retry":2}],
		"redact":["email"],"cache":"exact"}}`)
	for path, want := range map[string]string{
		"targets.#.order":        "[1,2,3]",
		"targets.0.when.0.kind":  "draw",
		"targets.0.when.0.share": "0.75",
		"targets.1.model":        "fail-503",
		"targets.2.when":         `[{"kind":"after_failure","node":"config.targets[0]","on_status":[429]}]`,
		"targets.2.retries":      "2",
		"targets.0.price.input":  "0.1",
		"redact":                 `["email"]`,
		"cache":                  "exact",
	} {
		if got := answer.Get(path).String(); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
}

// TestDryRunOfStickyConfig: a dry run tells which target a user keeps, and who is asked where it fails.
func TestDryRunOfStickyConfig(t *testing.T) {
	o := openOffice(t)
	for _, c := range []struct{ failover, targets, when string }{
		{"true", "2", `[{"kind":"after_failure","node":"KEPT"}]`},
		{"false", "1", ""},
	} {
		answer := o.must("POST", "/v1/configs/dry-run", `{"request":{"model":"mock/echo","user":"ann","messages":[{"role":"user","content":"Hi"}]},"config":{
			"strategy":{"mode":"loadbalance","failover":`+c.failover+`,"sticky":{"enabled":true,"hash_fields":["params.user"]}},
			"targets":[{"provider":"mock"},{"provider":"mock","override_params":{"model":"echo"}},{"provider":"mock","weight":0}]}}`)
		kept := answer.Get("targets.0.path").Str
		for path, want := range map[string]string{
			"targets.#":             c.targets,
			"targets.0.when.0.kind": "sticky",
			"targets.0.when.0.node": "config",
			"targets.1.when":        strings.Replace(c.when, "KEPT", kept, 1),
		} {
			if got := answer.Get(path).String(); got != want {
				t.Errorf("failover %s: %s is %s, want %s", c.failover, path, got, want)
			}
		}
	}
}

// TestDryRunRanked: a dry run tells the order of cheapest and fastest targets, with the figures.
func TestDryRunRanked(t *testing.T) {
	o := openOffice(t)
	answer := o.must("POST", "/v1/configs/dry-run", `{"request":{"model":"echo","max_tokens":1000,"messages":[{"role":"user","content":"Hi"}]},"config":{
		"strategy":{"mode":"cheapest","on_status_codes":[429]},
		"targets":[
			{"provider":"mock","override_params":{"model":"unheard-of"}},
			{"provider":"mock","weight":0},
			{"strategy":{"mode":"fastest"},"targets":[{"provider":"mock"}]}]}}`)
	for path, want := range map[string]string{
		"targets.#.path":                  `["config.targets[2].targets[0]","config.targets[0]"]`,
		"targets.0.when.0.kind":           "ranked",
		"targets.0.when.0.mode":           "cheapest",
		"targets.0.when.0.estimated_cost": "0.0004005",
		"targets.0.when.0.because":        "",
		"targets.0.when.1":                `{"kind":"ranked","node":"config.targets[2]","mode":"fastest","because":"unmeasured"}`,
		"targets.1.when":                  `[{"kind":"ranked","node":"config","mode":"cheapest","because":"unpriced"},{"kind":"after_failure","node":"config.targets[2]","on_status":[429]}]`,
	} {
		if got := answer.Get(path).String(); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
}

// TestTrials holds what dry runs and trials of texts refuse, by the field.
func TestTrials(t *testing.T) {
	o := openOffice(t)
	const request = `"request":{"model":"mock/echo","messages":[{"role":"user","content":"Hi"}]}`
	for name, c := range map[string]struct{ path, body, field string }{
		"no request":        {"/v1/configs/dry-run", `{}`, "request"},
		"unknown format":    {"/v1/configs/dry-run", `{"format":"morse",` + request + `}`, "format"},
		"unknown config":    {"/v1/configs/dry-run", `{"config":"nowhere",` + request + `}`, "config"},
		"config is a list":  {"/v1/configs/dry-run", `{"config":[],` + request + `}`, "config"},
		"invalid config":    {"/v1/configs/dry-run", `{"config":{"retry":"often"},` + request + `}`, "config.retry"},
		"absent key":        {"/v1/configs/dry-run", `{"config":{"virtual_key":"nobody"},` + request + `}`, "config.virtual_key"},
		"no text":           {"/v1/guardrails/test", `{}`, "text"},
		"unknown entity":    {"/v1/guardrails/test", `{"text":"a","entities":["soul"]}`, "entities"},
		"config of a trial": {"/v1/guardrails/test", `{"text":"a","config":7}`, "config"},
	} {
		code, body := o.call(o.keys[gateway.RoleOwner], "POST", c.path, c.body)
		if got := gjson.Get(body, "error.param").String(); code/100 != 4 || got != c.field {
			t.Errorf("%s: %d, field %q, want %q: %s", name, code, got, c.field, body)
		}
	}
}

// TestGuardrailTrial holds findings by characters, the redacted text and the verdicts of a config.
func TestGuardrailTrial(t *testing.T) {
	o := openOffice(t)
	answer := o.must("POST", "/v1/guardrails/test", `{"text":"写信给 ada@example.com。","config":{"redact":["email"],
		"input_guardrails":[{"default.contains":{"words":["ada"],"operator":"none"},"deny":true}]}}`)
	for path, want := range map[string]string{
		"redacted":             "写信给 [EMAIL]。",
		"findings.0.entity":    "email",
		"findings.0.start":     "4",
		"findings.0.end":       "19",
		"verdicts.#":           "1",
		"verdicts.0.pass":      "false",
		"verdicts.0.action":    "deny",
		"verdicts.0.checks.#":  "1",
		"verdicts.0.phase":     "input",
		"verdicts.0.guardrail": answer.Get("verdicts.0.guardrail").String(),
	} {
		if got := answer.Get(path).String(); got != want {
			t.Errorf("%s is %s, want %s in %s", path, got, want, answer)
		}
	}
	if all := o.must("POST", "/v1/guardrails/test", `{"text":"card 4111 1111 1111 1111"}`); all.Get("findings.0.entity").String() != "card" {
		t.Errorf("without a config all entities are looked for: %s", all)
	}
}
