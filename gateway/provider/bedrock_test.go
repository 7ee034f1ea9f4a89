package provider

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/gateway/provider/codec"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
	"github.com/sluicegate/sluice/gateway/sse"
)

// amazonMessage encodes an event of a stream as AWS does.
func amazonMessage(t *testing.T, kind, name, payload string) []byte {
	t.Helper()
	m := eventstream.Message{Payload: []byte(payload)}
	m.Headers.Set(":message-type", eventstream.StringValue(kind))
	m.Headers.Set(":"+kind+"-type", eventstream.StringValue(name))
	var out bytes.Buffer
	if err := eventstream.NewEncoder().Encode(&out, m); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// bedrockServer is a double of Bedrock, built on its documented wire formats. The model's name says
// what it answers.
func bedrockServer(t *testing.T, sent *string) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		*sent = r.URL.EscapedPath() + " " + string(body)
		if !strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential=AKIAX/") || !strings.Contains(r.Header.Get("Authorization"), "/eu-west-1/bedrock/aws4_request") {
			w.Header().Set("X-Amzn-ErrorType", "IncompleteSignatureException")
			w.WriteHeader(http.StatusForbidden)
			return
		}
		chunk := func(event string) []byte {
			return amazonMessage(t, "event", "chunk", `{"bytes":"`+base64.StdEncoding.EncodeToString([]byte(event))+`","p":"abc"}`)
		}
		w.Header().Set("Content-Type", "application/vnd.amazon.eventstream")
		switch {
		case strings.HasSuffix(r.URL.Path, "/converse-stream"):
			for _, e := range [][2]string{{"messageStart", `{"role":"assistant"}`}, {"contentBlockDelta", `{"contentBlockIndex":0,"delta":{"text":"Hello"}}`}} {
				_, _ = w.Write(amazonMessage(t, "event", e[0], e[1]))
			}
			if strings.Contains(r.URL.Path, "fails") {
				_, _ = w.Write(amazonMessage(t, "exception", "modelStreamErrorException", `{"message":"The model failed."}`))
				return
			}
			_, _ = w.Write(amazonMessage(t, "event", "messageStop", `{"stopReason":"end_turn"}`))
			_, _ = w.Write(amazonMessage(t, "event", "metadata", `{"usage":{"inputTokens":5,"outputTokens":2,"totalTokens":7}}`))
		case strings.HasSuffix(r.URL.Path, "/invoke-with-response-stream"):
			for _, e := range []string{`{"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"claude","content":[],"usage":{"input_tokens":5,"output_tokens":1}}}`,
				`{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}`, `{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello"}}`,
				`{"type":"content_block_stop","index":0}`, `{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}}`, `{"type":"message_stop"}`} {
				_, _ = w.Write(chunk(e))
			}
		default:
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"output":{"message":{"role":"assistant","content":[{"text":"Hello"}]}},"stopReason":"end_turn","usage":{"inputTokens":5,"outputTokens":2,"totalTokens":7}}`)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func TestBedrock(t *testing.T) {
	sent := ""
	s, c := bedrockServer(t, &sent), New(Config{})
	defer c.Close()
	target := &gateway.Target{Path: "config", Provider: "bedrock", VirtualKey: "b", BaseURL: s.URL, Credential: gateway.NewSecret("AKIAX:secret"), Settings: gateway.ProviderSettings{"region": "eu-west-1"}}
	for _, call := range []struct {
		model  string
		stream bool
		path   string
	}{
		{"amazon.nova-lite-v1:0", false, "/model/amazon.nova-lite-v1%3A0/converse "},
		{"amazon.nova-lite-v1:0", true, "/model/amazon.nova-lite-v1%3A0/converse-stream "},
		{"eu.anthropic.claude-opus-4-5-v1:0", true, "/model/eu.anthropic.claude-opus-4-5-v1%3A0/invoke-with-response-stream "},
	} {
		answer, err := c.Handler()(context.Background(), gatewaytest.Exchange(t, chat(call.model, call.stream), gatewaytest.WithTarget(target)))
		if err != nil {
			t.Fatal(err)
		}
		got, err := gatewaytest.Fold(answer)
		if err != nil || got.Choices[0].Text() != "Hello" || got.Choices[0].Finish != "stop" || got.Usage.Input != 5 || got.Usage.Output != 2 {
			t.Errorf("%s: %+v %v", call.path, got, err)
		}
		if !strings.HasPrefix(sent, call.path) {
			t.Errorf("sent to %s, want %s", sent, call.path)
		}
	}
}

func TestBedrockStreamFails(t *testing.T) {
	sent := ""
	s, c := bedrockServer(t, &sent), New(Config{})
	defer c.Close()
	target := &gateway.Target{Path: "config", Provider: "bedrock", VirtualKey: "b", BaseURL: s.URL, Credential: gateway.NewSecret("AKIAX:secret"), Settings: gateway.ProviderSettings{"region": "eu-west-1"}}
	answer, err := c.Handler()(context.Background(), gatewaytest.Exchange(t, chat("amazon.fails", true), gatewaytest.WithTarget(target)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err = gatewaytest.Fold(answer); gateway.AsError(err).Public != "The model failed." || gateway.AsError(err).Status != 424 {
		t.Errorf("%v", err)
	}
}

// FuzzConverse: whatever a vendor answers is an answer or an error with a text.
func FuzzConverse(f *testing.F) {
	for _, s := range []string{`{"role":"assistant"}`, `{"contentBlockIndex":0,"delta":{"text":"x"}}`, `{"contentBlockIndex":9,"start":{"toolUse":{"toolUseId":"a","name":"b"}}}`,
		`{"contentBlockIndex":9,"delta":{"toolUse":{"input":"{"}}}`, `{"stopReason":"end_turn"}`, `{"usage":{"inputTokens":-1,"outputTokens":1e300}}`,
		`{"output":{"message":{"content":[{"toolUse":{"input":[]}},{"text":1},{"reasoningContent":{"reasoningText":{"text":"t"}}}]}},"usage":{}}`, `{"message":"x"}`, `{`} {
		f.Add("contentBlockDelta", []byte(s))
	}
	f.Fuzz(func(t *testing.T, name string, in []byte) {
		fuzzAnswer(t, codec.For(vendor.ByID("bedrock"), "converse"), in, sse.Event{Name: []byte(name), Data: in}, sse.Event{Name: []byte("contentBlockStart"), Data: in},
			sse.Event{Name: []byte("messageStop"), Data: in}, sse.Event{Name: []byte("metadata"), Data: in})
	})
}
