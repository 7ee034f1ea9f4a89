package gateway

import "testing"

func TestModelRules(t *testing.T) {
	target := &Target{Provider: "openai", VirtualKey: "prod"}
	for rule, allowed := range map[string]bool{
		"gpt-5": true, "gpt-5-mini": false, "gpt-*": true, "*": true, "openai/*": true, "anthropic/*": false, "@prod/gpt-5": true, "@test/gpt-5": false,
		"@prod/*": true, "": false, "gpt-5*": true, "*-5": true, "g*t*5": true, "g*5*5": false, "GPT-5": false, "gpt-*5-": false,
	} {
		if got := (ModelRules{"other", rule}).Allow(target, "gpt-5"); got != allowed {
			t.Errorf("%q: %v", rule, got)
		}
	}
	if !(ModelRules(nil)).Allow(target, "gpt-5") || (ModelRules{}).Allow(target, "gpt-5") {
		t.Error("no rules allow nothing, or an empty list everything")
	}
	if (ModelRules{"@/gpt-5"}).Allow(&Target{Provider: "openai"}, "gpt-5") {
		t.Error("a virtual key without a name")
	}
}
