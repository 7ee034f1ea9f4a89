package gatewaytest

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tidwall/gjson"
)

// Upstream is a model vendor over TCP. It uses OpenAI's formats under URL()+"/v1" (chat
// completions, responses, embeddings, models), Anthropic's under URL() (/v1/messages,
// /v1/messages/count_tokens), Cohere's (/v2/chat) and Ollama's (/api/chat) there, too, and Google's for paths with a method, such as
// /v1beta/models/m:generateContent. The model selects the answer: a reply set with [Upstream.Set],
// else a fault by the model "fault-NAME" or the header X-Fault (see [Faulty]), else an echo
// of the last user message.
type Upstream struct {
	server   *http.Server
	listener net.Listener
	served   chan struct{}

	mu      sync.Mutex
	replies map[string]Reply
	hits    map[string]int // by model
	calls   map[string]int // by key and model, for FailFirst
	seen    []Received
	keep    int
	key     string

	open, cancelled, conns atomic.Int64
}

// Received is one request as it arrived.
type Received struct {
	Method, Path string
	Header       http.Header
	Body         []byte
	Model        string
}

// kept limits the number of stored requests. Older ones are dropped but still counted.
const kept = 1024

// NewUpstream starts an upstream on a free loopback port. The caller closes it.
func NewUpstream() *Upstream {
	u, err := ListenUpstream("127.0.0.1:0")
	if err != nil {
		panic("gatewaytest: " + err.Error()) // as httptest does: no loopback, no tests
	}
	return u
}

// ListenUpstream starts an upstream on addr, for example in a benchmark's own process.
func ListenUpstream(addr string) (*Upstream, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	u := &Upstream{listener: l, served: make(chan struct{}), replies: map[string]Reply{}, hits: map[string]int{}, calls: map[string]int{}, keep: kept}
	u.server = &http.Server{Handler: http.HandlerFunc(u.serve), ErrorLog: log.New(io.Discard, "", 0), ConnState: func(_ net.Conn, s http.ConnState) {
		switch s {
		case http.StateNew:
			u.conns.Add(1)
		}
	}}
	go func() {
		defer close(u.served)
		_ = u.server.Serve(l) // always ErrServerClosed
	}()
	return u, nil
}

// URL returns "http://127.0.0.1:PORT", the base URL of Anthropic's format.
func (u *Upstream) URL() string { return "http://" + u.listener.Addr().String() }

// Close stops the server with all its connections.
func (u *Upstream) Close() {
	_ = u.server.Close()
	<-u.served
	u.WaitIdle(time.Second)
}

// Set sets the reply for a model.
func (u *Upstream) Set(model string, r Reply) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.replies[model] = r
}

// RequireKey makes every call without this credential fail with 401. As vendors do, the
// error quotes the credential that was sent.
func (u *Upstream) RequireKey(key string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.key = key
}

// Keep sets how many requests are stored; 0 for benchmarks.
func (u *Upstream) Keep(n int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.keep, u.seen = n, nil
}

// Requests lists the received requests, oldest first.
func (u *Upstream) Requests() []Received {
	u.mu.Lock()
	defer u.mu.Unlock()
	return append([]Received(nil), u.seen...)
}

// Last returns the newest request, or the zero value.
func (u *Upstream) Last() Received {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.seen) == 0 {
		return Received{}
	}
	return u.seen[len(u.seen)-1]
}

// Hits counts the calls for a model; "" counts all.
func (u *Upstream) Hits(model string) int {
	u.mu.Lock()
	defer u.mu.Unlock()
	if model != "" {
		return u.hits[model]
	}
	n := 0
	for _, h := range u.hits {
		n += h
	}
	return n
}

// Open returns the number of calls in progress.
func (u *Upstream) Open() int { return int(u.open.Load()) }

// Cancelled returns the number of calls whose caller disconnected before the end of the
// answer.
func (u *Upstream) Cancelled() int { return int(u.cancelled.Load()) }

// Conns returns the number of accepted TCP connections.
func (u *Upstream) Conns() int { return int(u.conns.Load()) }

// WaitIdle waits until no call is in progress. It returns false after limit.
func (u *Upstream) WaitIdle(limit time.Duration) bool {
	for end := time.Now().Add(limit); u.Open() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}

func (u *Upstream) serve(w http.ResponseWriter, r *http.Request) {
	u.open.Add(1)
	defer u.open.Add(-1)
	body, err := io.ReadAll(r.Body)
	if err != nil {
		u.cancelled.Add(1)
		return
	}
	model := gjson.GetBytes(body, "model").String()
	if m, method := geminiCall(r.URL.Path); method != "" {
		model = m
	}
	key := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	if k := r.Header.Get("X-Api-Key"); k != "" {
		key = k
	} else if k := r.Header.Get("X-Goog-Api-Key"); k != "" {
		key = k
	} else if k := r.Header.Get("Api-Key"); k != "" {
		key = k
	}
	reply, refused := u.note(r, body, model, key)
	if refused {
		reply = Reply{Status: http.StatusUnauthorized, Body: `{"error":{"message":` + quoted("Incorrect API key provided: "+key+".") +
			`,"type":"invalid_request_error","param":null,"code":"invalid_api_key"}}`}
	}
	a := &answer{w: w, r: r, body: body, model: model, Reply: reply}
	if a.run() {
		u.cancelled.Add(1)
	}
	if a.abort {
		panic(http.ErrAbortHandler)
	}
}

// note records the call and returns its reply.
func (u *Upstream) note(r *http.Request, body []byte, model, key string) (reply Reply, refused bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.hits[model]++
	if u.keep > 0 {
		if len(u.seen) >= u.keep {
			u.seen = u.seen[1:]
		}
		u.seen = append(u.seen, Received{r.Method, r.URL.RequestURI(), r.Header.Clone(), body, model})
	}
	if u.key != "" && key != u.key {
		return Reply{}, true
	}
	reply, ok := u.replies[model]
	if name := r.Header.Get("X-Fault"); name != "" {
		reply, ok = Faulty(name)
	}
	if name, is := strings.CutPrefix(model, "fault-"); is && !ok {
		reply, ok = Faulty(name)
		if !ok {
			return Reply{Status: 404, Body: `{"error":{"message":"gatewaytest knows no such fault","code":"model_not_found"}}`}, false
		}
	}
	if n := reply.Fault.FailFirst; n > 0 {
		id := key + "\x00" + model
		if u.calls[id]++; u.calls[id] <= n {
			return failures["500"], false
		}
	}
	return reply, false
}

// pause waits for d. false: the caller disconnected.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
