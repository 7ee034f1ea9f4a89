package cache_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

// gated is an upstream that counts its calls, and whose answers wait before each chunk until
// the gate is open.
type gated struct {
	up    upstream
	mu    sync.Mutex
	calls atomic.Int32
	gate  chan struct{}
	fail  error
}

func (g *gated) handle(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
	g.calls.Add(1)
	if g.fail != nil {
		select {
		case <-g.gate:
			return nil, g.fail
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	s, err := g.up.handle(ctx, ex)
	return &gatedStream{s, ctx, g.gate}, err
}

type gatedStream struct {
	gateway.Stream
	ctx  context.Context
	gate chan struct{}
}

func (s *gatedStream) Next() (gateway.Chunk, error) {
	select {
	case <-s.gate:
		return s.Stream.Next()
	case <-s.ctx.Done():
		return gateway.Chunk{}, s.ctx.Err()
	}
}

// flightRig is a rig over a gated upstream.
func flightRig(t *testing.T) (*rig, *gated) {
	r := newRig(t, nil)
	g := &gated{gate: make(chan struct{})}
	r.chain = gateway.Chain("end", g.handle, r.cache.Stage())
	return r, g
}

// outcomeOf is what one caller got.
type outcomeOf struct {
	facts *gateway.Facts
	text  string
	forms map[gateway.Form]int
	err   error
}

// call sends one body and reads the answer to its end.
func (r *rig) call(ctx context.Context, body string, change ...func(*gateway.Exchange)) outcomeOf {
	ex := r.exchange(body, change...)
	o := outcomeOf{facts: ex.Facts, forms: map[gateway.Form]int{}}
	s, err := r.chain(ctx, ex)
	if err != nil {
		o.err = err
		return o
	}
	defer s.Close()
	var answer gateway.Response
	for {
		c, err := s.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			o.err = err
			return o
		}
		o.forms[c.Form]++
		answer.Fold(c)
	}
	o.text = string(answer.Body())
	return o
}

// calls starts n callers and returns what they got, after all of them wait and the gate is open.
func (r *rig) calls(t *testing.T, g *gated, n int, body func(i int) string) []outcomeOf {
	t.Helper()
	got := make([]outcomeOf, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			got[i] = r.call(context.Background(), body(i))
		}()
	}
	eventually(t, func() bool { return r.cache.Followers() == n-1 && g.calls.Load() == 1 })
	close(g.gate)
	wg.Wait()
	return got
}

func TestIdenticalCallsAreOne(t *testing.T) {
	plain, streamed := chat("Why is the sky blue?"), strings.Replace(chat("Why is the sky blue?"), `{"model"`, `{"stream":true,"model"`, 1)
	for name, body := range map[string]func(int) string{
		"whole answers": func(int) string { return plain },
		"streams":       func(int) string { return streamed },
		"both": func(i int) string {
			if i%2 == 0 {
				return plain
			}
			return streamed
		},
	} {
		r, g := flightRig(t)
		shared := 0
		for i, o := range r.calls(t, g, 50, body) {
			if o.err != nil || !strings.Contains(o.text, "answer 1") {
				t.Fatalf("%s: caller %d got %v, %s", name, i, o.err, o.text)
			}
			if o.facts.Cache.Status == gateway.CacheHit {
				shared++
				if o.facts.Usage == nil || o.facts.Cost.Nano != 0 || o.facts.Cost.Saved != 4200 || o.facts.Cache.Origin != "ex1" {
					t.Errorf("%s: caller %d has %+v", name, i, o.facts)
				}
			}
			if name == "streams" && o.forms[gateway.FormEvent] == 0 && o.facts.Cache.Reason == "" {
				t.Errorf("caller %d got no events: %v", i, o.forms)
			}
		}
		if n := g.calls.Load(); n != 1 || shared != 49 {
			t.Errorf("%s: %d calls upstream for 50 callers, %d shared", name, n, shared)
		}
	}
}

// TestLeaderLeaves ends the call of the first caller while others read along and wait: they get
// the whole answer all the same, from one call upstream.
func TestLeaderLeaves(t *testing.T) {
	streamed := strings.Replace(chat("Why is the sky blue?"), `{"model"`, `{"stream":true,"model"`, 1)
	r, g := flightRig(t)
	ctx, leave := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		ex := r.exchange(streamed)
		s, err := r.chain(ctx, ex)
		if err != nil {
			t.Error(err)
			return
		}
		<-ctx.Done()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	eventually(t, func() bool { return g.calls.Load() == 1 })
	got := make([]outcomeOf, 10)
	for i := range got {
		wg.Add(1)
		go func() {
			defer wg.Done()
			got[i] = r.call(context.Background(), streamed)
		}()
	}
	eventually(t, func() bool { return r.cache.Followers() == len(got) })
	leave()
	close(g.gate)
	wg.Wait()
	for i, o := range got {
		if o.err != nil || !strings.Contains(o.text, "answer 1") {
			t.Errorf("follower %d: %v, %s", i, o.err, o.text)
		}
	}
	if n := g.calls.Load(); n != 1 {
		t.Errorf("%d calls upstream, want 1", n)
	}
}

// TestLoneLeaderLeaves: nobody else waits, so the call upstream ends with its caller.
func TestLoneLeaderLeaves(t *testing.T) {
	r, g := flightRig(t)
	ctx, leave := context.WithCancel(context.Background())
	done := make(chan outcomeOf)
	go func() { done <- r.call(ctx, chat("Why is the sky blue?")) }()
	eventually(t, func() bool { return g.calls.Load() == 1 })
	leave()
	if o := <-done; !errors.Is(o.err, context.Canceled) {
		t.Errorf("%+v", o)
	}
	close(g.gate)
	if o := r.call(context.Background(), chat("Why is the sky blue?")); o.err != nil || g.calls.Load() != 2 {
		t.Errorf("%+v, %d calls", o, g.calls.Load())
	}
}

// TestFailedCallIsNotShared: those who waited for a call that failed make their own.
func TestFailedCallIsNotShared(t *testing.T) {
	r, g := flightRig(t)
	g.fail = &gateway.Error{Op: "test", Kind: gateway.BadUpstream, Public: "down"}
	for i, o := range r.calls(t, g, 5, func(int) string { return chat("Why is the sky blue?") }) {
		if o.err == nil || o.facts.Cache.Status == gateway.CacheHit {
			t.Errorf("caller %d: %+v", i, o)
		}
	}
	if n := g.calls.Load(); n != 5 {
		t.Errorf("%d calls upstream for 5 callers", n)
	}
}

// TestCallsOfOthersAreNotShared: a workspace never shares the call of another.
func TestCallsOfOthersAreNotShared(t *testing.T) {
	r, g := flightRig(t)
	var wg sync.WaitGroup
	for _, workspace := range []string{"w1", "w2"} {
		wg.Add(1)
		go func() {
			defer wg.Done()
			o := r.call(context.Background(), chat("Why is the sky blue?"), func(ex *gateway.Exchange) {
				ex.Principal = &gateway.Principal{Workspace: workspace}
			})
			if o.err != nil || o.facts.Cache.Status == gateway.CacheHit {
				t.Errorf("%s: %+v", workspace, o)
			}
		}()
	}
	eventually(t, func() bool { return g.calls.Load() == 2 })
	close(g.gate)
	wg.Wait()
}
