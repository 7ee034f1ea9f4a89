package pricing_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/pricing"
	"github.com/sluicegate/sluice/gateway/billing/pricing/pricingtest"
)

func TestMemory(t *testing.T) {
	pricingtest.Store(t, func(*testing.T) pricing.Store { return &pricingtest.Memory{} })
}

// directory has a team, two virtual keys and two list prices.
type directory struct{}

func (directory) Team(_ context.Context, workspace, ref string) (string, error) {
	if workspace == "w" && (ref == "ml" || ref == "t1") {
		return "t1", nil
	}
	return "", nil
}

func (directory) VirtualKeys(_ context.Context, workspace string) ([]gateway.VirtualKey, error) {
	if workspace != "w" && workspace != "" {
		return nil, nil
	}
	return []gateway.VirtualKey{{Name: "relay", Provider: "openai"}, {Name: "own", Provider: "openai", Models: []string{"llama", "qwen"}, Prices: gateway.Prices{"llama": {}}}}, nil
}

func (directory) Provider(id string) (string, bool) {
	if id == "claude" {
		id = "anthropic"
	}
	return id, id == "openai" || id == "anthropic"
}

func (directory) Priced(provider, model string) bool {
	beginning, pattern := strings.CutSuffix(model, "*")
	for vendor, models := range map[string][]string{"openai": {"gpt-5", "gpt-5-mini"}, "anthropic": {"claude-opus"}} {
		if (provider == "" || provider == vendor) && slices.ContainsFunc(models, func(m string) bool {
			return m == model || pattern && strings.HasPrefix(m, beginning)
		}) {
			return true
		}
	}
	return false
}

