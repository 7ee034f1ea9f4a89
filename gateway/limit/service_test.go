package limit_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/gateway/limit"
	"github.com/sluicegate/sluice/gateway/policy"
)

// rules makes a service of rules, with a clock that stands still.
func rules(t *testing.T, rs ...limit.Rule) *limit.Service {
	t.Helper()
	now := time.Unix(1_800_000_000, 0)
	s := limit.New(limit.Config{Counters: limit.NewMemory(func() time.Time { return now })})
	for i := range rs {
		rs[i].ID = fmt.Sprint("rule", i)
	}
	limit.SetRules(s, rs)
	return s
}

// with makes a condition.
func with(key policy.Attribute, values ...string) policy.Condition {
	return policy.Condition{Key: key, Values: values}
}

// headers is an exchange before its body is read.
func headers(t *testing.T, options ...gatewaytest.Option) *gateway.Exchange {
	ex := gatewaytest.Exchange(t, "", options...)
	ex.Request = nil
	return ex
}

// admit asks for one call, and reports why it is refused.
func admit(t *testing.T, s *limit.Service, ex *gateway.Exchange) (release func(), refused *gateway.Error) {
	t.Helper()
	release, err := s.Admit(t.Context(), ex)
	if err == nil {
		return release, nil
	}
	e := gateway.AsError(err)
	if e.Kind != gateway.RateLimited || e.HTTPStatus() != 429 {
		t.Fatal(err)
	}
	return release, e
}

