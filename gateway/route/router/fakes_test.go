package router_test

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/route/router"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// upstream answers attempts from a script by virtual key: one reply for each call; the last
// one is repeated.
type upstream struct {
	mu      sync.Mutex
	scripts map[string][]reply
	calls   []string // virtual keys, in order
	models  []string
	open    atomic.Int64 // streams not closed yet
}

// reply is the scripted result of one call.
type reply struct {
	err    error
	chunks []gateway.Chunk
	breaks error // after the chunks
	stall  bool  // answers nothing until ctx ends
	panics bool
}

func status(code int) reply {
	return reply{err: &gateway.Error{Op: "test", Kind: gateway.Upstream, Status: code, Public: "upstream says no"}}
}

func text(s string) reply {
	return reply{chunks: []gateway.Chunk{
		{Dialect: openai.Dialect{}, Head: &gateway.AnswerHead{ID: "resp-1", Model: "served"}, Raw: []byte(`{"id":"resp-1","model":"served"}`), Deltas: []gateway.Delta{{Text: s}}},
		{Raw: []byte(`{}`), Deltas: []gateway.Delta{{Finish: "stop"}}},
		{Raw: []byte(`{}`), Usage: &gateway.Usage{Input: 3, Output: 5}},
	}}
}

func (u *upstream) handle(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
	u.mu.Lock()
	name := ex.Target.VirtualKey
	u.calls = append(u.calls, name)
	u.models = append(u.models, ex.Request.Model())
	script := u.scripts[name]
	r := reply{err: errors.New("no script for " + name)}
	if len(script) > 0 {
		r = script[0]
	}
	if len(script) > 1 {
		u.scripts[name] = script[1:]
	}
	u.mu.Unlock()
	switch {
	case r.panics:
		panic("upstream panics")
	case r.stall:
		<-ctx.Done()
		return nil, &gateway.Error{Op: "test", Kind: gateway.BadUpstream, Public: "cut", Err: ctx.Err()}
	case r.err != nil:
		return nil, r.err
	}
	u.open.Add(1)
	return &scripted{u: u, ctx: ctx, rest: r.chunks, breaks: r.breaks}, nil
}

type scripted struct {
	u      *upstream
	ctx    context.Context
	rest   []gateway.Chunk
	breaks error
	once   sync.Once
}

func (s *scripted) Next() (gateway.Chunk, error) {
	if s.ctx.Err() != nil {
		return gateway.Chunk{}, s.ctx.Err()
	}
	if len(s.rest) == 0 {
		if s.breaks != nil {
			return gateway.Chunk{}, s.breaks
		}
		return gateway.Chunk{}, io.EOF
	}
	c := s.rest[0]
	s.rest = s.rest[1:]
	return c, nil
}

func (s *scripted) Close() error {
	s.once.Do(func() { s.u.open.Add(-1) })
	return nil
}

// rig is a Router over one scripted upstream, with a clock that only Sleep moves.
type rig struct {
	t      *testing.T
	up     *upstream
	slept  []time.Duration
	drawn  float64
	router gateway.Handler
	sleep  func(ctx context.Context, d time.Duration) error
}

func newRig(t *testing.T, scripts map[string][]reply, guards ...gateway.Stage) *rig {
	r := &rig{t: t, up: &upstream{scripts: scripts}}
	settings := router.Config{
		Sleep: func(ctx context.Context, d time.Duration) error {
			r.slept = append(r.slept, d)
			if r.sleep != nil {
				return r.sleep(ctx, d)
			}
			return ctx.Err()
		},
		Rand:              func() float64 { return r.drawn },
		FirstChunkTimeout: time.Minute,
		ServerAddress:     func(t *gateway.Target) string { return t.Provider + ".example" },
	}
	r.router = router.New(settings, r.up.handle, guards...)
	t.Cleanup(func() {
		if n := r.up.open.Load(); n != 0 {
			t.Errorf("%d streams were never closed", n)
		}
	})
	return r
}

func exchange(t *testing.T, root *gateway.Node) *gateway.Exchange {
	t.Helper()
	req, err := openai.NewRequest(gateway.OpChat, []byte(`{"model":"m","messages":[{"role":"user","content":"hi"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	return &gateway.Exchange{Envelope: &gateway.Envelope{}, Principal: &gateway.Principal{Workspace: "ws"}, Request: req,
		Plan: &gateway.Plan{Root: root}, Facts: &gateway.Facts{}}
}

// run routes and reads the answer to its end.
func (r *rig) run(ctx context.Context, ex *gateway.Exchange) (string, error) {
	st, err := r.router(ctx, ex)
	if err != nil {
		return "", err
	}
	defer st.Close()
	out := ""
	for {
		c, err := st.Next()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		for _, d := range c.Deltas {
			out += d.Text
		}
	}
}

func leaf(name string, policy gateway.RetryPolicy) *gateway.Node {
	return &gateway.Node{Path: "config." + name, Mode: gateway.ModeSingle, Weight: 1,
		Target: &gateway.Target{Path: "config." + name, Provider: "openai", VirtualKey: name, Retry: policy}}
}

func fallback(on []int, nodes ...*gateway.Node) *gateway.Node {
	return &gateway.Node{Path: "config", Mode: gateway.ModeFallback, OnStatus: on, Nodes: nodes}
}
