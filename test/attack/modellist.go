package main

import (
	"context"
	"strings"

	"github.com/sluicegate/sluice/test/sluice"
)

// modelLists asks for another model than those in a virtual key's list.
type modelLists struct{}

func (modelLists) Name() string   { return "model lists" }
func (modelLists) Bounds() Bounds { return usual }

func (modelLists) Run(ctx context.Context, t *Target, r *Result) error {
	for name, more := range inOrder(map[string]string{
		"models": `,"models":["dear"]`, "models, mixed": `,"models":["cheap","dear"]`, "Model": `,"Model":"dear"`, "MODEL": `,"MODEL":"dear"`, "model again": `,"model":"dear"`,
		"escaped": `,"mode\u006c":"dear"`, "fallbacks": `,"fallbacks":["dear"]`, "fallbacks, objects": `,"fallbacks":[{"model":"dear"}]`, "fallback_models": `,"fallback_models":["dear"]`,
		"engine": `,"engine":"dear"`, "deployment": `,"deployment_id":"dear"`, "model_id": `,"model_id":"dear"`, "model_name": `,"model_name":"dear"`, "provider": `,"provider":{"order":["dear"]}`,
		"extra_body": `,"extra_body":{"model":"dear"}`, "Models": `,"Models":["dear"]`, "route": `,"route":"fallback","models":["dear"]`, "long s": `,"modelſ":["dear"]`,
		"preset": `,"preset":"dear"`, "plugins": `,"plugins":[{"id":"x","model":"dear"}]`, "extra_body models": `,"extra_body":{"models":["dear"]}`,
	}) {
		for _, path := range []string{chat, "/api" + chat, messages} {
			reachDear(ctx, t, r, name, sluice.Call{Path: path, Key: memberKey, Body: ask("@limited/cheap", "x", `,"max_tokens":9`+more)})
		}
	}
	for _, spelling := range []string{"dear", "@limited/dear", "cheap,dear", "cheap/../dear", "cheap\u0000dear", " dear", "cheap?model=dear", "cheap#dear", "cheap:dear", "dear:cheap", "limited/dear", "openai/dear"} {
		reachDear(ctx, t, r, "the model "+spelling, sluice.Call{Path: chat, Key: memberKey, Body: ask(spelling, "x", ""), Header: []string{"X-Sluice-Virtual-Key", "limited"}})
	}
	for name, config := range inOrder(map[string]string{
		"override": `{"virtual_key":"limited","override_params":{"model":"dear"}}`, "override models": `{"virtual_key":"limited","override_params":{"models":["dear"]}}`,
		"default models": `{"virtual_key":"limited","default_params":{"models":["dear"]}}`, "override Model": `{"virtual_key":"limited","override_params":{"Model":"dear"}}`,
		"dropped": `{"virtual_key":"limited","drop_params":["model"],"override_params":{"Model":"dear"}}`, "fallback": `{"virtual_key":"limited","fallback":["dear"]}`,
		"targets": `{"strategy":{"mode":"fallback"},"targets":[{"virtual_key":"limited","override_params":{"model":"dear"}}]}`,
	}) {
		reachDear(ctx, t, r, "config "+name, sluice.Call{Path: chat, Key: memberKey, Body: ask("cheap", "x", ""), Header: []string{"X-Sluice-Config", config}})
	}
	const advisor = `"tools":[{"type":"advisor_20260301","name":"advisor","model":"dear"}]`
	for name, c := range inOrder(map[string]sluice.Call{
		"an advisor":                     {Path: messages, Body: ask("@limited-claude/cheap", "x", `,"max_tokens":9,`+advisor)},
		"an advisor, other case":         {Path: messages, Body: ask("@limited-claude/cheap", "x", `,"max_tokens":9,`+strings.Replace(advisor, `"model"`, `"Model"`, 1))},
		"an advisor, the vendor's API":   {Path: "/anthropic" + messages, Body: ask("cheap", "x", `,"max_tokens":9,`+advisor)},
		"an advisor in a batch":          {Path: "/anthropic" + messages + "/batches", Body: `{"requests":[{"custom_id":"a","params":` + ask("cheap", "x", `,"max_tokens":9,`+advisor) + `}]}`},
		"an advisor by a config":         {Path: messages, Body: ask("cheap", "x", `,"max_tokens":9`), Header: []string{"X-Sluice-Config", `{"virtual_key":"limited-claude","override_params":{` + advisor + `}}`}},
		"an advisor of OpenRouter's":     {Path: chat, Body: ask("@limited/cheap", "x", `,"tools":[{"type":"openrouter:advisor","parameters":{"model":"dear"}}]`)},
		"a tool of the Responses API":    {Path: "/v1/responses", Body: `{"model":"@limited/cheap","input":"x","tools":[{"type":"image_generation","model":"dear"}]}`},
		"an advisor there":               {Path: "/v1/responses", Body: `{"model":"@limited/cheap","input":"x","tools":[{"type":"openrouter:advisor","parameters":{"model":"dear"}}]}`},
		"Gemini's routing":               {Path: "/v1beta/models/cheap:generateContent", Body: `{"contents":[{"parts":[{"text":"x"}]}],"generationConfig":{"routingConfig":{"manualMode":{"modelName":"dear"}}}}`},
		"Gemini's routing, other fields": {Path: "/v1beta/models/cheap:generateContent", Body: `{"contents":[{"parts":[{"text":"x"}]}],"generation_config":{"routing_config":{"manual_mode":{"model_name":"dear"}}}}`},
	}) {
		if c.Key = memberKey; c.Header == nil && !strings.Contains(c.Body, "@limited") {
			key := "limited-claude"
			if strings.Contains(c.Path, "models") {
				key = "limited-gemini"
			}
			c.Header = []string{"X-Sluice-Virtual-Key", key}
		}
		reachDear(ctx, t, r, name, c)
	}
	return nil
}

// reachDear makes a call in which no vendor may find the model dear.
func reachDear(ctx context.Context, t *Target, r *Result, name string, c sluice.Call) {
	t.Upstream.Keep(64)
	a := t.Do(ctx, c)
	for _, seen := range t.Upstream.Requests() {
		if strings.Contains(folded(string(seen.Body)), "dear") || strings.Contains(seen.Path, "dear") {
			r.Check(false, "%s: the name of a model that is not in the list went upstream, status %d: POST %s %v %s → %s", name, a.Status, c.Path, c.Header, clip(c.Body), clip(string(seen.Body)))
			return
		}
	}
	r.Check(a.Err == nil && a.Status < 500, "%s: %s", name, a.Brief())
}
