package e2e

import (
	"slices"
	"testing"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// clients is the server's file for real clients: an Anthropic and an OpenAI upstream, and a
// prompt.
const clients = `
virtual_keys:
  - {name: vk_anthropic_prod, provider: anthropic, base_url: UPSTREAM, api_key: sk-ant-upstream}
  - {name: local, provider: openai, base_url: UPSTREAM/v1, api_key: sk-upstream, models: [gpt-mock], prices: {gpt-mock: {input: 1, output: 2}}}
prompts: {dir: ./prompts}
`

const greeting = `
slug: greeting
model: "@local/gpt-mock"
messages:
  - {role: system, content: "Be kind."}
  - {role: user, content: "Greet {{name}} & friends."}
parameters: {temperature: 0.5}
`

func TestThreeCallsAsWritten(t *testing.T) {
	up := gatewaytest.NewUpstream()
	defer up.Close()
	up.Set("claude-opus-4-7", gatewaytest.Reply{Text: "Hello from Claude"})
	s := start(t, clients, up, "prompts/greeting.prompt.yaml", greeting)

	t.Run("openai client, OpenRouter's base path", func(t *testing.T) {
		got := s.script("openrouter.mjs")
		if got.Get("text").String() != "Hello from Claude" || got.Get("usage.total_tokens").Int() == 0 {
			t.Fatal(got.Raw)
		}
		if last := up.Last(); last.Path != "/v1/messages" || last.Header.Get("X-Api-Key") != "sk-ant-upstream" {
			t.Fatalf("%+v", last)
		}
	})
	t.Run("portkey-ai client, config in the body", func(t *testing.T) {
		got := s.script("portkey.mjs")
		if got.Get("text").String() != "Hello from Claude" || got.Get("headers.trace-id").String() == "" ||
			got.Get("headers.last-used-option-index").String() == "" || got.Get("headers.provider").String() != "anthropic" {
			t.Fatal(got.Raw)
		}
		again := s.script("portkey.mjs")
		if status := again.Get("headers.cache-status").String(); status != "HIT" {
			t.Fatalf("the second call: %s", again.Raw)
		}
	})
	t.Run("curl -d, without a JSON content type", func(t *testing.T) {
		r := s.post("/v1/chat/completions", `{"model": "@vk_anthropic_prod/claude-opus-4-7", "messages": [{"role":"user","content":"Hello"}]}`,
			"Content-Type", "application/x-www-form-urlencoded")
		if r.StatusCode != 200 || r.json("choices.0.message.content").String() != "Hello from Claude" {
			t.Fatal(r.Status, r.body)
		}
	})
}

func TestPortkeyClient(t *testing.T) {
	up := gatewaytest.NewUpstream()
	defer up.Close()
	s := start(t, clients, up, "prompts/greeting.prompt.yaml", greeting)
	got := s.script("portkey_more.mjs")
	for path, want := range map[string]string{
		"streamed":                    "Stream please",
		"streamTrace":                 "portkey-trace-1",
		"completed":                   "Greet Ada & friends.",
		"rendered.messages.1.content": "Greet Ada & friends.",
		"rendered.temperature":        "0.5",
		"success":                     "true",
		"missing.status":              "400",
	} {
		if got.Get(path).String() != want {
			t.Errorf("%s: got %q, want %q\n%s", path, got.Get(path), want, got.Raw)
		}
	}
	if row := s.logged("portkey-trace-1"); row.Get("metadata.team").String() != "red" {
		t.Errorf("the row: %s", row.Raw)
	}
}

func TestOpenAIClient(t *testing.T) {
	up := gatewaytest.NewUpstream()
	defer up.Close()
	up.Set("gpt-mock", gatewaytest.Reply{Pieces: []string{"one ", "two ", "three"}})
	s := start(t, clients, up, "prompts/greeting.prompt.yaml", greeting)
	got := s.script("openai_more.mjs")
	if got.Get("text").String() != "one two three" || got.Get("pieces").Int() != 3 || got.Get("usage.total_tokens").Int() == 0 || got.Get("usageUnasked").Int() != 0 {
		t.Error(got.Raw)
	}
	if got.Get("unknown.status").Int() != 400 || got.Get("badKey.status").Int() != 401 || got.Get("vectors.#").Int() != 2 {
		t.Error(got.Raw)
	}
	var ids []string
	for _, id := range got.Get("models").Array() {
		ids = append(ids, id.String())
	}
	if !slices.Contains(ids, "@local/gpt-mock") || !slices.Contains(ids, "mock/echo") || !slices.Contains(ids, "@vk_anthropic_prod/claude-opus-4-7") {
		t.Errorf("models: %v", ids)
	}
}
