package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/test/sluice"
)

// memoryBombs are answers of an upstream that never seem to end.
type memoryBombs struct{}

func (memoryBombs) Name() string   { return "memory bombs" }
func (memoryBombs) Bounds() Bounds { return Bounds{CPU: 40 * time.Second, RSS: 450 * mib} }

func (memoryBombs) Run(ctx context.Context, t *Target, r *Result) error {
	const begin, end = `data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":`, `,"finish_reason":null}]}` + "\n\n"
	event := func(delta string) string { return begin + delta + end }
	piece := quoted(strings.Repeat("lorem ipsum dolor sit amet ", 2400)) // 64 KiB
	tool := event(`{"tool_calls":[{"index":0,"function":{"arguments":"abcd"}}]}`)
	bombs := []struct {
		name, config, begin, event, end string
		total                           int // bytes
		cpu                             time.Duration
		guarded                         bool
	}{
		{name: "tool arguments in 4-byte pieces", begin: event(`{"tool_calls":[{"index":0,"id":"c","type":"function","function":{"name":"f","arguments":""}}]}`), event: strings.Repeat(tool, 64), total: len(tool) * 200_000, cpu: 8 * time.Second},
		{name: "text in 4-byte pieces", event: strings.Repeat(event(`{"content":"abcd"}`), 64), total: len(tool) * 200_000, cpu: 8 * time.Second},
		{name: "many tool calls", event: repeatEvents(50_000, func(i int) string {
			return event(fmt.Sprintf(`{"tool_calls":[{"index":%d,"id":"c%d","type":"function","function":{"name":"f","arguments":"{}"}}]}`, i, i))
		}), total: 9 << 20, cpu: 8 * time.Second},
		{name: "many choices", event: repeatEvents(50_000, func(i int) string {
			return strings.Replace(event(`{"content":"a"}`), `"index":0`, fmt.Sprintf(`"index":%d`, i), 1)
		}), total: 9 << 20, cpu: 8 * time.Second},
		{name: "a stream of 300 MB", event: event(`{"content":` + piece + `}`), total: 300 << 20, cpu: 15 * time.Second},
		{name: "reasoning of 100 MB", event: event(`{"reasoning_content":` + piece + `}`), total: 100 << 20, cpu: 8 * time.Second},
		{name: "events of 16 MiB", event: event(`{"content":` + quoted(strings.Repeat("a", 15<<20)) + `}`), total: 64 << 20, cpu: 8 * time.Second},
		{name: "one event without an end", event: strings.Repeat("a", 1<<20), begin: "data: ", total: 200 << 20, cpu: 8 * time.Second},
		{name: "comments without an end", event: strings.Repeat(": keep-alive\n\n", 5000), total: 100 << 20, cpu: 8 * time.Second},
		{name: "a guarded stream of 200 MB", config: `{"virtual_key":"up","output_guardrails":[{"default.contains":{"words":["never"],"operator":"none"},"deny":true}]}`, event: event(`{"content":` + piece + `}`), total: 200 << 20, cpu: 10 * time.Second},
		{name: "a body of 200 MB", begin: `{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"`, event: strings.Repeat("a", 1<<20), end: `"},"finish_reason":"stop"}]}`, total: 200 << 20, cpu: 8 * time.Second},
		{name: "an error of 100 MB", begin: `{"error":{"message":"`, event: strings.Repeat("a", 1<<20), end: `"}}`, total: 100 << 20, cpu: 5 * time.Second},
	}
	for _, b := range bombs {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		stream := !strings.HasPrefix(b.begin, "{")
		t.Upstream.Set("bomb", gatewaytest.Reply{Handle: func(w http.ResponseWriter, _ *http.Request, _ []byte) {
			w.Header().Set("Content-Type", "application/json")
			if stream {
				w.Header().Set("Content-Type", "text/event-stream")
			} else if strings.Contains(b.begin, "error") {
				w.WriteHeader(http.StatusBadRequest)
			}
			_, err := io.WriteString(w, b.begin)
			for sent := 0; sent < b.total && err == nil; sent += len(b.event) {
				_, err = io.WriteString(w, b.event)
			}
			if b.end == "" {
				b.end = "data: [DONE]\n\n"
			}
			_, _ = io.WriteString(w, b.end) // the caller may be gone
		}})
		call := sluice.Call{Path: chat, Key: memberKey, Body: ask("@up/bomb", "x", fmt.Sprintf(`,"stream":%v`, stream)), Keep: 1 << 10, Within: 25 * time.Second}
		if b.config != "" {
			call.Header = []string{"X-Sluice-Config", b.config}
			call.Body = ask("bomb", "x", `,"stream":true`)
		}
		before, err := t.Usage()
		if err != nil {
			return err
		}
		a := t.Do(ctx, call)
		t.Upstream.WaitIdle(2 * time.Second)
		after, err := t.Usage()
		if err != nil {
			r.Check(false, "%s: the process has ended", b.name)
			return nil
		}
		r.Check(a.Status != 0, "%s: no answer: %v", b.name, a.Err)
		r.Check(after.CPU-before.CPU <= b.cpu, "%s, %d MB: %.1f s of processor time, at most %v are expected", b.name, b.total>>20, (after.CPU - before.CPU).Seconds(), b.cpu)
		r.Check(after.PeakRSS-before.PeakRSS <= 300*mib, "%s, %d MB: the peak of the resident set rises by %d MiB", b.name, b.total>>20, (after.PeakRSS-before.PeakRSS)/mib)
	}
	return nil
}

func repeatEvents(n int, event func(i int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(event(i))
	}
	return b.String()
}
