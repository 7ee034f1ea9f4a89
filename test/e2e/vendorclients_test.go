package e2e

import "testing"

// TestVendorClients: the ollama and cohere-ai clients in front of a model that speaks neither format,
// at the server's address and at those that are named after the vendors.
func TestVendorClients(t *testing.T) {
	s := start(t, "", nil)
	for _, where := range []string{"plain", "prefixed"} {
		got := s.script("vendor_clients.mjs", where)
		for path, want := range map[string]string{
			"ollama.chat.text": "Hello you", "ollama.chat.done": "true", "ollama.chat.reason": "stop", "ollama.chat.input": "true", "ollama.chat.output": "3",
			"ollama.streamed": "Hello you", "ollama.last.done": "true", "ollama.last.output": "3", "ollama.tool.name": "weather", "ollama.streamedTool.name": "weather", "ollama.followed": "Thanks",
			"ollama.generated": "Hello you", "ollama.pieces": "Hello you", "ollama.vectors": "[64,64]", "ollama.listed": "true", "ollama.shown": "completion",
			"ollama.broken.name": "Error", "ollama.refused.status": "400", "ollama.refused.message": "The field 'think' must be true, false, low, medium or high.", "ollama.unknown.status": "404",
			"cohere.text": "Hello you", "cohere.finish": "COMPLETE", "cohere.output": "3", "cohere.streamed": "Hello you", "cohere.last": "3",
			"cohere.types":     `["message-start","content-start","content-delta","content-end","message-end"]`,
			"cohere.tool.name": "weather", "cohere.toolFinish": "TOOL_CALL", "cohere.after": "Thanks", "cohere.streamedTool.name": "weather",
			"cohere.vectors": "[64,64]", "cohere.texts": `["a","b"]`, "cohere.reranked.#": "1", "cohere.reranked.0.index": "1",
			"cohere.refused.status": "400", "cohere.refused.body.param": "logprobs", "cohere.stranger.name": "UnauthorizedError",
		} {
			if v := got.Get(path).String(); v != want {
				t.Errorf("%s: %s is %q, want %q", where, path, v, want)
			}
		}
		if !got.Get("cohere.broken").IsObject() || got.Get("cohere.tool.arguments").String() != got.Get("cohere.streamedTool.args").String() {
			t.Errorf("%s: %s", where, got.Get("cohere"))
		}
		if t.Failed() {
			t.Log(got.Raw)
		}
	}
}