func service(t *testing.T, store *pricingtest.Memory) *pricing.Service {
	t.Helper()
	n := 0
	s := pricing.New(pricing.Config{Store: store, Directory: directory{}, Unpriced: gateway.UnpricedModels{Deny: true}, NewID: func(time.Time) string {
		n++
		return "id" + strconv.Itoa(n)
	}})
	if err := s.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func factor(millionths int64) *gateway.PriceFactor {
	f := gateway.PriceFactor(millionths)
	return &f
}

var one = &gateway.Price{Input: 1, Output: 1}

// The most specific rule wins, in whatever order the rules were made.
func TestPrecedence(t *testing.T) {
	// The most specific first: each rule concerns the call of the next one's test, too.
	order := []pricing.Rule{
		{Name: "team-key-model", Workspace: "w", Team: "t1", VirtualKey: "relay", Model: "gpt-5-mini"},
		{Name: "team-key", Workspace: "w", Team: "t1", VirtualKey: "relay"},
		{Name: "team-model", Workspace: "w", Team: "t1", Model: "gpt-5-mini"},
		{Name: "team", Workspace: "w", Team: "t1"},
		{Name: "key-model-provider", Workspace: "w", VirtualKey: "relay", Model: "gpt-5-mini", Provider: "openai"},
		{Name: "key-model", Workspace: "w", VirtualKey: "relay", Model: "gpt-5-mini"},
		{Name: "key-long", Workspace: "w", VirtualKey: "relay", Model: "gpt-5-*"},
		{Name: "key-short", Workspace: "w", VirtualKey: "relay", Model: "gpt-*"},
		{Name: "key", Workspace: "w", VirtualKey: "relay"},
		{Name: "model", Workspace: "w", Model: "gpt-5-mini"},
		{Name: "long-provider", Workspace: "w", Model: "gpt-5-*", Provider: "openai"},
		{Name: "long", Workspace: "w", Model: "gpt-5-*"},
		{Name: "short", Workspace: "w", Model: "g*"},
		{Name: "provider", Workspace: "w", Provider: "openai"},
		{Name: "workspace", Workspace: "w"},
		{Name: "all-key", VirtualKey: "relay"},
		{Name: "all-model", Model: "gpt-5-mini"},
		{Name: "all"},
	}
	caller, target := &gateway.Principal{Workspace: "w", Team: "t1"}, &gateway.Target{Provider: "openai", VirtualKey: "relay"}
	for _, backwards := range []bool{false, true} {
		s := service(t, &pricingtest.Memory{})
		rules := slices.Clone(order)
		if backwards {
			slices.Reverse(rules)
		}
		ids := map[string]string{}
		for _, r := range rules {
			r.Price = one
			made, err := s.Put(t.Context(), r)
			if err != nil {
				t.Fatalf("%s: %v", r.Name, err)
			}
			ids[r.Name] = made.ID
		}
		for _, want := range order {
			if got, ok := s.PriceRule(caller, target, "gpt-5-mini"); !ok || got.Name != want.Name {
				t.Errorf("%q, want %q", got.Name, want.Name)
			}
			if err := s.Delete(t.Context(), ids[want.Name]); err != nil {
				t.Fatal(err)
			}
		}
		if got, ok := s.PriceRule(caller, target, "gpt-5-mini"); ok {
			t.Errorf("without rules: %+v", got)
		}
	}
}

// A rule concerns the calls that its selectors choose, and no others.
func TestSelectors(t *testing.T) {
	s := service(t, &pricingtest.Memory{})
	for _, r := range []pricing.Rule{{Name: "team", Workspace: "w", Team: "ml", Factor: factor(2)}, {Name: "relay", Workspace: "w", VirtualKey: "relay", Factor: factor(3)},
		{Name: "exact", Workspace: "w", Model: "gpt-5", Factor: factor(4)}, {Name: "claude", Provider: "claude", Model: "*", Factor: factor(5)}} {
		if _, err := s.Put(t.Context(), r); err != nil {
			t.Fatalf("%s: %v", r.Name, err)
		}
	}
	for _, tc := range []struct {
		caller gateway.Principal
		target gateway.Target
		model  string
		want   string
	}{
		{gateway.Principal{Workspace: "w", Team: "t1"}, gateway.Target{Provider: "openai"}, "gpt-5", "team"},
		{gateway.Principal{Workspace: "w", Team: "t2"}, gateway.Target{Provider: "openai"}, "gpt-5", "exact"},
		{gateway.Principal{Workspace: "w"}, gateway.Target{Provider: "openai", VirtualKey: "relay"}, "gpt-5", "relay"},
		{gateway.Principal{Workspace: "w"}, gateway.Target{Provider: "openai", VirtualKey: "own"}, "gpt-5-mini", ""},
		{gateway.Principal{Workspace: "other"}, gateway.Target{Provider: "openai", VirtualKey: "relay"}, "gpt-5", ""},
		{gateway.Principal{Workspace: "other"}, gateway.Target{Provider: "anthropic"}, "claude-x", "claude"},
	} {
		if got, _ := s.PriceRule(&tc.caller, &tc.target, tc.model); got.Name != tc.want {
			t.Errorf("%+v at %s%s of %s: %q, want %q", tc.caller, tc.target.Provider, tc.target.VirtualKey, tc.model, got.Name, tc.want)
		}
	}
}

// What cannot be meant is refused by the field's name, and changes nothing.
func TestRulesThatCannotBeMeant(t *testing.T) {
	store := &pricingtest.Memory{}
	s := service(t, store)
	if _, err := s.Put(t.Context(), pricing.Rule{Name: "there", Workspace: "w", Model: "gpt-5", Price: one}); err != nil {
		t.Fatal(err)
	}
	if err := s.Declare(t.Context(), []pricing.Rule{{Name: "filed", Workspace: "w", Model: "gpt-5-mini", Price: one}}, nil); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		rule  pricing.Rule
		field string
		says  string
	}{
		"no name":                          {pricing.Rule{Workspace: "w", Price: one}, "name", ""},
		"no effect":                        {pricing.Rule{Name: "x", Workspace: "w"}, "multiplier", "exactly one"},
		"two effects":                      {pricing.Rule{Name: "x", Workspace: "w", Price: one, Factor: factor(1)}, "multiplier", "exactly one"},
		"negative multiplier":              {pricing.Rule{Name: "x", Workspace: "w", Factor: factor(-1)}, "multiplier", "between"},
		"huge multiplier":                  {pricing.Rule{Name: "x", Workspace: "w", Factor: factor(1_000_000_001)}, "multiplier", "between"},
		"negative price":                   {pricing.Rule{Name: "x", Workspace: "w", Price: &gateway.Price{Output: -1}}, "price.output", "between"},
		"star in the middle":               {pricing.Rule{Name: "x", Workspace: "w", Model: "g*t", Price: one}, "model", "'*' at its end"},
		"long model":                       {pricing.Rule{Name: "x", Workspace: "w", Model: strings.Repeat("m", 257), Price: one}, "model", "256"},
		"team of no workspace":             {pricing.Rule{Name: "x", Team: "ml", Price: one}, "team", "workspace"},
		"unknown team":                     {pricing.Rule{Name: "x", Workspace: "w", Team: "nobody", Price: one}, "team", "'nobody'"},
		"unknown provider":                 {pricing.Rule{Name: "x", Workspace: "w", Provider: "acme", Price: one}, "provider", "'acme'"},
		"unknown virtual key":              {pricing.Rule{Name: "x", Workspace: "w", VirtualKey: "vk", Price: one}, "virtual_key", "'vk'"},
		"key of another provider":          {pricing.Rule{Name: "x", Workspace: "w", VirtualKey: "relay", Provider: "anthropic", Price: one}, "provider", "match nothing"},
		"key without the model":            {pricing.Rule{Name: "x", Workspace: "w", VirtualKey: "own", Model: "gpt*", Price: one}, "model", "match nothing"},
		"multiplier of no priced model":    {pricing.Rule{Name: "x", Workspace: "w", Model: "gtp*", Factor: factor(1)}, "model", "match nothing"},
		"multiplier of another provider's": {pricing.Rule{Name: "x", Workspace: "w", Provider: "anthropic", Model: "gpt-5", Factor: factor(1)}, "model", "match nothing"},
		"the same calls":                   {pricing.Rule{Name: "x", Workspace: "w", Model: "gpt-5", Factor: factor(1)}, "model", "'there'"},
		"the same calls as in the file":    {pricing.Rule{Name: "x", Workspace: "w", Model: "gpt-5-mini", Factor: factor(1)}, "model", "'filed' is for the same calls, in the server's file"},
		"the same name":                    {pricing.Rule{Name: "there", Workspace: "w", Factor: factor(1)}, "name", "'there'"},
	} {
		t.Run(name, func(t *testing.T) {
			check := func(err error, field string) {
				t.Helper()
				e := gateway.AsError(err)
				if err == nil || e.Param != field || !strings.Contains(e.Public, tc.says) || e.Kind != gateway.Invalid && e.Kind != gateway.Conflict {
					t.Errorf("%v (%s), want the field %s and %q", err, e.Param, field, tc.says)
				}
			}
			before := s.Rules("w")
			_, err := s.Put(t.Context(), tc.rule)
			check(err, tc.field)
			if !strings.Contains(tc.says, "file") { // else it is the file's own rule
				ok := pricing.Rule{Name: "new", Workspace: "w", Model: "qwen", Price: one}
				check(s.Declare(t.Context(), []pricing.Rule{ok, tc.rule}, nil), "price_rules[1]."+tc.field)
			}
			if d := cmp.Diff(before, s.Rules("w")); d != "" {
				t.Error(d)
			}
		})
	}
	store.Fail = errors.New("disk full")
	before := s.Rules("w")
	if _, err := s.Put(t.Context(), pricing.Rule{Name: "x", Workspace: "w", Price: one}); err == nil || cmp.Diff(before, s.Rules("w")) != "" {
		t.Errorf("a rule that was not stored counts: %v", err)
	}
}

