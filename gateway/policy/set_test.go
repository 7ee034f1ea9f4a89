package policy_test

import (
	"slices"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/gateway/policy"
)

// A set yields the rules that concern a call: those of its API key, of its workspace and of all
// workspaces, whose conditions hold.
func TestMatching(t *testing.T) {
	const key = "01JABCDEFGHJKMNPQRSTVWXYZ0"
	scopes := map[string]policy.Scope{
		"of all":            {},
		"of the workspace":  {Workspace: "w"},
		"of another":        {Workspace: "v"},
		"of the key":        {Workspace: "w", Conditions: []policy.Condition{{Key: "api_key", Values: policy.Values{key}}}},
		"of the key, there": {Workspace: "v", Conditions: []policy.Condition{{Key: "api_key", Values: policy.Values{key}}}},
		"of another key":    {Conditions: []policy.Condition{{Key: "api_key", Values: policy.Values{"01JABCDEFGHJKMNPQRSTVWXYZ1"}}}},
		"of the key's name": {Conditions: []policy.Condition{{Key: "api_key", Values: policy.Values{"ci*"}}}},
		"of others":         {Conditions: []policy.Condition{{Key: "api_key", Values: policy.Values{"ci"}, Excludes: true}}},
		"unwanted":          {},
	}
	names := []string{}
	for name := range scopes {
		names = append(names, name)
	}
	set := policy.NewSet(names, func(name string) policy.Scope { return scopes[name] })
	ex := gatewaytest.Exchange(t, "")
	matching := func() []string {
		var out []string
		set.Matching(ex, func(name string) bool { return name != "unwanted" }, func(name string) { out = append(out, name) })
		slices.Sort(out)
		return out
	}
	ex.Principal = nil
	if got := matching(); got != nil {
		t.Errorf("a call of nobody: %v", got)
	}
	ex.Principal = &gateway.Principal{APIKey: key, APIKeyName: "ci", Workspace: "w"}
	if got, want := matching(), []string{"of all", "of the key", "of the key's name", "of the workspace"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// Calls whose groups have other values are counted apart, however the values are spelled.
func TestGroupValues(t *testing.T) {
	scope := policy.Scope{GroupBy: []policy.Group{{Key: "metadata.a"}, {Key: "metadata.b"}}}
	ex := gatewaytest.Exchange(t, "")
	ex.Envelope.Metadata["a"], ex.Envelope.Metadata["b"] = "x", ""
	one := scope.Values(ex)
	ex.Envelope.Metadata["a"], ex.Envelope.Metadata["b"] = "", "x"
	if two := scope.Values(ex); policy.HashValues(one) == policy.HashValues(two) || !slices.Equal(one, []string{"x", ""}) {
		t.Errorf("%q and %q count together", one, two)
	}
}
