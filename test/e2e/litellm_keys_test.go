package e2e

import (
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// TestLiteLLMKeys: LiteLLM's client works with keys that are made over /key/generate, and raises
// its own classes of errors.
func TestLiteLLMKeys(t *testing.T) {
	up := gatewaytest.NewUpstream()
	defer up.Close()
	up.Set("gpt-mock", gatewaytest.Reply{Pieces: []string{"one ", "two ", "three"}})
	s := start(t, clients, up)
	got := s.script("litellm_keys.py")
	for path, want := range map[string]string{
		"text": "one two three", "aliased": "one two three", "unblocked": "one two three", "renewed": "one two three", "pieces.1": "one ", "vectors": "2",
		"info.info.key_alias": "real client", "info.info.max_budget": "5", "info.info.budget_duration": "30d", "info.info.rpm_limit": "1000", "info.info.metadata.team": "red", "listed.total_count": "1",
		"poor.class": "RateLimitError", "poor.status": "429", "limited.class": "RateLimitError", "limited.status": "429",
		"denied.class": "AuthenticationError", "denied.status": "401", "blocked.class": "AuthenticationError", "replaced.class": "AuthenticationError", "gone.class": "AuthenticationError",
	} {
		if got.Get(path).String() != want {
			t.Errorf("%s: got %q, want %q", path, got.Get(path), want)
		}
	}
	token := got.Get("info.key").String()
	if token == "" || got.Get("own.key").String() != token || got.Get("listed.keys.0.token").String() != token || got.Get("deleted.deleted_keys.#").Int() != 1 {
		t.Errorf("the hash: %s", got.Raw)
	}
	if spend := got.Get("listed.keys.0.spend").Float(); spend <= 0 || spend > 0.01 {
		t.Errorf("the key's calls cost %v", spend)
	}
	if text := got.Get("poor.text").String(); !strings.Contains(strings.ToLower(text), "budget") {
		t.Errorf("the refusal for a spent budget: %s", text)
	}
	if strings.Contains(got.Get("info").Raw+got.Get("listed").Raw+got.Get("deleted").Raw, "sk-sl-") && !strings.Contains(got.Get("info.info.key_name").String(), "…") {
		t.Error("an answer holds a key")
	}
	if t.Failed() {
		t.Log(got.Raw)
	}
}
