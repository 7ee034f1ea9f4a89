package openai

import (
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

// TestReasoningIsReserved: a budget of thinking that comes on top of the limit is known before
// the call.
func TestReasoningIsReserved(t *testing.T) {
	for body, want := range map[string]int64{
		`{"reasoning":{"max_tokens":5000}}`:                                       5000,
		`{"reasoning":{"max_tokens":1e30}}`:                                       1_000_000_000,
		`{"thinking":{"budget_tokens":7000},"reasoning":{"max_tokens":5000}}`:     7000,
		`{"reasoning":{"max_tokens":5000},"thinking":{"budget_tokens":2000}}`:     5000,
		`{"reasoning":{"effort":"low"}}`:                                          0,
		`{"reasoning":{"max_tokens":-1}}`:                                         0,
		`{"reasoning":"high","thinking":{"type":"enabled","budget_tokens":1024}}`: 1024,
	} {
		if p := must(t, body).Parameters(); p.Thinking != want || !p.Effort {
			t.Errorf("%s: %d, %v", body, p.Thinking, p.Effort)
		}
	}
}

// TestReasoningRefused: what is no object of OpenRouter's is refused by name, for targets of
// this format and for those of others.
func TestReasoningRefused(t *testing.T) {
	for body, field := range map[string]string{
		`{"reasoning":"high"}`:              "reasoning",
		`{"reasoning":{"effort":"HIGH"}}`:   "reasoning.effort",
		`{"reasoning":{"effort":3}}`:        "reasoning.effort",
		`{"reasoning":{"max_tokens":0}}`:    "reasoning.max_tokens",
		`{"reasoning":{"max_tokens":1.5}}`:  "reasoning.max_tokens",
		`{"reasoning":{"max_tokens":"9"}}`:  "reasoning.max_tokens",
		`{"reasoning":{"enabled":"false"}}`: "reasoning.enabled",
		`{"reasoning":{"exclude":1}}`:       "reasoning.exclude",
	} {
		_, plain := PlainReasoning([]byte(body), false)
		_, read := Dialect{}.ReadRequest([]byte(strings.Replace(body, "{", `{"messages":[{"role":"user","content":"Hi"}],`, 1)))
		for _, err := range []error{plain, read} {
			if e := gateway.AsError(err); e == nil || e.Kind != gateway.Invalid || e.Param != field {
				t.Errorf("%s: %v", body, err)
			}
		}
	}
}

// TestPlainReasoningKeepsTheRest: null counts as absent, and nothing else of the body changes.
func TestPlainReasoningKeepsTheRest(t *testing.T) {
	for body, want := range map[string]string{
		`{"a": 1.0, "reasoning":null}`:                           `{"a": 1.0}`,
		`{"reasoning":{}, "a": 1.0}`:                             `{"a": 1.0}`,
		`{"reasoning":{"exclude":true},"a":1}`:                   `{"a":1}`,
		`{"reasoning_effort":null,"reasoning":{"effort":"low"}}`: `{"reasoning_effort":"low"}`,
		`{"reasoning":{"effort":"max","enabled":true}}`:          `{"reasoning_effort":"xhigh"}`,
		`{ "a" : 1 }`: `{ "a" : 1 }`,
	} {
		got, err := PlainReasoning([]byte(body), false)
		if err != nil || string(got) != want {
			t.Errorf("%s: %s %v", body, got, err)
		}
	}
}
