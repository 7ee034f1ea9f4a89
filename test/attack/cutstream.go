package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/test/sluice"
)

// cutStreams cuts a streamed answer with placeholders at random bytes, in text and on the wire.
// The caller gets its own values back, whole, and no placeholder.
type cutStreams struct{}

func (cutStreams) Name() string   { return "cut streams" }
func (cutStreams) Bounds() Bounds { return usual }

func (cutStreams) Run(ctx context.Context, t *Target, r *Result) error {
	t.Upstream.Set("cut", gatewaytest.Reply{Handle: func(w http.ResponseWriter, _ *http.Request, body []byte) {
		seed := gjson.GetBytes(body, "seed").Uint()
		text := gjson.GetBytes(body, "messages.0.content").String()
		next := func(n int) int { // a small generator, so that each seed makes its own cuts
			seed = seed*6364136223846793005 + 1442695040888963407
			return int(seed>>33) % n
		}
		var events strings.Builder
		for rest := text; rest != ""; {
			n := 1 + next(6)
			for n < len(rest) && rest[n]&0xC0 == 0x80 {
				n++
			}
			n = min(n, len(rest))
			delta := `{"content":` + quoted(rest[:n]) + `}`
			if next(2) == 0 {
				delta = `{"content":` + strings.NewReplacer("[", `\u005b`, "]", `\u005D`, "_", `\u005f`).Replace(quoted(rest[:n])) + `}`
			}
			fmt.Fprintf(&events, `data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"cut","choices":[{"index":0,"delta":%s,"finish_reason":null}]}`+"\n\n", delta)
			rest = rest[n:]
		}
		events.WriteString(`data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"cut","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}` + "\n\ndata: [DONE]\n\n")
		w.Header().Set("Content-Type", "text/event-stream")
		for wire := events.String(); wire != ""; {
			n := min(1+next(200), len(wire))
			_, _ = w.Write([]byte(wire[:n]))
			_ = http.NewResponseController(w).Flush() // an error means that the caller is gone
			wire = wire[n:]
		}
	}})
	for i := range 60 {
		seed := t.Rand.Uint64() >> 12
		text := fmt.Sprintf("write to a%d@example.com about %s, and [EMAIL_%d] or [CARD_1] to b%d@example.com; 日本語 [ [[EMAIL_1]", i, luhn(t), 1+i%3, i)
		a := t.Do(ctx, sluice.Call{Path: chat, Key: memberKey, Body: ask("@up/cut", text, fmt.Sprintf(`,"stream":true,"seed":%d`, seed)), Within: 10 * time.Second})
		var got strings.Builder
		for line := range strings.Lines(a.Body) {
			if data, ok := strings.CutPrefix(line, "data: "); ok {
				got.WriteString(gjson.Get(data, "choices.0.delta.content").String())
			}
		}
		r.Check(got.String() == text, "seed %d: %q came back as %q (%d)", seed, text, got.String(), a.Status)
		r.Check(!strings.Contains(string(t.Upstream.Last().Body), fmt.Sprintf("a%d@example.com", i)), "the address went upstream: %s", text)
	}
	return nil
}
