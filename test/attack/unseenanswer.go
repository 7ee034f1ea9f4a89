package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/test/sluice"
)

// unseenAnswers is an upstream that writes the forbidden word where an output guardrail might not look, in
// one piece or over several events.
type unseenAnswers struct{}

func (unseenAnswers) Name() string   { return "unseen answers" }
func (unseenAnswers) Bounds() Bounds { return usual }

func (unseenAnswers) File() string {
	return strings.Replace(serverFile, "configs:\n", "configs:\n  - {slug: answers, config: {virtual_key: up, output_guardrails: [{id: no-word, deny: true, checks: [{id: default.contains, parameters: {words: ["+forbidden+"], operator: none}}]}]}}\n", 1)
}

func (unseenAnswers) Run(ctx context.Context, t *Target, r *Result) error {
	const cut = len(forbidden) / 2
	try := func(name, body string, stream bool) {
		t.Upstream.Set("m", gatewaytest.Reply{Handle: func(w http.ResponseWriter, _ *http.Request, _ []byte) {
			w.Header().Set("Content-Type", map[bool]string{true: "text/event-stream", false: "application/json"}[stream])
			_, _ = w.Write([]byte(body)) // an error means that the caller is gone
		}})
		a := t.Do(ctx, sluice.Call{Path: chat, Key: memberKey, Body: ask("m", "hi", fmt.Sprintf(`,"stream":%v`, stream)), Header: []string{"X-Sluice-Config", "answers"}, Within: 10 * time.Second})
		r.Check(a.Status == 446 && !strings.Contains(folded(a.Body), forbidden), "%s, stream %v: %s", name, stream, a.Brief())
	}
	for name, field := range inOrder(map[string]string{
		"content": `"content":$`, "refusal": `"refusal":$`, "reasoning": `"reasoning":$`, "reasoning_content": `"reasoning_content":$`, "transcript": `"audio":{"transcript":$}`,
		"reasoning details": `"reasoning_details":[{"type":"reasoning.text","text":$}]`, "thinking blocks": `"thinking_blocks":[{"type":"thinking","thinking":$}]`,
		"arguments": `"tool_calls":[{"index":0,"function":{"name":"f","arguments":$}}]`, "custom input": `"tool_calls":[{"index":0,"type":"custom","custom":{"name":"f","input":$}}]`,
		"function call": `"function_call":{"name":"f","arguments":$}`, "tool name": `"tool_calls":[{"index":0,"function":{"name":$,"arguments":"{}"}}]`,
		"vendor field": `"x_vendor":$`, "vendor object": `"x_vendor":{"deep":[{"deeper":$}]}`, "other case": `"Content":$`, "images": `"images":[{"type":"image_url","image_url":{"url":$}}]`,
	}) {
		whole := strings.ReplaceAll(field, "$", quoted(forbidden))
		try(name, `{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant",`+whole+`},"finish_reason":"stop"}]}`, false)
		try(name+", given twice", `{"choices":[{"index":0,"message":{"role":"assistant",`+whole+`}}],"choices":[{"index":0,"message":{"role":"assistant","content":"fine"},"finish_reason":"stop"}]}`, false)
		var events strings.Builder
		for _, piece := range []string{forbidden[:cut], forbidden[cut:]} {
			fmt.Fprintf(&events, `data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{%s},"finish_reason":null}]}`+"\n\n", strings.ReplaceAll(field, "$", quoted(piece)))
		}
		events.WriteString(`data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}` + "\n\ndata: [DONE]\n\n")
		try(name, events.String(), true)
	}
	for name, more := range inOrder(map[string]string{"citations": `"citations":[$]`, "search results": `"search_results":[{"snippet":$}]`}) {
		try(name, `{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"fine"},"finish_reason":"stop"}],`+strings.ReplaceAll(more, "$", quoted(forbidden))+`}`, false)
	}
	return nil
}
