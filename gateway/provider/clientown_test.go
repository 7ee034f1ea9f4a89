package provider

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect"
	"github.com/sluicegate/sluice/gateway/dialect/cohere"
	"github.com/sluicegate/sluice/gateway/dialect/ollama"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// TestClientsOwnFields: what only a vendor's own clients know of an answer reaches them through OpenAI's
// format, in one piece and as a stream, and reaches no other caller.
func TestClientsOwnFields(t *testing.T) {
	const (
		times = `"total_duration":5191566416,"load_duration":2154458,"prompt_eval_count":26,"prompt_eval_duration":383809000,"eval_count":298,"eval_duration":4799921000`
		asked = `{"model":"m","messages":[{"role":"user","content":"Hi"}],"stream":false}`
		calls = `"tool_calls":[{"id":"c1","type":"function","function":{"name":"weather","arguments":"{}"}}]`
		used  = `"usage":{"billed_units":{"input_tokens":3,"output_tokens":4},"tokens":{"input_tokens":3,"output_tokens":4}}`
		pixel = `data:image/png;base64,iVBORw==`
	)
	for name, c := range map[string]struct {
		client         dialect.ClientFormat
		vendor         string
		op             gateway.Op
		body, sent     string
		answer, wanted string
		param          string // of the error, in place of an answer
	}{
		"durations of a chat": {client: ollama.Dialect{}, vendor: "ollama", body: asked, sent: asked,
			answer: `{"model":"m","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":"Ho"},"done":true,"done_reason":"stop",` + times + `}`,
			wanted: `{"model":"m","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":"Ho"},"done":true,"done_reason":"stop",` + times + `}`},
		"durations of a stream": {client: ollama.Dialect{}, vendor: "ollama", body: strings.Replace(asked, "false", "true", 1), sent: strings.Replace(asked, "false", "true", 1),
			answer: `{"model":"m","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":"Ho"},"done":false}` + "\n" +
				`{"model":"m","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop",` + times + `}`,
			wanted: `{"model":"m","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":"Ho"},"done":false}` + "\n" +
				`{"model":"m","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop",` + times + `}`},
		"durations of a generation": {client: ollama.Generate{}, vendor: "ollama", body: `{"model":"m","prompt":"Hi","stream":false}`, sent: asked,
			answer: `{"model":"m","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":"Ho"},"done":true,"done_reason":"stop",` + times + `}`,
			wanted: `{"model":"m","created_at":"2026-01-01T00:00:00Z","response":"Ho","done":true,"done_reason":"stop",` + times + `}`},
		"durations that are none": {client: ollama.Dialect{}, vendor: "ollama", body: asked, sent: asked,
			answer: `{"model":"m","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":"Ho"},"done":true,"total_duration":"long","eval_duration":-1}`,
			wanted: `{"model":"m","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":"Ho"},"done":true,"done_reason":"stop"}`},
		"a plan": {client: cohere.Dialect{}, vendor: "cohere", body: asked, sent: asked,
			answer: `{"id":"a","finish_reason":"TOOL_CALL","message":{"role":"assistant","tool_plan":"I look.",` + calls + `},` + used + `}`,
			wanted: `{"id":"a","finish_reason":"TOOL_CALL","message":{"role":"assistant","tool_plan":"I look.",` + calls + `},` + used + `}`},
		"a plan in a stream": {client: cohere.Dialect{}, vendor: "cohere", body: strings.Replace(asked, "false", "true", 1), sent: strings.Replace(asked, "false", "true", 1),
			answer: events(`{"type":"message-start","id":"a","delta":{"message":{"role":"assistant"}}}`, `{"type":"tool-plan-delta","delta":{"message":{"tool_plan":"I "}}}`, `{"type":"tool-plan-delta","delta":{"message":{"tool_plan":"look."}}}`,
				`{"type":"tool-call-start","index":0,"delta":{"message":{"tool_calls":{"id":"c1","type":"function","function":{"name":"weather","arguments":"{}"}}}}}`, `{"type":"tool-call-end","index":0}`,
				`{"type":"message-end","delta":{"finish_reason":"TOOL_CALL",`+used+`}}`),
			wanted: `{"type":"message-start","id":"a","delta":{"message":{"role":"assistant","content":[],"tool_plan":"","tool_calls":[],"citations":[]}}}` + "\n" +
				`{"type":"tool-plan-delta","delta":{"message":{"tool_plan":"I "}}}` + "\n" + `{"type":"tool-plan-delta","delta":{"message":{"tool_plan":"look."}}}` + "\n" +
				`{"type":"tool-call-start","index":0,"delta":{"message":{"tool_calls":{"id":"c1","type":"function","function":{"name":"weather","arguments":""}}}}}` + "\n" +
				`{"type":"tool-call-delta","index":0,"delta":{"message":{"tool_calls":{"function":{"arguments":"{}"}}}}}` + "\n" + `{"type":"tool-call-end","index":0}` + "\n" +
				`{"type":"message-end","delta":{"finish_reason":"TOOL_CALL",` + used + `}}`},
		"a plan and a text in a stream": {client: cohere.Dialect{}, vendor: "cohere", body: strings.Replace(asked, "false", "true", 1), sent: strings.Replace(asked, "false", "true", 1),
			answer: events(`{"type":"message-start","id":"a"}`, `{"type":"tool-plan-delta","delta":{"message":{"tool_plan":"P"}}}`, `{"type":"content-start","index":0,"delta":{"message":{"content":{"type":"text","text":"T"}}}}`,
				`{"type":"message-end","delta":{"finish_reason":"COMPLETE"}}`),
			wanted: `{"type":"message-start","id":"a","delta":{"message":{"role":"assistant","content":[],"tool_plan":"","tool_calls":[],"citations":[]}}}` + "\n" + `{"type":"tool-plan-delta","delta":{"message":{"tool_plan":"P"}}}` + "\n" +
				`{"type":"content-start","index":0,"delta":{"message":{"content":{"type":"text","text":""}}}}` + "\n" + `{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"T"}}}}` + "\n" +
				`{"type":"content-end","index":0}` + "\n" + `{"type":"message-end","delta":{"finish_reason":"COMPLETE"}}`},
		"several kinds of embeddings": {client: cohere.Dialect{}, vendor: "cohere", op: gateway.OpEmbeddings,
			body:   `{"model":"m","texts":["a","b"],"input_type":"search_query","embedding_types":["float","int8","base64"]}`,
			sent:   `{"model":"m","texts":["a","b"],"input_type":"search_query","embedding_types":["float","int8","base64"]}`,
			answer: `{"id":"e","embeddings":{"float":[[0.5],[0.25]],"int8":[[5],[2]],"base64":["AAAAPw==","AACAPg=="]},"texts":["a","b"],"meta":{"billed_units":{"input_tokens":2}}}`,
			wanted: `{"id":"","embeddings":{"base64":["AAAAPw==","AACAPg=="],"float":[[0.5],[0.25]],"int8":[[5],[2]]},"texts":["a","b"],"meta":{"api_version":{"version":"2"},"billed_units":{"input_tokens":2}},"response_type":"embeddings_by_type"}`},
		"embeddings of an image": {client: cohere.Dialect{}, vendor: "cohere", op: gateway.OpEmbeddings,
			body:   `{"model":"m","images":["` + pixel + `"],"input_type":"image","embedding_types":["int8"]}`,
			sent:   `{"model":"m","images":["` + pixel + `"],"input_type":"image","embedding_types":["int8"]}`,
			answer: `{"id":"e","embeddings":{"int8":[[5]]},"meta":{"billed_units":{"image_tokens":7}}}`,
			wanted: `{"id":"","embeddings":{"int8":[[5]]},"meta":{"api_version":{"version":"2"},"billed_units":{"input_tokens":0,"image_tokens":7}},"response_type":"embeddings_by_type"}`},
		"embeddings of texts and images": {client: cohere.Dialect{}, vendor: "cohere", op: gateway.OpEmbeddings,
			body:   `{"model":"m","inputs":[{"content":[{"type":"text","text":"a cat"},{"type":"image_url","image_url":{"url":"` + pixel + `"}}]}],"input_type":"search_document","embedding_types":["float"],"output_dimension":256}`,
			sent:   `{"model":"m","inputs":[{"content":[{"type":"text","text":"a cat"},{"type":"image_url","image_url":{"url":"` + pixel + `"}}]}],"input_type":"search_document","embedding_types":["float"],"output_dimension":256}`,
			answer: `{"id":"e","embeddings":{"float":[[0.5]]},"meta":{"billed_units":{"input_tokens":2,"image_tokens":7}}}`,
			wanted: `{"id":"","embeddings":{"float":[[0.5]]},"meta":{"api_version":{"version":"2"},"billed_units":{"input_tokens":2,"image_tokens":7}},"response_type":"embeddings_by_type"}`},
		"an image elsewhere":      {client: cohere.Dialect{}, vendor: "openai", op: gateway.OpEmbeddings, body: `{"model":"m","images":["` + pixel + `"],"input_type":"image"}`, param: "images"},
		"an image at Ollama":      {client: cohere.Dialect{}, vendor: "ollama", op: gateway.OpEmbeddings, body: `{"model":"m","images":["` + pixel + `"],"input_type":"image"}`, param: "images"},
		"several kinds elsewhere": {client: cohere.Dialect{}, vendor: "openai", op: gateway.OpEmbeddings, body: `{"model":"m","texts":["a"],"embedding_types":["float","int8"]}`, param: "embedding_types"},
		"base64 elsewhere":        {client: cohere.Dialect{}, vendor: "ollama", op: gateway.OpEmbeddings, body: `{"model":"m","texts":["a"],"embedding_types":["base64"]}`, param: "embedding_types"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.op == "" {
				c.op = gateway.OpChat
			}
			sent, got, err := asClient(t, c.client, c.vendor, c.op, c.body, c.answer)
			if c.param != "" {
				if e := gateway.AsError(err); err == nil || e.Param != c.param || sent != "" {
					t.Errorf("%v, sent %s", err, sent)
				}
				return
			}
			if err != nil || sent != c.sent || got != c.wanted {
				t.Errorf("%v\nsent\n%s\nwant\n%s\nanswered\n%s\nwant\n%s", err, sent, c.sent, got, c.wanted)
			}
		})
	}
	// Callers of other formats see no such field.
	req, err := gateway.NewRequest(openai.Dialect{}, gateway.OpChat, []byte(asked))
	if err != nil {
		t.Fatal(err)
	}
	_, got, err := calledAt(t, "ollama", `{"model":"m","message":{"role":"assistant","content":"Ho"},"done":true,`+times+`}`, req)
	if err != nil {
		t.Fatal(err)
	}
	if answer, err := gatewaytest.Fold(got); err != nil || strings.Contains(string(answer.Body()), "duration") || strings.Contains(string(answer.Body()), "own_fields") {
		t.Errorf("%s %v", answer.Body(), err)
	}
}

