package gatewaytest

import (
	"context"
	"encoding/json"
	"sync"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
)

// Script is the scripted result of one call of a [Handler].
type Script struct {
	Fail   error // returned instead of a stream
	Chunks []gateway.Chunk
	Err    error // what Next says after the chunks; nil: io.EOF
	Stall  bool  // after the chunks Next blocks until Close
}

// Event returns a chunk of a streamed answer, parsed from OpenAI's JSON.
func Event(raw string) gateway.Chunk { return read(raw, gateway.FormEvent) }

// Body returns a complete unary answer, parsed from OpenAI's JSON.
func Body(raw string) gateway.Chunk { return read(raw, gateway.FormBody) }

func read(raw string, form gateway.Form) gateway.Chunk {
	c := gateway.Chunk{Raw: []byte(raw), Form: form, Dialect: openai.Dialect{}}
	c.Read()
	return c
}

// Answer returns a unary answer with text and a usage of 9 input and 3 output tokens.
func Answer(text string) Script { return Script{Chunks: []gateway.Chunk{Body(completion(text))}} }

func completion(text string) string {
	return `{"id":"chatcmpl-test","object":"chat.completion","created":1750000000,"model":"gpt-mock","choices":[{"index":0,"message":{"role":"assistant","content":` +
		quoted(text) + `},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}}`
}

// Streamed returns the same answer in events: one per piece, one with the finish reason and
// one with the usage.
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

// Handler is a pipeline end that plays scripts. Call n plays script n; the last script is
// repeated. It is safe for concurrent use.
type Handler struct {
	mu      sync.Mutex
	scripts []Script
	calls   []*gateway.Exchange
	opened  int
	closed  int
}

// NewHandler returns a handler. Without a script it answers [Answer]("Hello").
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

// Calls lists the exchanges of all calls, in order.
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

// NoneOpen fails the test if a stream is still open.
func (h *Handler) NoneOpen(tb testing.TB) {
	tb.Helper()
	if n := h.Open(); n != 0 {
		tb.Errorf("gatewaytest: %d streams were never closed", n)
	}
}
