package vendorerror

import (
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

// TestRefusalsHaveOpenAIsCodes: the vendors' own words for a prompt that is too long, or that a
// policy refused.
func TestRefusalsHaveOpenAIsCodes(t *testing.T) {
	const window, policy = gateway.CodeContextWindow, gateway.CodeContentPolicy
	for body, want := range map[string]string{
		`{"error":{"message":"This model's maximum context length is 128000 tokens. However, your messages resulted in 130000 tokens.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}`: window,
		`{"error":{"message":"Your input exceeds the context window of this model.","type":"invalid_request_error","code":null}}`:                                                                                            window,
		`{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 201234 tokens > 200000 maximum"}}`:                                                                                           window,
		`{"type":"error","error":{"type":"invalid_request_error","message":"input length and max_tokens exceed context limit: 190000 + 20000 > 200000"}}`:                                                                    window,
		`{"error":{"code":400,"message":"The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).","status":"INVALID_ARGUMENT"}}`:                                                             window,
		`{"message":"too many tokens: total number of tokens in the prompt cannot exceed 4081"}`:                                                                                                                             window,
		`{"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI's content management policy.","code":"content_filter"}}`:                                                                   policy,
		`{"type":"error","error":{"type":"invalid_request_error","message":"Output blocked by content filtering policy"}}`:                                                                                                   policy,
		`{"error":{"code":"data_inspection_failed","message":"Input data may contain inappropriate content."}}`:                                                                                                              policy,
		`{"error":{"message":"max_tokens is too large: 5000","type":"invalid_request_error","code":"invalid_value"}}`:                                                                                                        "invalid_value",
		`{"error":{"message":"The prompt is missing.","type":"invalid_request_error","code":null}}`:                                                                                                                          "",
	} {
		if e := FromStatus("v", 400, nil, []byte(body)); e.Code != want || e.Status != 400 || e.Public == "" {
			t.Errorf("%s: code %q, want %q", body, e.Code, want)
		}
	}
	limited := []byte(`{"error":{"message":"Rate limit: too many tokens: 5 per minute","code":"rate_limit_exceeded"}}`)
	if e := FromStatus("v", 429, nil, limited); e.Code != "rate_limit_exceeded" {
		t.Errorf("a rate limit is no full context: %q", e.Code)
	}
	if e := FromEvent("op", []byte(`{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 2 > 1"}}`), "v"); e.Code != window {
		t.Errorf("in a stream: %q", e.Code)
	}
}
