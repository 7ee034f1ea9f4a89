package litellm

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// TestKeys: what each key of LiteLLM's file becomes: a part of the settings, or a finding.
func TestKeys(t *testing.T) {
	const model = "model: openai/m, api_key: k"
	for _, tc := range []struct{ name, params, model, rest, want string }{
		{"model", "", "", "", `"override_params":{"model":"m"}`},
		{"api_base", "api_base: http://h/v1", "", "", `url=http://h/v1`},
		{"a variable", "temperature: os.environ/HALF", "", "", `"default_params":{"temperature":0.5}`},
		{"a variable inside", `api_base: "http://${HOST}/v1"`, "", "", `url=http://h.example/v1`},
		{"custom_llm_provider", "custom_llm_provider: groq", "", "", `provider=groq`},
		{"timeout", "timeout: 2.5", "", "", `"request_timeout":2500`},
		{"stream_timeout", "stream_timeout: 3", "", "", `"request_timeout":3000`},
		{"request_timeout", "", "", "litellm_settings: {request_timeout: 9}", `"request_timeout":9000`},
		{"num_retries", "", "", "litellm_settings: {num_retries: 1}", `"retry":1`},
		{"max_retries", "max_retries: 4", "", "", `"retry":4`},
		{"drop_params", "", "", "litellm_settings: {drop_params: true}", `{"strategy":{"mode":"single"}`},
		{"additional_drop_params", "additional_drop_params: [user]", "", "", `"drop_params":["user"]`},
		{"prices", "input_cost_per_token: 0.000001", "", "", `price=1000000000`},
		{"prices of model_info", "", "model_info: {input_cost_per_token: 0.000002, id: x, mode: chat}", "", `price=2000000000`},
		{"max_output_tokens", "", "model_info: {max_output_tokens: 77}", "", `output=77`},
		{"weight", "weight: 3", "", "", `"weight":3`},
		{"rpm", "rpm: 60", "", "", `"weight":60`},
		{"rpm beside the parameters", "", "rpm: 50", "", `"weight":50`},
		{"tpm", "tpm: 1000", "", "", `"weight":1000`},
		{"order", "order: 1", "", "", `"mode":"fallback"`},
		{"mock_response", "mock_response: hello", "", "", `"mock_response":"hello"`},
		{"fallbacks", "", "", "litellm_settings: {fallbacks: [{a: [b]}]}", `"mode":"fallback"`},
		{"default_fallbacks", "", "", "litellm_settings: {default_fallbacks: [b]}", `"mode":"fallback"`},
		{"context_window_fallbacks", "", "", "router_settings: {context_window_fallbacks: [{a: [b]}]}", `"on_errors":["context_length_exceeded"]`},
		{"content_policy_fallbacks", "", "", "litellm_settings: {content_policy_fallbacks: [{a: [b]}]}", `"on_errors":["content_policy_violation"]`},
		{"aliases", "", "", "router_settings: {model_group_alias: {other: a}}", `name=other hidden=false`},
		{"hidden aliases", "", "", "router_settings: {model_group_alias: {other: {model: a, hidden: true}}}", `name=other hidden=true`},
		{"master_key", "", "", "general_settings: {master_key: sk-0123}", `owner=sk-0123`},
		{"litellm_credential_name", "litellm_credential_name: shared", "", "credential_list: [{credential_name: shared, credential_values: {api_base: http://c/v1}}]", `url=http://c/v1`},
		{"simple-shuffle", "", "", "router_settings: {routing_strategy: simple-shuffle}", `{"strategy":{"mode":"single"}`},
		{"latency, order", "", "", "router_settings: {routing_strategy: latency-based-routing}", `{"strategy":{"mode":"fastest"},"targets"`},
		{"cost, order", "weight: 3", "", "router_settings: {routing_strategy: cost-based-routing}", `{"strategy":{"mode":"cheapest"},"targets"`},
		{"a strategy that is told", "", "", "router_settings: {routing_strategy: cost-based-routing}", `note router_settings.routing_strategy`},
		{"another strategy", "", "", "router_settings: {routing_strategy: usage-based-routing-v2}", `unsupported router_settings.routing_strategy`},
		{"cooldowns", "", "", "router_settings: {allowed_fails: 3, cooldown_time: 30}", `ignored router_settings.cooldown_time`},
		{"tags", "tags: [eu]", "", "", `unsupported model_list[0].litellm_params.tags`},
		{"SageMaker", "custom_llm_provider: sagemaker", "", "", `unsupported model_list[0].litellm_params.model`},
		{"profiles of AWS", "aws_profile_name: p", "", "", `unsupported model_list[0].litellm_params.aws_profile_name`},
		{"guardrails", "", "", "guardrails: [{guardrail_name: x}]", `unsupported guardrails`},
	} {
		params, more := model, ""
		if tc.params != "" {
			params += ", " + tc.params
		}
		if tc.model != "" {
			more = ", " + tc.model
		}
		file := "model_list:\n  - {model_name: a, litellm_params: {" + params + "}" + more + "}\n  - {model_name: b, litellm_params: {" + model + "}}\n"
		if strings.Contains(tc.want, "weight") || strings.HasSuffix(tc.name, "order") { // these choose among the deployments of a name
			file += "  - {model_name: a, litellm_params: {" + model + "}}\n"
		}
		read, err := Read("f", []byte(file+tc.rest), func(name string) (string, bool) {
			v, ok := map[string]string{"HALF": "0.5", "HOST": "h.example"}[name]
			return v, ok
		}, checks())
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		if got := told(t, read); !strings.Contains(got, tc.want) {
			t.Errorf("%s: no %s in\n%s", tc.name, tc.want, got)
		}
	}
}

// told writes what a file became.
func told(t *testing.T, read Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "owner=%s\n", read.Config.OwnerKey.Reveal())
	for _, k := range read.Config.VirtualKeys {
		fmt.Fprintf(&b, "provider=%s url=%s price=%d output=%d\n", k.Provider, k.BaseURL, k.Prices["*"].Input, k.MaxOutput["*"])
	}
	for _, c := range read.Config.Configs {
		if !json.Valid(c.Document) {
			t.Errorf("%s is no JSON", c.Slug)
		}
		fmt.Fprintf(&b, "%s\n", c.Document)
	}
	for _, m := range read.Config.Models {
		fmt.Fprintf(&b, "name=%s hidden=%t\n", m.Name, m.Hidden)
	}
	for _, f := range read.Findings {
		fmt.Fprintf(&b, "%s %s\n", f.Status, f.Path)
	}
	return b.String()
}
