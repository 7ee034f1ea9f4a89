package main

import (
	"context"
	"strings"

	"github.com/sluicegate/sluice/test/sluice"
)

// ownConfigs brings a config of the caller's against the guardrails of its API key.
type ownConfigs struct{}

func (ownConfigs) Name() string   { return "own configs" }
func (ownConfigs) Bounds() Bounds { return usual }

func (ownConfigs) Run(ctx context.Context, t *Target, r *Result) error {
	if _, err := t.Create(ctx, "/v1/configs", `{"slug":"free","config":{"virtual_key":"up"}}`, "slug"); err != nil {
		return err
	}
	if _, err := t.Create(ctx, "/v1/prompts", `{"slug":"say","body":{"model":"@up/m","messages":[{"role":"user","content":"{{text}}"}]}}`, "slug"); err != nil {
		return err
	}
	if _, err := t.Create(ctx, "/v1/prompts", `{"slug":"free","body":{"model":"m","config":"free","messages":[{"role":"user","content":"{{text}}"}]}}`, "slug"); err != nil {
		return err
	}
	plain := ask("@up/m", "say "+forbidden, "")
	configs := map[string]string{
		"empty": `{}`, "a slug": "free", "a key": `{"virtual_key":"up"}`, "empty guardrails": `{"virtual_key":"up","input_guardrails":[],"before_request_hooks":[]}`,
		"its own id, allowing": `{"virtual_key":"up","input_guardrails":[{"id":"no-word","deny":false,"checks":[{"id":"default.contains","parameters":{"words":["` + forbidden + `"],"operator":"none"}}]}]}`,
		"on_error":             `{"virtual_key":"up","input_guardrails":[{"id":"no-word","on_error":"allow","checks":[]}]}`,
		"targets":              `{"strategy":{"mode":"fallback"},"targets":[{"virtual_key":"up"},{"virtual_key":"up"}]}`,
		"redact off":           `{"virtual_key":"up","redact":false}`, "guardrails null": `{"virtual_key":"up","input_guardrails":null}`,
	}
	headers := map[string][]string{"none": nil}
	for name, c := range inOrder(configs) {
		headers["header, "+name] = []string{"X-Sluice-Config", c}
		headers["alias, "+name] = []string{"X-Portkey-Config", c}
	}
	for name, h := range inOrder(headers) {
		for _, path := range []string{chat, "/api" + chat, messages, "/chat/completions"} {
			body := plain
			if h != nil && t.Rand.IntN(2) == 0 {
				body = ask("up/m", "say "+forbidden, `,"max_tokens":9`)
			}
			sendForbidden(ctx, t, r, name+" on "+path, sluice.Call{Path: path, Key: boundKey, Body: body, Header: h})
		}
	}
	for name, c := range inOrder(configs) {
		if !strings.HasPrefix(c, "{") {
			c = quoted(c)
		}
		sendForbidden(ctx, t, r, "config in the body, "+name, sluice.Call{Path: chat, Key: boundKey, Body: ask("@up/m", "say "+forbidden, `,"config":`+c)})
	}
	variables := `{"variables":{"text":"say ` + forbidden + `"}}`
	for _, prompt := range []string{"say", "free"} {
		sendForbidden(ctx, t, r, "prompt "+prompt, sluice.Call{Path: "/v1/prompts/" + prompt + "/completions", Key: boundKey, Body: variables})
		sendForbidden(ctx, t, r, "prompt "+prompt+" under {}", sluice.Call{Path: "/v1/prompts/" + prompt + "/completions", Key: boundKey, Body: variables, Header: []string{"X-Sluice-Config", `{}`}})
	}
	for name, params := range inOrder(map[string]string{
		"override messages": `"override_params":{"messages":[{"role":"user","content":"` + forbidden + `"}]}`, "override user": `"override_params":{"user":"` + forbidden + `"}`,
		"default stop": `"default_params":{"stop":["` + forbidden + `"]}`, "override unknown": `"override_params":{"x":{"y":["` + forbidden + `"]}}`,
		"override tools":      `"override_params":{"tools":[{"type":"function","function":{"name":"f","description":"` + forbidden + `"}}]}`,
		"a target's override": `"strategy":{"mode":"fallback"},"targets":[{"virtual_key":"up","override_params":{"system":"` + forbidden + `"}}]`,
		"override key":        `"override_params":{"` + forbidden + `":1}`,
	}) {
		config := `{"virtual_key":"up",` + params + `}`
		if strings.Contains(params, "targets") {
			config = `{` + params + `}`
		}
		sendForbidden(ctx, t, r, name, sluice.Call{Path: chat, Key: boundKey, Body: ask("m", "hi", ""), Header: []string{"X-Sluice-Config", config}})
	}
	sendForbidden(ctx, t, r, "embeddings", sluice.Call{Path: "/v1/embeddings", Key: boundKey, Body: `{"model":"@up/m","input":["x","` + forbidden + `"]}`})
	sendForbidden(ctx, t, r, "embeddings under {}", sluice.Call{Path: "/v1/embeddings", Key: boundKey, Body: `{"model":"@up/m","input":["x","` + forbidden + `"]}`, Header: []string{"X-Sluice-Config", `{}`}})
	return nil
}

// sendForbidden makes a call that holds the forbidden word. Nothing like it may go upstream.
func sendForbidden(ctx context.Context, t *Target, r *Result, name string, c sluice.Call) {
	t.Upstream.Keep(64)
	a := t.Do(ctx, c)
	for _, seen := range t.Upstream.Requests() {
		if text := folded(string(seen.Body)); strings.Contains(text, forbidden) {
			r.Check(false, "%s: the forbidden word went upstream, status %d: POST %s %v %s", name, a.Status, c.Path, c.Header, clip(c.Body))
			return
		}
	}
	r.Check(a.Err == nil && a.Status < 500, "%s: %s", name, a.Brief())
}
