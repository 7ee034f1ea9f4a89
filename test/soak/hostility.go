package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/test/sluice"
)

// hostility is the traffic of those who mean harm. Its answers do not matter.
type hostility struct {
	p     *sluice.Process
	seed  uint64
	slow  float64 // multiplies all pauses
	calls atomic.Int64
	raw   atomic.Int64
}

// A caller of each kind comes again after this time, drawn anew from half of it to one and a half.
const (
	callPause = 250 * time.Millisecond
	rawPause  = 500 * time.Millisecond
	heavy     = 4 * time.Second
)

func (h *hostility) run(ctx context.Context) {
	chunk := `data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"` + strings.Repeat("lorem ", 1000) + `"},"finish_reason":null}]}` + "\n\n"
	h.p.Upstream.Set("endless", gatewaytest.Reply{Handle: func(w http.ResponseWriter, _ *http.Request, _ []byte) {
		w.Header().Set("Content-Type", "text/event-stream")
		for range 2000 { // 12 MB
			if _, err := io.WriteString(w, chunk); err != nil {
				return
			}
		}
	}})
	for _, model := range []string{"cut:2", "reset:2", "malformed:2", "error-event:1", "html", "not-json", "empty-body", "429", "no-done", "long-line:200000"} {
		reply, ok := gatewaytest.Faulty(model)
		if !ok {
			panic("soak: no fault " + model)
		}
		h.p.Upstream.Set("bad-"+model, reply)
	}
	var wg sync.WaitGroup
	for i, c := range h.kinds() {
		wg.Go(func() {
			draw := rand.New(rand.NewPCG(h.seed, uint64(i)))
			for pause(ctx, draw, h.times(c.pause)) {
				h.calls.Add(1)
				call := c.call(draw)
				call.Within, call.Keep = 10*time.Second, 1<<10
				_ = h.p.Do(ctx, call)
			}
		})
	}
	for i, text := range h.heads() {
		wg.Go(func() {
			draw := rand.New(rand.NewPCG(h.seed, uint64(1000+i)))
			for pause(ctx, draw, h.times(rawPause)) {
				h.raw.Add(1)
				h.leave(ctx, text, time.Duration(1+draw.IntN(6))*time.Second)
			}
		})
	}
	wg.Wait()
}

func (h *hostility) times(d time.Duration) time.Duration { return time.Duration(h.slow * float64(d)) }

// pause waits. False: ctx has ended.
func pause(ctx context.Context, draw *rand.Rand, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d/2 + time.Duration(draw.Int64N(int64(d)))):
		return true
	}
}

// kind makes hostile calls of one kind.
type kind struct {
	pause time.Duration
	call  func(draw *rand.Rand) sluice.Call
}