func TestAttributes(t *testing.T) {
	target := &gateway.Target{Path: "config", Provider: "openai", VirtualKey: "prod"}
	for name, c := range map[string]struct {
		rule  limit.Rule
		other func(*gateway.Exchange) // makes a call that the rule does not concern, or counts apart
	}{
		"API key by id":   {limit.Rule{Conditions: []policy.Condition{with("api_key", "key_test")}}, func(ex *gateway.Exchange) { ex.Principal.APIKey, ex.Principal.APIKeyName = "key_2", "two" }},
		"API key by name": {limit.Rule{Conditions: []policy.Condition{with("api_key", "test")}}, func(ex *gateway.Exchange) { ex.Principal.APIKey, ex.Principal.APIKeyName = "key_2", "two" }},
		"each API key":    {limit.Rule{GroupBy: []policy.Group{{Key: "api_key"}}}, func(ex *gateway.Exchange) { ex.Principal.APIKey = "key_2" }},
		"member":          {limit.Rule{Conditions: []policy.Condition{with("member", "alice@example.com")}}, func(ex *gateway.Exchange) { ex.Principal.MemberRef = "bob@example.com" }},
		"each member":     {limit.Rule{GroupBy: []policy.Group{{Key: "member"}}}, func(ex *gateway.Exchange) { ex.Principal.Member = "mem_2" }},
		"team by name":    {limit.Rule{Conditions: []policy.Condition{with("team", "ml")}}, func(ex *gateway.Exchange) { ex.Principal.Team, ex.Principal.TeamRef = "team_2", "ops" }},
		"each team":       {limit.Rule{GroupBy: []policy.Group{{Key: "team"}}}, func(ex *gateway.Exchange) { ex.Principal.Team = "team_2" }},
		"no team":         {limit.Rule{GroupBy: []policy.Group{{Key: "team"}}}, func(ex *gateway.Exchange) { ex.Principal.Team = "" }},
		"workspace":       {limit.Rule{Workspace: "ws_test"}, func(ex *gateway.Exchange) { ex.Principal.Workspace = "ws_2" }},
		"each workspace":  {limit.Rule{GroupBy: []policy.Group{{Key: "workspace_id"}}}, func(ex *gateway.Exchange) { ex.Principal.Workspace = "ws_2" }},
		"address":         {limit.Rule{Conditions: []policy.Condition{with("address", "192.0.2.*")}}, func(ex *gateway.Exchange) { ex.Envelope.ClientIP = "198.51.100.1" }},
		"each address":    {limit.Rule{GroupBy: []policy.Group{{Key: "address"}}}, func(ex *gateway.Exchange) { ex.Envelope.ClientIP = "192.0.2.8" }},
		"endpoint":        {limit.Rule{Conditions: []policy.Condition{with("endpoint_type", "chat.completions")}}, func(ex *gateway.Exchange) { ex.Envelope.Route = "/v1/embeddings" }},
		"metadata":        {limit.Rule{Conditions: []policy.Condition{with("metadata.team", "red", "blue")}}, func(ex *gateway.Exchange) { ex.Envelope.Metadata["team"] = "green" }},
		"each metadata":   {limit.Rule{GroupBy: []policy.Group{{Key: "metadata.team"}}}, func(ex *gateway.Exchange) { ex.Envelope.Metadata["team"] = "green" }},
		"all but one":     {limit.Rule{Conditions: []policy.Condition{{Key: "metadata.team", Values: []string{"green"}, Excludes: true}}}, func(ex *gateway.Exchange) { ex.Envelope.Metadata["team"] = "green" }},
		"each end user":   {limit.Rule{GroupBy: []policy.Group{{Key: "user"}}}, func(ex *gateway.Exchange) { ex.Envelope.Metadata["_user"] = "u2" }},
		"virtual key":     {limit.Rule{Conditions: []policy.Condition{with("virtual_key", "prod")}}, func(ex *gateway.Exchange) { ex.Target = &gateway.Target{Provider: "openai", VirtualKey: "two"} }},
		"provider":        {limit.Rule{Conditions: []policy.Condition{with("provider", "openai")}}, func(ex *gateway.Exchange) { ex.Target = &gateway.Target{Provider: "mock"} }},
		"model": {limit.Rule{Conditions: []policy.Condition{with("model", "gpt-*")}}, func(ex *gateway.Exchange) {
			ex.Request = gatewaytest.Request(t, strings.ReplaceAll(gatewaytest.Hello, "gpt", "glm"))
		}},
		"virtual key/model": {limit.Rule{Conditions: []policy.Condition{with("model", "@prod/*")}}, func(ex *gateway.Exchange) { ex.Target = &gateway.Target{Provider: "openai", VirtualKey: "two"} }},
		"each model": {limit.Rule{GroupBy: []policy.Group{{Key: "model"}}}, func(ex *gateway.Exchange) {
			ex.Request = gatewaytest.Request(t, strings.ReplaceAll(gatewaytest.Hello, "gpt", "glm"))
		}},
		"config": {limit.Rule{Conditions: []policy.Condition{with("config", "slow")}}, func(ex *gateway.Exchange) { ex.Plan = gatewaytest.Plan(target) }},
		"prompt": {limit.Rule{Conditions: []policy.Condition{with("prompt", "greeting")}}, func(ex *gateway.Exchange) { ex.Facts.Prompt = nil }},
	} {
		t.Run(name, func(t *testing.T) {
			c.rule.Kind, c.rule.Unit, c.rule.Value = limit.Requests, "rpm", 1
			s := rules(t, c.rule)
			call := func(change func(*gateway.Exchange)) error {
				ex := gatewaytest.Exchange(t, "")
				ex.Envelope.Metadata["team"], ex.Envelope.Metadata["_user"] = "red", "u1"
				ex.Principal.Team, ex.Principal.TeamRef = "team_1", "ml"
				ex.Plan, ex.Target, ex.Facts.Prompt = gatewaytest.Plan(target), target, &gateway.PromptFact{ID: "p1", Slug: "greeting"}
				ex.Plan.Slug = "slow"
				if change != nil {
					change(ex)
				}
				before := *ex
				before.Request = nil
				for _, x := range []*gateway.Exchange{&before, ex} {
					if _, err := s.Admit(t.Context(), x); err != nil {
						return err
					}
				}
				stream, err := s.Attempt().Wrap(gatewaytest.NewHandler().Handle)(t.Context(), ex)
				if err != nil {
					return err
				}
				return stream.Close()
			}
			if err := call(nil); err != nil {
				t.Fatal("the first call:", err)
			}
			if e := gateway.AsError(call(nil)); e == nil || e.Kind != gateway.RateLimited || e.RetryAfter != time.Minute {
				t.Errorf("the second call: %v", e)
			}
			if err := call(c.other); err != nil {
				t.Error("another call:", err)
			}
		})
	}
}

// TestRefusals: a refusal says which limit is reached, and when to try again.
func TestRefusals(t *testing.T) {
	s := rules(t, limit.Rule{Name: "trial", Kind: limit.Requests, Unit: "rph", Value: 2})
	for range 2 {
		if _, e := admit(t, s, headers(t)); e != nil {
			t.Fatal(e)
		}
	}
	ex := headers(t)
	_, e := admit(t, s, ex)
	if e == nil || e.Public != "The limit of 2 requests per hour (limit 'trial') is reached. Try again in 30m0s." || e.RetryAfter != 30*time.Minute || e.Code != "05" || e.Type != "rate_limits_policy_exhaust_error" {
		t.Errorf("%+v", e)
	}
	if f := ex.Facts.Limits; len(f) != 1 || f[0].Limit != 2 || f[0].Remaining != 0 || f[0].Reset != time.Hour {
		t.Errorf("%+v", f)
	}
}

