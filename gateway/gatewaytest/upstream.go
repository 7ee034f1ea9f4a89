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

// Upstream is a model vendor over real TCP. It speaks OpenAI's dialect under
// URL()+"/v1" (chat completions, embeddings, models) and Anthropic's under URL()
// (/v1/messages, /v1/messages/count_tokens). What it answers depends on the model: a reply set with [Upstream.Set],
// else the fault named by the model "fault-NAME" or the header X-Fault (see [Faulty]),
// else an echo of the last user message.
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

// Received is one request as it came over the wire.
type Received struct {
	Method, Path string
	Header       http.Header
	Body         []byte
	Model        string
}

// kept bounds the memory of requests: older ones are forgotten, hits still count.
const kept = 1024

// NewUpstream starts one on a free port of the loopback interface. Close it.
func NewUpstream() *Upstream {
	u, err := ListenUpstream("127.0.0.1:0")
	if err != nil {
		panic("gatewaytest: " + err.Error()) // as httptest does: no loopback, no tests
	}
	return u
}

// ListenUpstream starts one on addr, e.g. for a benchmark in a process of its own.
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

// URL is "http://127.0.0.1:PORT", the base of the Anthropic dialect.
func (u *Upstream) URL() string { return "http://" + u.listener.Addr().String() }

// Close ends it with all its connections, stalled ones too.
func (u *Upstream) Close() {
	_ = u.server.Close()
	<-u.served
	u.WaitIdle(time.Second)
}

// Set scripts the answer for a model.
func (u *Upstream) Set(model string, r Reply) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.replies[model] = r
}

// RequireKey makes every call without this credential a 401 that quotes, as vendors do,
// the one that came.
func (u *Upstream) RequireKey(key string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.key = key
}

// Keep sets how many requests are remembered; 0 for benchmarks.
func (u *Upstream) Keep(n int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.keep, u.seen = n, nil
}

// Requests lists what came in, oldest first.
func (u *Upstream) Requests() []Received {
	u.mu.Lock()
	defer u.mu.Unlock()
	return append([]Received(nil), u.seen...)
}

// Last is the newest request; the zero value if there was none.
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

// Open counts the calls that are being answered now.
func (u *Upstream) Open() int { return int(u.open.Load()) }

// Cancelled counts the calls whose caller went away before the end of the answer.
func (u *Upstream) Cancelled() int { return int(u.cancelled.Load()) }

// Conns counts the TCP connections accepted so far.
func (u *Upstream) Conns() int { return int(u.conns.Load()) }

// WaitIdle waits until no call is open. False: it took longer than limit.
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
	key := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	if k := r.Header.Get("X-Api-Key"); k != "" {
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

// note records the call and finds its reply.
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

// pause waits; false: the caller went away.
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
