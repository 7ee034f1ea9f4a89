package billing_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// Ways to spend more than a budget, against a vendor that bills all that the body it gets
// allows: none passes. Where a call is refused, status says how.
func TestBudgetCannotBePassedBy(t *testing.T) {
	const budget = 1_000_000 // 0.001 USD: 500 tokens of output at 2 USD per million
	chat := func(fields string) string {
		return `{"model":"gpt-mock",` + fields + `"messages":[{"role":"user","content":"Hello"}]}`
	}
	target := func(t gateway.Target) *gateway.Plan {
		t.Path, t.Provider = "config", "mock"
		return gatewaytest.Plan(&t)
	}
	dear := func(n int) *gateway.Plan {
		targets := make([]*gateway.Target, n)
		for i := range targets {
			targets[i] = &gateway.Target{Path: fmt.Sprintf("config.targets[%d]", i), Provider: "mock", Retry: gateway.RetryPolicy{Attempts: 5, OnStatus: []int{446}}}
			if i%2 == 1 {
				targets[i].Model = "dear"
			}
		}
		return gatewaytest.Plan(targets...)
	}
	deny := []gateway.Stage{denying}
	for _, tc := range []struct {
		name, body string
		plan       *gateway.Plan
		guards     []gateway.Stage
		status     int // 0: 200 or 412, as the money lasts
		param      string
	}{
		{name: "a denying output guardrail and 120 targets", body: chat(`"max_tokens":100,`), plan: dear(120), guards: deny},
		{name: "retries of denied answers", body: chat(`"max_tokens":100,`), plan: dear(1), guards: deny},
		{name: "drop_params", body: chat(`"max_tokens":10,`), plan: target(gateway.Target{Drop: []string{"max_tokens"}})},
		{name: "drop_params of all limits", body: chat(`"max_tokens":10,`), plan: target(gateway.Target{Drop: []string{"max_tokens", "max_completion_tokens"}})},
		{name: "override with null", body: chat(`"max_tokens":10,`), plan: target(gateway.Target{Override: []byte(`{"max_tokens":null}`)})},
		{name: "override with more", body: chat(`"max_tokens":10,`), plan: target(gateway.Target{Override: []byte(`{"max_tokens":90000}`)}), status: 412},
		{name: "override of the model", body: chat(`"max_tokens":400,`), plan: target(gateway.Target{Override: []byte(`{"model":"dear"}`)}), status: 412},
		{name: "defaults with n", body: chat(`"max_tokens":100,`), plan: target(gateway.Target{Default: []byte(`{"n":100}`)}), status: 412},
		{name: "text that looks like an image", body: strings.Replace(chat(`"max_tokens":1,`), "Hello", "data:image/"+strings.Repeat("x", 5_000), 1), status: 412},
		{name: "text that looks like base64", body: strings.Replace(chat(`"max_tokens":1,`), "Hello", "data:;base64,"+strings.Repeat("x", 5_000), 1), status: 412},
		{name: "no limit", body: chat("")},
		{name: "zero", body: chat(`"max_tokens":0,`)},
		{name: "minus one", body: chat(`"max_tokens":-1,`)},
		{name: "null", body: chat(`"max_tokens":null,`)},
		{name: "a string", body: chat(`"max_tokens":"10",`)},
		{name: "a fraction", body: chat(`"max_tokens":0.5,`)},
		{name: "zero beside a limit", body: chat(`"max_tokens":0,"max_completion_tokens":10,`)},
		{name: "null beside a limit", body: chat(`"max_tokens":null,"max_completion_tokens":10,`)},
		{name: "another spelling", body: chat(`"max_tokens":10,"Max_Tokens":90000,`), status: 400, param: "Max_Tokens"},
		{name: "another spelling alone", body: chat(`"MAX_TOKENS":10,`), status: 400, param: "MAX_TOKENS"},
		{name: "a stream in another spelling", body: chat(`"max_tokens":10,"Stream":true,`), status: 400, param: "Stream"},
		{name: "a hosted tool in another spelling", body: chat(`"max_tokens":10,"Tools":[{"type":"web_search"}],`), status: 400, param: "Tools"},
		{name: "a long s", body: chat(`"max_token\u017f":90000,"max_tokens":10,`), status: 400, param: "max_token\u017f"},
		{name: "a limit in extra_body", body: chat(`"max_tokens":10,"extra_body":{"max_tokens":90000},`), status: 400, param: "extra_body.max_tokens"},
		{name: "n in another spelling in extra_body", body: chat(`"max_tokens":10,"Extra_Body":{"N":90000},`), status: 400, param: "Extra_Body.N"},
		{name: "another spelling by a config", body: chat(`"max_tokens":10,`), plan: target(gateway.Target{Override: []byte(`{"MAX_TOKENS":90000}`)}), status: 400, param: "MAX_TOKENS"},
		{name: "an absurd limit", body: chat(`"max_tokens":1e300,`), status: 412},
		{name: "n as a string", body: chat(`"max_tokens":10,"n":"50",`), status: 400, param: "n"},
		{name: "n as a fraction", body: chat(`"max_tokens":10,"n":50.5,`), status: 400, param: "n"},
		{name: "n below zero", body: chat(`"max_tokens":10,"n":-50,`), status: 400, param: "n"},
		{name: "n in another spelling", body: chat(`"max_tokens":10,"N":50000,`), status: 400, param: "N"},
		{name: "best_of", body: chat(`"max_tokens":10,"best_of":5000,`), status: 412},
		{name: "a dearer model beside the cheap one", body: chat(`"max_tokens":400,"models":["dear"],`), status: 412},
		{name: "a dearer model in another spelling", body: chat(`"max_tokens":400,"Model":"dear",`), status: 400, param: "Model"},
		{name: "an image by reference", body: `{"model":"gpt-mock","max_tokens":1,"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}]}]}`, plan: target(gateway.Target{}), status: 412},
		{name: "a file by reference", body: `{"model":"gpt-mock","max_tokens":1,"messages":[{"role":"user","content":[{"type":"file","file":{"file_id":"f"}}]}]}`, status: 412},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := open(t, gateway.FormatUSD(budget), func(c *billing.Config) { c.Patience = 10 * time.Millisecond })
			if tc.plan == nil {
				tc.plan = target(gateway.Target{})
			}
			var rows []*gateway.Exchange
			for range 3 {
				ex := gatewaytest.Exchange(t, tc.body, gatewaytest.WithPlan(tc.plan))
				ex.Principal = b.key
				err := drain(pipeline(b.Service, greedy, tc.guards...), ex)
				rows = append(rows, ex)
				if ex.Facts.Cost.OverBound {
					t.Errorf("the vendor kept the limit that it was sent, and billed above it: %+v", ex.Facts.Cost)
				}
				status, param := 200, ""
				if e := gateway.AsError(err); e != nil {
					status, param = e.HTTPStatus(), e.Param
				}
				if tc.status != 0 && status != tc.status || status != 200 && status != 412 && status != tc.status && len(tc.guards) == 0 || param != tc.param {
					t.Errorf("%d %q, want %d %q: %v", status, param, tc.status, tc.param, err)
				}
			}
			if spent := b.agree(t, rows...); spent > budget {
				t.Errorf("spent %d of %d", spent, budget)
			}
		})
	}
}