func TestConcurrency(t *testing.T) {
	s := rules(t, limit.Rule{Kind: limit.Concurrency, Value: 2, GroupBy: []policy.Group{{Key: "api_key"}}})
	first, e := admit(t, s, headers(t))
	if e != nil {
		t.Fatal(e)
	}
	if _, e := admit(t, s, headers(t)); e != nil {
		t.Fatal(e)
	}
	if _, e := admit(t, s, headers(t)); e == nil || e.RetryAfter == 0 {
		t.Error("a third call at the same time:", e)
	}
	first()
	first() // releasing twice frees one place
	if _, e := admit(t, s, headers(t)); e != nil {
		t.Error("the place of a call that ended is not free:", e)
	}
	if _, e := admit(t, s, headers(t)); e == nil {
		t.Error("there is a place too many")
	}
}

// TestTokens: tokens are taken before the call, by an estimate, and settled with the usage.
func TestTokens(t *testing.T) {
	s := rules(t, limit.Rule{Kind: limit.Tokens, Unit: "rpm", Value: 1000})
	ask := func(max int, used *gateway.Usage) error {
		ex := gatewaytest.Exchange(t, strings.Replace(gatewaytest.Hello, "{", fmt.Sprintf(`{"max_tokens":%d,`, max), 1))
		stream, err := s.Tokens().Wrap(func(context.Context, *gateway.Exchange) (gateway.Stream, error) { return gateway.Chunks(), nil })(t.Context(), ex)
		if err != nil {
			return err
		}
		ex.Facts.Usage = used
		return stream.Close()
	}
	if err := ask(900, &gateway.Usage{Input: 10, Output: 90}); err != nil {
		t.Fatal(err)
	}
	if err := ask(850, &gateway.Usage{Input: 10, Output: 790}); err != nil {
		t.Error("what the first call did not use is not given back:", err)
	}
	if e := gateway.AsError(ask(500, nil)); e == nil || e.Kind != gateway.RateLimited || e.RetryAfter == 0 || !strings.Contains(e.Public, "100 are left") {
		t.Errorf("more than is left: %v", e)
	}
	if e := gateway.AsError(ask(5000, nil)); e == nil || e.RetryAfter != 0 || !strings.Contains(e.Public, "smaller max_tokens") {
		t.Errorf("more than ever fits: %v", e)
	}
	if err := ask(50, nil); err != nil {
		t.Error("a call that cost nothing:", err)
	}
	if err := ask(90, nil); err != nil {
		t.Error("a call that fits:", err)
	}
}

// TestAttemptTokens: an attempt whose usage nobody tells keeps what it took; one that fails gives
// all back.
func TestAttemptTokens(t *testing.T) {
	s := rules(t, limit.Rule{Kind: limit.Tokens, Unit: "rpm", Value: 1000, Conditions: []policy.Condition{with("provider", "mock")}})
	ask := func(max int, handler gateway.Handler) error {
		ex := gatewaytest.Exchange(t, strings.Replace(gatewaytest.Hello, "{", fmt.Sprintf(`{"max_tokens":%d,`, max), 1))
		ex.Target = &gateway.Target{Path: "config.targets[1]", Provider: "mock"}
		stream, err := s.Attempt().Wrap(handler)(t.Context(), ex)
		if err != nil {
			return err
		}
		for err == nil {
			_, err = stream.Next()
		}
		return stream.Close()
	}
	reports := func(u *gateway.Usage) gateway.Handler {
		return func(context.Context, *gateway.Exchange) (gateway.Stream, error) {
			return gateway.Chunks(gateway.Chunk{Usage: u}), nil
		}
	}
	failed := &gateway.Error{Kind: gateway.BadUpstream}
	if err := ask(900, func(context.Context, *gateway.Exchange) (gateway.Stream, error) { return nil, failed }); err != failed {
		t.Fatal(err)
	}
	if err := ask(900, reports(&gateway.Usage{Input: 10, Output: 490})); err != nil {
		t.Error("after a failure:", err)
	}
	if err := ask(400, reports(nil)); err != nil {
		t.Error("500 are left:", err)
	}
	if e := gateway.AsError(ask(300, reports(nil))); e == nil || e.Kind != gateway.RateLimited || e.Target != "config.targets[1]" {
		t.Errorf("less than 100 are left: %v", e)
	}
}
