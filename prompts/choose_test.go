package prompts_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

func leaf(path, provider, prompt string, weight float64) *gateway.Node {
	return &gateway.Node{Path: path, Mode: gateway.ModeSingle, Weight: weight, Target: &gateway.Target{Path: path, Provider: provider, PromptID: prompt}}
}

func balance(mode gateway.Mode, nodes ...*gateway.Node) *gateway.Plan {
	return &gateway.Plan{Slug: "ab", Root: &gateway.Node{Path: "config", Mode: mode, Nodes: nodes}}
}

// TestConfigDrawsAmongPrompts: a config compares prompts. Every member has one arm, both
// arms occur, the router gets the chosen target only, and the record names it.
func TestConfigDrawsAmongPrompts(t *testing.T) {
	s, _ := service(t)
	create(t, s, "one", `{"model":"m1","prompt":"one {{x}}"}`)
	create(t, s, "two", `{"model":"m2","prompt":"two {{x}} {{y}}"}`)
	plan := balance(gateway.ModeLoadbalance, leaf("config.targets[0]", "openai", "one", 3), leaf("config.targets[1]", "", "two@1", 1))
	before := fmt.Sprintf("%+v %+v", plan.Root.Nodes[0], plan.Root.Nodes[1])
	counts := map[string]int{}
	for i := range 400 {
		member := "mem-" + strconv.Itoa(i)
		var arms []string
		for range 2 {
			ex := exchange(t, gateway.OpChat, "anything", `{"x":1,"y":2}`, `{}`, member)
			ex.Plan = plan
			k, _, err := run(t, s, ex)
			if err != nil {
				t.Fatal(err)
			}
			leaves := k.got.Plan.Root.Leaves()
			if len(leaves) != 1 || !strings.Contains(string(k.got.Request.Raw), strings.TrimSuffix(leaves[0].PromptID, "@1")+" 1") {
				t.Fatalf("%s: %d targets, request %s", member, len(leaves), k.got.Request.Raw)
			}
			f := ex.Facts.Prompt
			if f.Variant != leaves[0].PromptID || f.Arm != "member" {
				t.Fatalf("recorded %+v, drawn %s", f, leaves[0].PromptID)
			}
			arms = append(arms, f.Variant)
		}
		if arms[0] != arms[1] {
			t.Fatalf("%s got %v", member, arms)
		}
		counts[arms[0]]++
	}
	if counts["one"] < 260 || counts["one"] > 340 {
		t.Errorf("weights 3 to 1 gave %v", counts)
	}
	if after := fmt.Sprintf("%+v %+v", plan.Root.Nodes[0], plan.Root.Nodes[1]); after != before {
		t.Error("the shared plan was changed")
	}
}

// TestConfigByUser: Portkey's _user takes precedence over the member as the key of a
// config's arms.
func TestConfigByUser(t *testing.T) {
	s, _ := service(t)
	create(t, s, "one", `{"model":"m","prompt":"1"}`)
	create(t, s, "two", `{"model":"m","prompt":"2"}`)
	seen := map[string]bool{}
	for i := range 40 {
		ex := exchange(t, gateway.OpChat, "one", `{}`, `{}`, "mem-1")
		ex.Envelope.Metadata = map[string]string{"_user": "u" + strconv.Itoa(i)}
		ex.Plan = balance(gateway.ModeLoadbalance, leaf("a", "openai", "one", 1), leaf("b", "openai", "two", 1))
		if _, _, err := run(t, s, ex); err != nil {
			t.Fatal(err)
		}
		if ex.Facts.Prompt.Arm != "metadata._user" {
			t.Fatalf("drawn by %q", ex.Facts.Prompt.Arm)
		}
		seen[ex.Facts.Prompt.Variant] = true
	}
	if len(seen) != 2 {
		t.Errorf("40 users of one member saw only %v", seen)
	}
}

// TestConfigInOrder: where Configure has drawn for the call, its first target is the arm.
func TestConfigInOrder(t *testing.T) {
	s, _ := service(t)
	create(t, s, "one", `{"model":"m","prompt":"1"}`)
	create(t, s, "two", `{"model":"m","prompt":"2"}`)
	for i := range 20 {
		ex := exchange(t, gateway.OpChat, "one", `{}`, `{}`, "mem-"+strconv.Itoa(i))
		ex.Plan = balance(gateway.ModeLoadbalance, leaf("b", "openai", "two", 1), leaf("a", "openai", "one", 9))
		ex.Plan.Root.Ordered = true
		if _, _, err := run(t, s, ex); err != nil {
			t.Fatal(err)
		}
		if f := ex.Facts.Prompt; f.Variant != "two" || f.Arm != "sticky" {
			t.Fatalf("%+v", f)
		}
	}
}