// events are events of a stream.
func events(list ...string) string { return "data: " + strings.Join(list, "\n\ndata: ") + "\n\n" }

// calledAt makes a call at a vendor that answers with answer.
func calledAt(t *testing.T, vendor, answer string, req *gateway.Request) (sent *string, s gateway.Stream, err error) {
	t.Helper()
	sent = new(string)
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		*sent = string(bytes.TrimSpace(body))
		w.Header().Set("Content-Type", r.Header.Get("Accept"))
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(up.Close)
	client := New(Config{})
	t.Cleanup(func() { client.Close() })
	s, err = client.Handler()(context.Background(), &gateway.Exchange{Request: req, Facts: &gateway.Facts{}, Envelope: &gateway.Envelope{},
		Target: &gateway.Target{Provider: vendor, BaseURL: up.URL, Credential: gateway.NewSecret(testKey)}})
	return sent, s, err
}

// asClient makes a call of a vendor's own client, and returns what the vendor got and the client gets.
func asClient(t *testing.T, format dialect.ClientFormat, vendor string, op gateway.Op, body, answer string) (sent, got string, err error) {
	t.Helper()
	tr, raw, err := dialect.FromClient(format, openai.Dialect{}, op, []byte(body))
	if err != nil {
		return "", "", err
	}
	req, err := gateway.NewRequest(openai.Dialect{Client: format.Name()}, op, raw)
	if err != nil {
		return "", "", err
	}
	arrived, s, err := calledAt(t, vendor, answer, req)
	if err != nil {
		return *arrived, "", err
	}
	if !req.Stream() {
		whole, err := gatewaytest.Fold(s)
		if err != nil {
			return *arrived, "", err
		}
		out, err := tr.Body(whole.Body())
		return *arrived, string(out), err
	}
	if s, err = tr.Answer(s); err != nil {
		return *arrived, "", err
	}
	chunks, err := gatewaytest.Collect(s)
	var lines []string
	for _, c := range chunks {
		if len(c.Raw) > 0 {
			lines = append(lines, string(c.Raw))
		}
	}
	return *arrived, strings.Join(lines, "\n"), err
}
