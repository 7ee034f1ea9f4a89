package gatewaytest

import (
	"context"
	"encoding/json"
	"sync"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
)

// Script is what one call of a [Handler] does.
type Script struct {
	Fail   error // returned instead of a stream
	Chunks []gateway.Chunk
	Err    error // what Next says after the chunks; nil: io.EOF
	Stall  bool  // after the chunks Next blocks until Close
}

// Event is a chunk of a streamed answer, read from OpenAI's JSON.
func Event(raw string) gateway.Chunk { return read(raw, gateway.FormEvent) }

// Body is a whole unary answer, read from OpenAI's JSON.
func Body(raw string) gateway.Chunk { return read(raw, gateway.FormBody) }

func read(raw string, form gateway.Form) gateway.Chunk {
	c := gateway.Chunk{Raw: []byte(raw), Form: form, Dialect: openai.Dialect{}}
	c.Read()
	return c
}

// Answer is a unary answer that says text and counts 9 tokens in and 3 out.
func Answer(text string) Script { return Script{Chunks: []gateway.Chunk{Body(completion(text))}} }

func completion(text string) string {
	return `{"id":"chatcmpl-test","object":"chat.completion","created":1750000000,"model":"gpt-mock","choices":[{"index":0,"message":{"role":"assistant","content":` +
		quoted(text) + `},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}}`
}

// Streamed is the same answer in events: one for each piece, one with the finish reason
// and one with the usage.
func Streamed(pieces ...string) Script {
	var s Script
	for _, p := range pieces {
		s.Chunks = append(s.Chunks, Event(event(`{"content":`+quoted(p)+`}`, "null")))
	}
	s.Chunks = append(s.Chunks, Event(event(`{}`, `"stop"`)),
		Event(`{"id":"chatcmpl-test","object":"chat.completion.chunk","created":1750000000,"model":"gpt-mock","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}}`))
	return s
}

func event(delta, finish string) string {
	return `{"id":"chatcmpl-test","object":"chat.completion.chunk","created":1750000000,"model":"gpt-mock","choices":[{"index":0,"delta":` +
		delta + `,"finish_reason":` + finish + `}]}`
}

func quoted(s string) string {
	b, _ := json.Marshal(s) // a string always encodes
	return string(b)
}

// Handler is an end of a pipeline that plays scripts: the n-th call gets the n-th
// script, and the last one is repeated. It is safe for concurrent use.
type Handler struct {
	mu      sync.Mutex
	scripts []Script
	calls   []*gateway.Exchange
	opened  int
	closed  int
}

// NewHandler makes a handler; without a script it answers [Answer]("Hello").
func NewHandler(scripts ...Script) *Handler {
	if len(scripts) == 0 {
		scripts = []Script{Answer("Hello")}
	}
	return &Handler{scripts: scripts}
}

// Handle is a [gateway.Handler].
func (h *Handler) Handle(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
	h.mu.Lock()
	s := h.scripts[min(len(h.calls), len(h.scripts)-1)]
	h.calls = append(h.calls, ex)
	if s.Fail == nil {
		h.opened++
	}
	h.mu.Unlock()
	if s.Fail != nil {
		return nil, s.Fail
	}
	return gateway.Prime(s.stream(h.count))
}

func (h *Handler) count() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed++
}

// Calls lists the exchanges the handler was asked for, in order.
func (h *Handler) Calls() []*gateway.Exchange {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]*gateway.Exchange(nil), h.calls...)
}

// Open counts the streams that were returned and not closed.
func (h *Handler) Open() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.opened - h.closed
}

// NoneOpen fails the test if a stream was left open.
func (h *Handler) NoneOpen(tb testing.TB) {
	tb.Helper()
	if n := h.Open(); n != 0 {
		tb.Errorf("gatewaytest: %d streams were never closed", n)
	}
}