func TestConfigRefusals(t *testing.T) {
	s, _ := service(t)
	create(t, s, "one", `{"model":"m","prompt":"1"}`)
	create(t, s, "two", `{"model":"m","prompt":"2"}`)
	for _, c := range []struct {
		name string
		plan *gateway.Plan
		want string
	}{
		{"absent", balance(gateway.ModeSingle, leaf("config.targets[0]", "openai", "nobody", 1)), "400 config.targets[0].prompt_id\nThere is no prompt 'nobody'."},
		{"another in a fallback", balance(gateway.ModeFallback, leaf("config.targets[0]", "openai", "one", 1), leaf("config.targets[1]", "openai", "two", 1)),
			"400 config.targets[1].prompt_id\nA fallback cannot change the prompt: 'config.targets[1].prompt_id' differs from 'one'."},
		{"no weight", balance(gateway.ModeLoadbalance, leaf("config.targets[0]", "openai", "one", 0)), "400 config\nNo target of the config at 'config' can be drawn: all weights are 0."},
	} {
		ex := exchange(t, gateway.OpChat, "one", `{}`, `{}`, "mem-1")
		ex.Plan = c.plan
		k, _, err := run(t, s, ex)
		if got := describe(err); got != c.want || k.calls > 0 {
			t.Errorf("%s: %s (%d calls), want %s", c.name, got, k.calls, c.want)
		}
	}
}

// TestFallbackKeepsThePrompt: targets after the first stay in the plan, so that Router can
// fall back.
func TestFallbackKeepsThePrompt(t *testing.T) {
	s, _ := service(t)
	create(t, s, "one", `{"model":"m","prompt":"1"}`)
	ex := exchange(t, gateway.OpChat, "one", `{}`, `{}`, "mem-1")
	ex.Plan = balance(gateway.ModeFallback, leaf("a", "openai", "one", 1), leaf("b", "anthropic", "", 1), leaf("c", "mock", "one", 1))
	k, _, err := run(t, s, ex)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range k.got.Plan.Root.Leaves() {
		got = append(got, l.Provider)
	}
	if !slices.Equal(got, []string{"openai", "anthropic", "mock"}) || ex.Facts.Prompt.Variant != "" {
		t.Errorf("targets %v, recorded %+v", got, ex.Facts.Prompt)
	}
}

// TestChatWithPrompts: a plain chat call whose config names a prompt gets the template's
// messages before its own.
func TestChatWithPrompts(t *testing.T) {
	s, _ := service(t)
	create(t, s, "sys", `{"model":"m","messages":[{"role":"system","content":"Be {{tone}}"}],"parameters":{"temperature":0}}`)
	ex := exchange(t, gateway.OpChat, "", "", `{"model":"gpt-5","messages":[{"role":"user","content":"{{hi}}"}],"variables":{"tone":"kind"},"temperature":1}`, "mem-1")
	ex.Plan = balance(gateway.ModeSingle, leaf("a", "openai", "sys", 1))
	k, _, err := run(t, s, ex)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"model":"gpt-5","messages":[{"role":"system","content":"Be kind"},{"role":"user","content":"{{hi}}"}],"temperature":1}`
	if string(k.got.Request.Raw) != want {
		t.Errorf("got %s, want %s", k.got.Request.Raw, want)
	}
}

// TestPassesOn: a request that is not a prompt call is unchanged and causes no read of the
// store.
func TestPassesOn(t *testing.T) {
	s, m := service(t)
	for _, ex := range []*gateway.Exchange{
		exchange(t, gateway.OpChat, "", "", `{"model":"m","messages":[{"role":"user","content":"{{x}}"}]}`, "mem-1"),
		exchange(t, gateway.OpEmbeddings, "", "", `{"model":"m","input":"x"}`, "mem-1"),
	} {
		ex.Plan = balance(gateway.ModeLoadbalance, leaf("a", "openai", "", 1))
		k, _, err := run(t, s, ex)
		if err != nil || k.got != ex || ex.Facts.Prompt != nil {
			t.Errorf("%s was touched: %v", ex.Request.Op, err)
		}
	}
	if m.Reads() != 0 {
		t.Errorf("%d reads", m.Reads())
	}
}
