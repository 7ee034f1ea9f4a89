package provider

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/gateway/provider/mock"
)

func mockAsk(t *testing.T, body string, options ...gatewaytest.Option) (*gateway.Response, []gateway.Chunk, error) {
	t.Helper()
	c := New(Config{})
	defer c.Close()
	options = append([]gatewaytest.Option{gatewaytest.WithTarget(&gateway.Target{Path: "config", Provider: "mock"})}, options...)
	s, err := c.Handler()(context.Background(), gatewaytest.Exchange(t, body, options...))
	if err != nil {
		return nil, nil, err
	}
	chunks, err := gatewaytest.Collect(s)
	var r gateway.Response
	for _, ch := range chunks {
		if len(ch.Raw) > 0 && !json.Valid(ch.Raw) {
			t.Errorf("not JSON: %s", ch.Raw)
		}
		r.Fold(ch)
	}
	return &r, chunks, err
}

func TestMock(t *testing.T) {
	for model, want := range map[string]string{"echo": "Say it back", "mock/echo": "Say it back", "hello": "Hello!", "tool": "Say it back"} {
		body := `{"model":"` + model + `","messages":[{"role":"system","content":"x"},{"role":"user","content":[{"type":"text","text":"Say it back"}]}]`
		unary, _, err := mockAsk(t, body+"}")
		if err != nil || !strings.HasPrefix(unary.Choices[0].Text(), want) || unary.Usage == nil || unary.Usage.Input == 0 || unary.Usage.Output == 0 {
			t.Errorf("%s: %v %v", model, unary, err)
			continue
		}
		streamed, chunks, err := mockAsk(t, body+`,"stream":true}`)
		if err != nil || streamed.Choices[0].Text() != unary.Choices[0].Text() || *streamed.Usage != *unary.Usage || streamed.Choices[0].Finish != "stop" || len(chunks) < 4 {
			t.Errorf("%s streamed: %s %v", model, streamed.Body(), err)
		}
		if gjson.GetBytes(unary.Body(), "choices.0.message.content").String() != unary.Choices[0].Text() {
			t.Errorf("%s: Raw and Deltas differ: %s", model, unary.Body())
		}
	}
	r, _, err := mockAsk(t, `{"model":"echo","n":2,"max_tokens":2,"messages":[{"role":"user","content":"one two three"}],"stream":true,"stream_options":{"include_usage":true}}`)
	if err != nil || len(r.Choices) != 2 || r.Choices[1].Text() != "one two " || r.Choices[1].Finish != "length" {
		t.Errorf("n and max_tokens: %s %v", r.Body(), err)
	}
	r, _, err = mockAsk(t, `{"model":"tool","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f"}}],"stream":true}`)
	if err != nil || len(r.Choices[0].Tools) != 1 || r.Choices[0].Tools[0].Name != "f" || r.Choices[0].Finish != "tool_calls" {
		t.Errorf("tool: %s %v", r.Body(), err)
	}
	for model, status := range map[string]int{"fail-429": 429, "fail-500": 500, "fail-503": 503, "fail-stream": 502, "gpt-5": 400, "embed": 400} {
		if _, _, err := mockAsk(t, `{"model":"`+model+`","messages":[{"role":"user","content":"x"}]}`); gateway.AsError(err).HTTPStatus() != status {
			t.Errorf("%s: %v, want %d", model, err, status)
		}
	}
	if r, _, err := mockAsk(t, `{"model":"fail-stream","messages":[{"role":"user","content":"a b c d"}],"stream":true}`); err == nil || r.Choices[0].Text() == "" {
		t.Errorf("fail-stream: %v", err)
	}
	embed := func(body string) []gjson.Result {
		r, _, err := mockAsk(t, "", gatewaytest.WithRequest(gatewaytest.Embeddings(t, body)))
		if err != nil {
			t.Fatal(err)
		}
		return gjson.GetBytes(r.Body(), "data.#.embedding").Array()
	}
	if v := embed(`{"model":"embed","input":["a cat","a cat","dog"]}`); len(v) != 3 || v[0].Raw != v[1].Raw || v[0].Raw == v[2].Raw || len(v[0].Array()) != 64 {
		t.Errorf("embeddings: %v", v)
	}
	if v := embed(`{"model":"embed","input":"a cat","encoding_format":"base64"}`); len(v) != 1 || len(v[0].Str) != (4*64+2)/3*4 {
		t.Errorf("packed embeddings: %v", v)
	}
	for _, m := range mock.Models() {
		if m.Price.Input == 0 || m.Description == "" {
			t.Errorf("%+v: no price or description", m)
		}
	}
}
