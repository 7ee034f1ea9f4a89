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
	"github.com/sluicegate/sluice/cache/memindex"
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

// unscreened is an index without Screen: each question is embedded before it is searched.
type unscreened struct {
	cache.VectorIndex
	cache.Local
}

func withoutScreen(e cache.Embedder) func(*cache.Config) {
	return func(s *cache.Config) {
		x := s.Index.(*memindex.Index)
		s.Index, s.Embedder = unscreened{x, x}, e
	}
}

func TestEmbedderFails(t *testing.T) {
	secret := errors.New("dial tcp 10.1.2.3: refused")
	zero := make([]float32, embed.Builtin{}.Dim())
	for name, c := range map[string]struct {
		fail func(int) ([][]float32, error)
		want string
	}{
		"error":     {func(int) ([][]float32, error) { return nil, secret }, "embedder: failed"},
		"public":    {func(int) ([][]float32, error) { return nil, &gateway.Error{Public: "status 500", Err: secret} }, "embedder: status 500"},
		"slow":      {func(int) ([][]float32, error) { return nil, context.DeadlineExceeded }, "no answer in time"},
		"too few":   {func(int) ([][]float32, error) { return [][]float32{}, nil }, "0 vectors for 1 texts"},
		"zero":      {func(int) ([][]float32, error) { return [][]float32{zero}, nil }, "embedding is zero"},
		"dimension": {func(int) ([][]float32, error) { return [][]float32{{1}}, nil }, "1 dimensions"},
	} {
		e := &flaky{fail: c.fail}
		r := newRig(t, withoutScreen(e))
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
	r := newRig(t, withoutScreen(e))
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

// TestLoneQuestionIsEmbeddedAfterwards: without a question to compare with, the embedder is not
// asked before the answer, and the question is found later all the same.
func TestLoneQuestionIsEmbeddedAfterwards(t *testing.T) {
	release := make(chan struct{})
	e := &flaky{fail: func(int) ([][]float32, error) { <-release; return nil, nil }}
	r := newRig(t, func(s *cache.Config) { s.Embedder, s.EmbedTimeout = e, time.Hour })
	if f, _ := r.ask(chat("Who wrote Hamlet?")); outcome(f) != "SEMANTIC MISS" || f.Cache.Reason != "" {
		t.Errorf("%+v", f.Cache)
	}
	close(release)
	eventually(t, func() bool {
		f, _ := r.ask(chat("Please tell me who wrote Hamlet"), noStore)
		return outcome(f) == "SEMANTIC HIT semantic"
	})
}

// TestLateEmbeddingIsAMiss: a lookup does not wait longer than its limit, and is counted.
func TestLateEmbeddingIsAMiss(t *testing.T) {
	e := &late{}
	e.slow.Store(true)
	r := newRig(t, func(s *cache.Config) {
		withoutScreen(e)(s)
		s.EmbedTimeout = 20 * time.Millisecond
	})
	f, _ := r.ask(chat("Who wrote Hamlet?"))
	if outcome(f) != "SEMANTIC MISS" || f.Cache.Reason != "embedder: no answer in time" || r.cache.Stats().LateEmbeddings != 1 {
		t.Errorf("%+v, %+v", f.Cache, r.cache.Stats())
	}
	e.slow.Store(false)
	eventually(t, func() bool {
		f, _ := r.ask(chat("Please tell me who wrote Hamlet"), noStore)
		return outcome(f) == "SEMANTIC HIT semantic"
	})
}

// late is an embedder that needs all the time it is given, while slow is set and a lookup waits.
type late struct {
	embed.Builtin
	slow atomic.Bool
}

func (l *late) Lexical() bool { return false }

func (l *late) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	if until, ok := ctx.Deadline(); ok && l.slow.Load() && time.Until(until) < time.Second {
		<-ctx.Done()
		return nil, &gateway.Error{Op: "test", Kind: gateway.Unavailable, Public: "late", Err: ctx.Err()}
	}
	return l.Builtin.Embed(ctx, texts)
}

// noStore asks that the answer not be stored.
func noStore(ex *gateway.Exchange) { ex.Envelope.CacheNoStore = true }

// eventually waits until something is true.
func eventually(t *testing.T, true func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !true(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it did not happen within 30 seconds")
		}
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
					_, _ = r.cache.Purge(context.Background(), "w1", cache.PurgeFilter{All: true})
				}
			}
		}()
	}
	wg.Wait()
}