func (h *hostility) kinds() []kind {
	const chat = "/v1/chat/completions"
	ask := func(model, more string) string {
		return fmt.Sprintf(`{"model":%q,"max_tokens":50%s,"messages":[{"role":"user","content":"hello there"}]}`, model, more)
	}
	fixed := func(wait time.Duration, c sluice.Call) kind {
		return kind{wait, func(*rand.Rand) sluice.Call { return c }}
	}
	var many strings.Builder
	for i := range 50_000 {
		fmt.Fprintf(&many, `,"%d":1`, i)
	}
	faults := []string{"cut:2", "reset:2", "malformed:2", "error-event:1", "html", "not-json", "empty-body", "429", "no-done", "long-line:200000"}
	out := []kind{
		fixed(callPause, sluice.Call{Path: chat, Key: "sk-sl-wrong", Body: ask("mock/echo", ""), Header: []string{"X-Sluice-Metadata", `{"k":"` + strings.Repeat("v", 120) + `"}`}}),
		fixed(callPause, sluice.Call{Path: "/v1/nowhere/" + strings.Repeat("a", 500), Key: "-"}),
		fixed(callPause, sluice.Call{Path: chat, Key: hostileKey, Body: `{"model":`}),
		fixed(heavy, sluice.Call{Path: chat, Key: hostileKey, Body: `{"model":"mock/echo"` + many.String() + `}`}),
		fixed(heavy, sluice.Call{Path: chat, Key: hostileKey, Body: `{"model":"mock/echo","messages":` + strings.Repeat("[", 100_000)}),
		fixed(heavy, sluice.Call{Path: chat, Key: hostileKey, Body: ask("@up/gpt-mock", `,"x":"`+strings.Repeat("4539578763621486 ", 20_000)+`"`)}),
		fixed(heavy, sluice.Call{Path: chat, Key: hostileKey, Body: ask("@up/endless", `,"stream":true`)}),
		fixed(callPause, sluice.Call{Path: chat, Key: hostileKey, Body: ask("@up/endless", `,"stream":true`), Hangup: 10_000}),
		fixed(callPause, sluice.Call{Path: chat, Key: hostileKey, Body: ask("m", ""), Header: []string{"X-Sluice-Config", `{"targets":[{"nonsense":1}]}`}}),
		fixed(callPause, sluice.Call{Path: chat, Key: hostileKey, Body: ask("m", ""), Header: []string{"X-Sluice-Provider", "openai", "X-Sluice-Custom-Host", "http://127.1:1/v1"}}),
		{callPause, func(draw *rand.Rand) sluice.Call { // a config that nobody sends twice
			config := fmt.Sprintf(`{"virtual_key":"up","override_params":{"seed":%d},"input_guardrails":[{"deny":true,"checks":[{"id":"default.regexMatch","parameters":{"rule":"never%d","not":true}}]}]}`, draw.Int64(), draw.Int64())
			return sluice.Call{Path: chat, Key: hostileKey, Body: ask("gpt-mock", ""), Header: []string{"X-Sluice-Config", config}}
		}},
		{callPause, func(draw *rand.Rand) sluice.Call { // a cache entry that nobody asks for again
			return sluice.Call{Path: chat, Key: hostileKey, Body: ask("@up/gpt-mock", fmt.Sprintf(`,"seed":%d,"x":"%s"`, draw.Int64(), strings.Repeat("y", 5000))),
				Header: []string{"X-Sluice-Cache", "semantic", "X-Sluice-Cache-Namespace", fmt.Sprint(draw.Int64()), "X-Sluice-Trace-Id", fmt.Sprint(draw.Int64())}}
		}},
		{callPause, func(draw *rand.Rand) sluice.Call {
			stream := []string{"", `,"stream":true`}[draw.IntN(2)]
			return sluice.Call{Path: []string{chat, "/v1/messages"}[draw.IntN(2)], Key: hostileKey, Body: ask("@up/bad-"+faults[draw.IntN(len(faults))], stream), Header: []string{"X-Sluice-Config", `{"retry":{"attempts":0}}`}}
		}},
		{callPause, func(draw *rand.Rand) sluice.Call { // random bytes
			b := make([]byte, 1+draw.IntN(2000))
			for i := range b {
				b[i] = byte(draw.IntN(256))
			}
			return sluice.Call{Path: chat, Key: hostileKey, Body: string(b)}
		}},
	}
	return out
}

// heads are beginnings of requests on connections that are then left open.
func (h *hostility) heads() []string {
	post := func(key, lines string) string {
		return "POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + key + "\r\n" + lines
	}
	return []string{
		"", "GET / HT", "GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n", post(hostileKey, "X-Slow: "), post(hostileKey, "Content-Length: 20000000\r\n\r\n{"),
		post("sk-sl-wrong", "Transfer-Encoding: chunked\r\n\r\n100000\r\n"+strings.Repeat("a", 300_000)), post(hostileKey, "Transfer-Encoding: chunked\r\n\r\n100000\r\n"+strings.Repeat("a", 300_000)),
		strings.Repeat("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n", 200), "\x16\x03\x01\x00\xa5\x01\x00", strings.Repeat("X", 300_000),
	}
}

// leave sends text from another address, reads nothing, and closes the connection after a time.
func (h *hostility) leave(ctx context.Context, text string, after time.Duration) {
	d := net.Dialer{Timeout: 2 * time.Second, LocalAddr: &net.TCPAddr{IP: net.ParseIP(other)}}
	c, err := d.DialContext(ctx, "tcp", h.p.Address())
	if err != nil {
		return
	}
	defer c.Close()
	_ = c.SetWriteDeadline(time.Now().Add(after))
	_, _ = io.WriteString(c, text) // the server may have closed it
	select {
	case <-ctx.Done():
	case <-time.After(after):
	}
}

func (h *hostility) summary() string {
	return fmt.Sprintf("%d hostile calls, %d hostile connections", h.calls.Load(), h.raw.Load())
}
