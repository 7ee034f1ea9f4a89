package e2e

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

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

// vendorsOwn answers in the formats of Ollama and Cohere, and notes what it was asked to embed.
type vendorsOwn struct {
	mu       sync.Mutex
	embedded []string
}

func (v *vendorsOwn) answer(w http.ResponseWriter, r *http.Request, body []byte) {
	stream := gjson.GetBytes(body, "stream").Bool()
	const (
		end   = `"done":true,"done_reason":"stop","total_duration":5191566416,"load_duration":2154458,"prompt_eval_count":26,"prompt_eval_duration":383809000,"eval_count":2,"eval_duration":4799921000}`
		call  = `{"id":"c1","type":"function","function":{"name":"weather","arguments":"{}"}}`
		usage = `"usage":{"billed_units":{"input_tokens":3,"output_tokens":4}}`
	)
	w.Header().Set("Content-Type", "application/json")
	switch {
	case strings.HasSuffix(r.URL.Path, "/api/chat") && stream:
		w.Header().Set("Content-Type", "application/x-ndjson")
		_, _ = io.WriteString(w, `{"model":"m","message":{"role":"assistant","content":"Hi"},"done":false}`+"\n"+`{"model":"m","message":{"role":"assistant","content":""},`+end+"\n")
	case strings.HasSuffix(r.URL.Path, "/api/chat"):
		_, _ = io.WriteString(w, `{"model":"m","message":{"role":"assistant","content":"Hi"},`+end)
	case strings.HasSuffix(r.URL.Path, "/v2/embed"):
		v.mu.Lock()
		v.embedded = append(v.embedded, string(body))
		v.mu.Unlock()
		_, _ = io.WriteString(w, `{"id":"e","embeddings":{"float":[[0.5],[0.25]],"int8":[[5],[2]]},"meta":{"billed_units":{"image_tokens":7}}}`)
	case stream:
		w.Header().Set("Content-Type", "text/event-stream")
		for _, e := range []string{`{"type":"message-start","id":"a"}`, `{"type":"tool-plan-delta","delta":{"message":{"tool_plan":"I "}}}`, `{"type":"tool-plan-delta","delta":{"message":{"tool_plan":"look."}}}`,
			`{"type":"tool-call-start","index":0,"delta":{"message":{"tool_calls":` + call + `}}}`, `{"type":"tool-call-end","index":0}`, `{"type":"message-end","delta":{"finish_reason":"TOOL_CALL",` + usage + `}}`} {
			_, _ = io.WriteString(w, "data: "+e+"\n\n")
		}
	default:
		_, _ = io.WriteString(w, `{"id":"a","finish_reason":"TOOL_CALL","message":{"role":"assistant","tool_plan":"I look.","tool_calls":[`+call+`]},`+usage+`}`)
	}
}

// TestVendorClientsAtTheirVendors: the same clients in front of their own vendors get what OpenAI's format
// has no place for.
func TestVendorClientsAtTheirVendors(t *testing.T) {
	up, own := gatewaytest.NewUpstream(), &vendorsOwn{}
	t.Cleanup(up.Close)
	up.Set("m", gatewaytest.Reply{Handle: own.answer})
	s := start(t, `
virtual_keys:
  - {name: local, provider: ollama, base_url: UPSTREAM, api_key: none}
  - {name: vendor, provider: cohere, base_url: UPSTREAM, api_key: none}
`, up)
	got := s.script("vendor_natives.mjs")
	const times = "[5191566416,2154458,383809000,4799921000]"
	for path, want := range map[string]string{
		"ollama.chat": times, "ollama.streamed": times, "ollama.generated": times, "ollama.text": "Hi",
		"cohere.plan": "I look.", "cohere.content": "", "cohere.tool": "weather", "cohere.streamedPlan": "I look.",
		"cohere.types": `["message-start","tool-plan-delta","tool-call-start","tool-call-delta","tool-call-end","message-end"]`,
		"cohere.kinds": `{"float":[[0.5],[0.25]],"int8":[[5],[2]]}`, "cohere.images.imageTokens": "7", "cohere.elsewhere.status": "400", "cohere.elsewhere.param": "images",
	} {
		if v := got.Get(path).String(); v != want {
			t.Errorf("%s is %q, want %q", path, v, want)
		}
	}
	own.mu.Lock()
	defer own.mu.Unlock()
	for i, want := range []string{`"texts":["a","b"],"input_type":"search_query","embedding_types":["float","int8"]`, `"images":["data:image/png;base64,iVBORw=="],"input_type":"image"`,
		`"inputs":[{"content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw=="}}]}]`} {
		if i >= len(own.embedded) || !strings.Contains(own.embedded[i], want) {
			t.Errorf("the vendor got %q, want %s", own.embedded, want)
		}
	}
	if t.Failed() {
		t.Log(got.Raw)
	}
}
