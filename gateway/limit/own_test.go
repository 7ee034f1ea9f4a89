package limit_test

import (
	"context"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/limit"
	"github.com/sluicegate/sluice/gateway/policy"
)

// kept is a store that keeps nothing: the service has the rules, too.
type kept struct{}

func (*kept) RateLimits(context.Context) ([]limit.Rule, error)               { return nil, nil }
func (*kept) ChangeRateLimits(context.Context, []limit.Rule, []string) error { return nil }

const ownerID = "01ARZ3NDEKTSV4RRFFQ69G5FAV"

// TestOwn: the limits of a key are replaced as a whole, hidden from the list of rules, and what a
// limit has counted goes on counting when its value changes.
func TestOwn(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	n := 0
	s := limit.New(limit.Config{Store: &kept{}, Counters: limit.NewMemory(func() time.Time { return now }), Now: func() time.Time { return now },
		NewID: func(time.Time) string { n++; return "rule" + string(rune('0'+n)) }})
	owner := policy.Owner{Attribute: "api_key", ID: ownerID}
	set := func(rules ...limit.Rule) {
		t.Helper()
		if err := s.SetOwn(t.Context(), "", owner, rules); err != nil {
			t.Fatal(err)
		}
	}
	call := func() *gateway.Error {
		ex := headers(t)
		ex.Principal.APIKey, ex.Principal.Workspace = ownerID, "ws_entered"
		_, refused := admit(t, s, ex)
		return refused
	}
	set(limit.Rule{Kind: limit.Requests, Unit: "rpm", Value: 2}, limit.Rule{Kind: limit.Tokens, Unit: "rpm", Value: 100, Conditions: []policy.Condition{with("model", "gpt-5")}})
	if own := s.Own("", owner); len(own) != 2 || own[0].Value != 2 || len(own[0].Conditions) != 0 || own[1].Conditions[0].Key != "model" {
		t.Errorf("%+v", own)
	}
	if listed := s.Rules("ws_test"); len(listed) != 0 {
		t.Errorf("%+v", listed)
	}
	for range 2 {
		if e := call(); e != nil {
			t.Errorf("two calls were to be admitted: %v", e)
		}
	}
	if e := call(); e == nil || e.Type != "api_key_rate_limit_error" {
		t.Errorf("%v", e)
	}
	set(limit.Rule{Kind: limit.Requests, Unit: "rpm", Value: 3})
	if call() != nil || call() == nil {
		t.Error("one more call was to be admitted")
	}
	ex := headers(t)
	if _, refused := admit(t, s, ex); refused != nil {
		t.Error("another key was refused")
	}
	set()
	if call() != nil || len(s.Own("", owner)) != 0 {
		t.Error("the limits were to be gone")
	}
}

func TestOwnRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		rules []limit.Rule
		param string
	}{
		"zero":    {[]limit.Rule{{Kind: limit.Requests, Unit: "rpm"}}, "rate_limits[0].value"},
		"no unit": {[]limit.Rule{{Kind: limit.Requests, Unit: "rpm", Value: 1}, {Kind: limit.Tokens, Value: 1}}, "rate_limits[1].unit"},
		"twice":   {[]limit.Rule{{Kind: limit.Requests, Unit: "rpm", Value: 1}, {Kind: limit.Requests, Unit: "rpm", Value: 2}}, "rate_limits[1]"},
		"many":    {make([]limit.Rule, 65), "rate_limits"},
	} {
		if e := gateway.AsError(limit.CheckOwn("rate_limits", c.rules)); e == nil || e.Kind != gateway.Invalid || e.Param != c.param {
			t.Errorf("%s: %v", name, e)
		}
	}
}
