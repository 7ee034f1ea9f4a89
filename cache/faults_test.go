package cache_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/cache/embed"
	"github.com/sluicegate/sluice/gateway"
)

// flaky is an embedder without Lexical that fails on demand and counts its calls.
type flaky struct {
	embed.Builtin
	mu    sync.Mutex
	calls int
	fail  func(n int) ([][]float32, error)
}

func (f *flaky) Lexical() bool { return false }

func (f *flaky) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	f.mu.Lock()
	f.calls++
	n, fail := f.calls, f.fail
	f.mu.Unlock()
	if fail != nil {
		if vs, err := fail(n); vs != nil || err != nil {
			return vs, err
		}
	}
	return f.Builtin.Embed(ctx, texts)
}

func (f *flaky) set(fail func(n int) ([][]float32, error)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fail = fail
}

func TestEmbedderFails(t *testing.T) {
	secret := errors.New("dial tcp 10.1.2.3: refused")
	nan := make([]float32, 256)
	for name, c := range map[string]struct {
		fail func(int) ([][]float32, error)
		want string
	}{
		"error":     {func(int) ([][]float32, error) { return nil, secret }, "embedder: failed"},
		"public":    {func(int) ([][]float32, error) { return nil, &gateway.Error{Public: "status 500", Err: secret} }, "embedder: status 500"},
		"slow":      {func(int) ([][]float32, error) { return nil, context.DeadlineExceeded }, "no answer in time"},
		"too few":   {func(int) ([][]float32, error) { return [][]float32{}, nil }, "0 vectors for 1 texts"},
		"zero":      {func(int) ([][]float32, error) { return [][]float32{nan}, nil }, "embedding is zero"},
		"dimension": {func(int) ([][]float32, error) { return [][]float32{{1}}, nil }, "1 dimensions"},
	} {
		e := &flaky{fail: c.fail}
		r := newRig(t, func(s *cache.Config) { s.Embedder = e })
		f, _ := r.ask(chat("Why is the sky blue?"))
		if outcome(f) != "SEMANTIC MISS" || !strings.Contains(f.Cache.Reason, c.want) || strings.Contains(f.Cache.Reason, "10.1.2.3") || !f.Cache.Stored {
			t.Errorf("%s: %+v", name, f.Cache)
		}
		if f, _ = r.ask(chat("why is the sky blue")); outcome(f) != "SEMANTIC HIT alias" {
			t.Errorf("%s: the tiers before it do not work: %+v", name, f.Cache)
		}
	}
}

func TestBreaker(t *testing.T) {
	e := &flaky{fail: func(int) ([][]float32, error) { return nil, errors.New("down") }}
	r := newRig(t, func(s *cache.Config) { s.Embedder = e })
	var f *gateway.Facts
	for i := range 20 {
		f, _ = r.ask(chat("question about " + words(i)))
	}
	if !strings.Contains(f.Cache.Reason, "left alone") || !r.cache.Stats().Broken {
		t.Errorf("%+v", f.Cache)
	}
	e.set(nil)
	r.clock.Add(11 * time.Second)
	if f, _ = r.ask(chat("Who wrote Hamlet?")); f.Cache.Reason != "" {
		t.Errorf("after the pause: %+v", f.Cache)
	}
	if f, _ = r.ask(chat("Please tell me who wrote Hamlet")); outcome(f) != "SEMANTIC HIT semantic" {
		t.Errorf("healed: %+v", f.Cache)
	}
}

// TestIndexFails fails the i-th call to Qdrant. Every question is answered all the same.
func TestIndexFails(t *testing.T) {
	for i := range 8 {
		s := double(t)
		var calls atomic.Int32
		s.Fail(func(string) error {
			if calls.Add(1) == int32(i+1) {
				return status.Error(codes.Unavailable, "gone")
			}
			return nil
		})
		r := remote(t, s, nil)
		for _, text := range []string{"Why is the sky blue?", "Tell me why the sky is blue", "Who wrote Hamlet?", "Tell me who wrote Hamlet"} {
			if _, got := r.ask(chat(text)); len(got.Choices) != 1 {
				t.Errorf("call %d: %q was not answered", i, text)
			}
		}
		if err := r.cache.Close(context.Background()); err != nil {
			t.Error(err)
		}
	}
}

func TestSlowIndex(t *testing.T) {
	s := double(t)
	r := remote(t, s, func(set *cache.Config) { set.IndexTimeout = 30 * time.Millisecond })
	s.Slow(10 * time.Second)
	began := time.Now()
	f, _ := r.ask(chat("Why is the sky blue?"))
	if d := time.Since(began); d > 3*time.Second || !strings.Contains(f.Cache.Reason, "in time") || !f.Cache.Stored {
		t.Errorf("%v, %+v", d, f.Cache)
	}
	s.Slow(0)
}

// TestFullQueue writes more than the queue holds while the index hangs. No caller waits, and
// the dropped points are counted.
func TestFullQueue(t *testing.T) {
	s := double(t)
	r := remote(t, s, func(set *cache.Config) { set.Queue, set.IndexTimeout = 1, time.Millisecond })
	s.Slow(300 * time.Millisecond)
	began := time.Now()
	for i := range 80 {
		r.ask(chat("question about " + words(i)))
	}
	if d := time.Since(began); d > 20*time.Second {
		t.Errorf("callers waited %v", d)
	}
	if st := r.cache.Stats(); st.Dropped == 0 || st.Stored != 80 {
		t.Errorf("%+v", st)
	}
	s.Slow(0)
}

func TestConcurrent(t *testing.T) {
	r := newRig(t, nil)
	up := func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
		return (&upstream{}).handle(ctx, ex)
	}
	chain := gateway.Chain("end", up, r.cache.Stage())
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range 100 {
				ex := r.exchange(chat("question about " + words((i*7+g)%30)))
				s, err := chain(context.Background(), ex)
				if err != nil {
					t.Error(err)
					return
				}
				for _, err = s.Next(); err == nil; _, err = s.Next() {
				}
				s.Close()
				if i%40 == 39 {
					_, _ = r.cache.Purge(context.Background(), "w1")
				}
			}
		}()
	}
	wg.Wait()
}