func TestUnpricedModels(t *testing.T) {
	store := &pricingtest.Memory{}
	s := service(t, store)
	ceiling := &gateway.UnpricedModels{Ceiling: one}
	check := func(want gateway.UnpricedModels) {
		t.Helper()
		if d := cmp.Diff(want, s.UnpricedModels("w")); d != "" {
			t.Error(d)
		}
	}
	check(gateway.UnpricedModels{Deny: true})
	if err := s.SetUnpricedModels(t.Context(), "w", ceiling); err != nil {
		t.Fatal(err)
	}
	check(*ceiling)
	other := service(t, store) // another replica
	if d := cmp.Diff(*ceiling, other.UnpricedModels("w")); d != "" {
		t.Error(d)
	}
	err := s.SetUnpricedModels(t.Context(), "w", &gateway.UnpricedModels{Ceiling: &gateway.Price{Input: -1}})
	if e := gateway.AsError(err); err == nil || e.Param != "unpriced_models.input" {
		t.Errorf("a negative ceiling: %v", err)
	}
	check(*ceiling)
	if err := s.SetUnpricedModels(t.Context(), "w", nil); err != nil {
		t.Fatal(err)
	}
	check(gateway.UnpricedModels{Deny: true})
	if err := s.Declare(t.Context(), nil, map[string]gateway.UnpricedModels{"w": *ceiling}); err != nil {
		t.Fatal(err)
	}
	check(*ceiling)
	if err := s.SetUnpricedModels(t.Context(), "w", nil); gateway.AsError(err).Kind != gateway.Conflict {
		t.Errorf("a setting of the file is changed: %v", err)
	}
}

func TestReadFactors(t *testing.T) {
	for text, want := range map[string]gateway.PriceFactor{"0": 0, "1": 1_000_000, "1.2": 1_200_000, "0.000001": 1, "1000": 1_000_000_000} {
		if got, err := pricing.ReadMultiplier("multiplier", text); err != nil || got != want {
			t.Errorf("multiplier %s: %d, %v", text, got, err)
		}
		if r := (pricing.Rule{Factor: &want}); r.Multiplier() != text {
			t.Errorf("%d is written %s, not %s", want, r.Multiplier(), text)
		}
	}
	for text, want := range map[string]gateway.PriceFactor{"0": 1_000_000, "15": 1_150_000, "0.0001": 1_000_001, "99900": 1_000_000_000} {
		if got, err := pricing.ReadMarkup("markup", text); err != nil || got != want {
			t.Errorf("markup %s: %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"-1", "1e99", "1000.1", "0.0000001", "", "NaN", "much"} {
		if _, err := pricing.ReadMultiplier("multiplier", text); gateway.AsError(err).Param != "multiplier" {
			t.Errorf("multiplier %q: %v", text, err)
		}
	}
	for _, text := range []string{"-5", "99901", "0.00001", "15%"} {
		if _, err := pricing.ReadMarkup("markup", text); gateway.AsError(err).Param != "markup" {
			t.Errorf("markup %q: %v", text, err)
		}
	}
}
