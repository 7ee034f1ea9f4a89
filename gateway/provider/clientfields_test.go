package provider

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect"
	"github.com/sluicegate/sluice/gateway/dialect/cohere"
	"github.com/sluicegate/sluice/gateway/dialect/ollama"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// TestClientFields: what only a client's own vendor takes reaches that vendor, and no other one.
func TestClientFields(t *testing.T) {
	const (
		chat    = `{"model":"m","messages":[{"role":"user","content":"Hi"}],`
		sources = `"documents":[{"id":"d1","data":{"text":"Dots are round."}}]`
		openAIs = `{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Ho"},"finish_reason":"stop"}]}`
	)
	for name, c := range map[string]struct {
		client         dialect.ClientFormat
		vendor         string
		body           string
		sent           string // "" = the call is refused because of documents
		answer, wanted string
	}{
		"Cohere at Cohere": {client: cohere.Dialect{}, vendor: "cohere", body: chat + sources + `,"k":5,"safety_mode":"NONE","citation_options":{"mode":"FAST"}}`,
			sent:   `{"model":"m","messages":[{"role":"user","content":"Hi"}],"k":5,"documents":[{"id":"d1","data":{"text":"Dots are round."}}],"citation_options":{"mode":"FAST"},"safety_mode":"NONE","stream":false}`,
			answer: `{"id":"a","finish_reason":"COMPLETE","message":{"role":"assistant","content":[{"type":"text","text":"They are round."}],"citations":[{"start":9,"end":14,"text":"round","sources":[{"type":"document","id":"d1","document":{"id":"d1","text":"Dots are round."}}],"content_index":0,"type":"TEXT_CONTENT"}]},"usage":{"billed_units":{"input_tokens":3,"output_tokens":4}}}`,
			wanted: `{"id":"a","finish_reason":"COMPLETE","message":{"role":"assistant","content":[{"type":"text","text":"They are round."}],"citations":[{"start":9,"end":14,"text":"round","sources":[{"type":"document","id":"d1","document":{"id":"d1","snippet":"Dots are round.","title":"d1"}}],"content_index":0,"type":"TEXT_CONTENT"}]},"usage":{"billed_units":{"input_tokens":3,"output_tokens":4},"tokens":{"input_tokens":3,"output_tokens":4}}}`},
		"Cohere at OpenAI": {client: cohere.Dialect{}, vendor: "openai", body: chat + `"k":5,"safety_mode":"NONE","thinking":{"type":"disabled"},"max_tokens":7}`,
			sent: `{"model":"m","messages":[{"role":"user","content":"Hi"}],"max_tokens":7}`, answer: openAIs,
			wanted: `{"id":"c","finish_reason":"COMPLETE","message":{"role":"assistant","content":[{"type":"text","text":"Ho"}]}}`},
		"documents at OpenAI":    {client: cohere.Dialect{}, vendor: "openai", body: chat + sources + `}`},
		"documents at Anthropic": {client: cohere.Dialect{}, vendor: "anthropic", body: chat + sources + `}`},
		"Ollama at Ollama": {client: ollama.Dialect{}, vendor: "ollama", body: chat + `"stream":false,"think":false,"keep_alive":"5m","options":{"num_ctx":4096,"num_predict":7,"top_k":3}}`,
			sent:   `{"model":"m","messages":[{"role":"user","content":"Hi"}],"options":{"num_ctx":4096,"num_predict":7,"top_k":3},"think":false,"keep_alive":"5m","stream":false}`,
			answer: `{"model":"m","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":"Ho"},"done":true,"done_reason":"stop","prompt_eval_count":3,"eval_count":1}`,
			wanted: `{"model":"m","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":"Ho"},"done":true,"done_reason":"stop","prompt_eval_count":3,"eval_count":1}`},
		"Ollama at Groq": {client: ollama.Dialect{}, vendor: "groq", body: chat + `"stream":false,"think":false,"keep_alive":"5m","options":{"num_ctx":4096,"num_predict":7,"top_k":3}}`,
			sent: `{"model":"m","messages":[{"role":"user","content":"Hi"}],"max_tokens":7}`, answer: openAIs,
			wanted: `{"model":"m","created_at":"1970-01-01T00:00:01Z","message":{"role":"assistant","content":"Ho"},"done":true,"done_reason":"stop"}`},
	} {
		t.Run(name, func(t *testing.T) {
			sent := ""
			up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				sent = string(bytes.TrimSpace(body))
				w.Header().Set("Content-Type", "application/json")
				_, _ = io.WriteString(w, c.answer)
			}))
			defer up.Close()
			tr, body, err := dialect.FromClient(c.client, openai.Dialect{}, gateway.OpChat, []byte(c.body))
			if err != nil {
				t.Fatal(err)
			}
			req, err := gateway.NewRequest(openai.Dialect{Client: c.client.Name()}, gateway.OpChat, body)
			if err != nil {
				t.Fatal(err)
			}
			client := New(Config{})
			defer client.Close()
			s, err := client.Handler()(context.Background(), &gateway.Exchange{Request: req, Facts: &gateway.Facts{}, Envelope: &gateway.Envelope{},
				Target: &gateway.Target{Provider: c.vendor, BaseURL: up.URL, Credential: gateway.NewSecret(testKey)}})
			if c.sent == "" {
				if e := gateway.AsError(err); err == nil || e.Param != "documents" || sent != "" {
					t.Fatalf("%v, sent %s", err, sent)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			answer, err := gatewaytest.Fold(s)
			if err != nil {
				t.Fatal(err)
			}
			got, err := tr.Body(answer.Body())
			if err != nil {
				t.Fatal(err)
			}
			if sent != c.sent || string(got) != c.wanted {
				t.Errorf("sent\n%s\nwant\n%s\nanswered\n%s\nwant\n%s", sent, c.sent, got, c.wanted)
			}
		})
	}
}
