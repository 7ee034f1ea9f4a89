package limittest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sluicegate/sluice/gateway/limit"
	"github.com/sluicegate/sluice/gateway/policy"
)

// Store is the conformance suite of limit.Store. workspace is one that exists.
func Store(t *testing.T, s limit.Store, workspace string) {
	at := time.Unix(1_800_000_000, 123).UTC()
	whole := limit.Rule{ID: "a", Name: "trial", Workspace: workspace, Conditions: []policy.Condition{{Key: "model", Values: policy.Values{"gpt-*", "o3"}}, {Key: "member", Values: policy.Values{"x"}, Excludes: true}},
		GroupBy: []policy.Group{{Key: "user"}}, Kind: limit.Tokens, Unit: "rpm", Value: 5, CreatedAt: at, UpdatedAt: at.Add(time.Second)}
	owned := limit.Rule{ID: "b", Conditions: []policy.Condition{{Key: "api_key", Values: policy.Values{"k"}}}, Kind: limit.Concurrency, Value: 2,
		Owner: policy.Owner{Attribute: "api_key", ID: "k"}, CreatedAt: at, UpdatedAt: at}
	check := func(want ...limit.Rule) {
		t.Helper()
		got, err := s.RateLimits(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
			t.Error(d)
		}
	}
	change := func(put []limit.Rule, remove ...string) {
		t.Helper()
		if err := s.ChangeRateLimits(t.Context(), put, remove); err != nil {
			t.Fatal(err)
		}
	}
	check()
	change([]limit.Rule{owned, whole})
	check(whole, owned)
	whole.Value, whole.GroupBy = 6, nil
	change([]limit.Rule{whole}, "b", "unknown")
	check(whole)
	gone := limit.Rule{ID: "c", Workspace: "no such workspace", Kind: limit.Requests, Unit: "rpm", Value: 1, CreatedAt: at, UpdatedAt: at}
	if err := s.ChangeRateLimits(t.Context(), []limit.Rule{owned, gone}, []string{"a"}); err == nil {
		t.Error("a rule of a workspace that does not exist is kept")
	}
	check(whole)
	change(nil, "a")
	check()
}
