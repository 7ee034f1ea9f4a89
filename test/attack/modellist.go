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
