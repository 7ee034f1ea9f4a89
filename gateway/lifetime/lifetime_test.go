package lifetime

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func over(ctx context.Context, t *testing.T, want error) {
	t.Helper()
	select {
	case <-ctx.Done():
	case <-time.After(5 * time.Second):
		t.Fatal("it does not end")
	}
	if ctx.Err() != want {
		t.Errorf("%v, want %v", ctx.Err(), want)
	}
}

func TestEnds(t *testing.T) {
	reason := errors.New("the reason")
	for name, c := range map[string]struct {
		end   func(c *Context, parent context.CancelCauseFunc)
		cause error
	}{
		"by itself":       {func(c *Context, _ context.CancelCauseFunc) { c.End(); c.End() }, context.Canceled},
		"with its parent": {func(_ *Context, parent context.CancelCauseFunc) { parent(reason) }, reason},
	} {
		parent, cancel := context.WithCancelCause(context.WithValue(t.Context(), t, "value"))
		life := New(parent)
		child, drop := context.WithCancel(life)
		grandchild := New(child)
		if life.Err() != nil || child.Err() != nil || life.Value(t) != "value" {
			t.Fatal(name, life.Err())
		}
		select {
		case <-life.Done():
			t.Fatal(name)
		default:
		}
		c.end(life, cancel)
		for _, ctx := range []context.Context{life, child, grandchild} {
			over(ctx, t, context.Canceled)
			if got := context.Cause(ctx); got != c.cause {
				t.Errorf("%s: cause %v", name, got)
			}
		}
		drop()
		cancel(nil)
	}
}

// The end of a parent shows at once, before any goroutine has run.
func TestParentShows(t *testing.T) {
	for range 1000 {
		parent, cancel := context.WithCancel(t.Context())
		life := New(parent)
		cancel()
		if life.Err() != context.Canceled {
			t.Fatal(life.Err())
		}
		over(life, t, context.Canceled)
	}
	parent, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	life := New(parent)
	if at, ok := life.Deadline(); !ok || at.IsZero() {
		t.Error("no deadline")
	}
	over(life, t, context.DeadlineExceeded)
	over(New(parent), t, context.DeadlineExceeded) // it is born dead
}

func TestAfterFunc(t *testing.T) {
	life := New(context.Background())
	var ran atomic.Int32
	var wg sync.WaitGroup
	wg.Add(2)
	run := func() { ran.Add(1); wg.Done() }
	first, second, third := AfterFunc(life, run), AfterFunc(life, run), life.AfterFunc(func() { t.Error("it was stopped") })
	if !third() || third() {
		t.Error("stop")
	}
	life.End()
	wg.Wait()
	if ran.Load() != 2 || first() || second() || third() {
		t.Error(ran.Load())
	}
	wg.Add(1)
	if stop := AfterFunc(life, run); stop() {
		t.Error("stopped after the end")
	}
	wg.Wait()
}

// A stop that has stopped something stops nothing else.
func TestStopTwice(t *testing.T) {
	life := New(context.Background())
	first := life.AfterFunc(func() { t.Error("it was stopped") })
	if !first() {
		t.Error("not stopped")
	}
	done := make(chan struct{})
	second := life.AfterFunc(func() { close(done) })
	if first() {
		t.Error("stopped twice")
	}
	life.End()
	<-done
	if second() || life.Err() == nil {
		t.Error("stopped after the end")
	}
}

// Either stop says that it stopped, or the function runs: once, in any order of things.
func TestRace(t *testing.T) {
	for range 2000 {
		parent, cancel := context.WithCancel(context.Background())
		life := New(parent)
		done := make(chan struct{})
		stop := AfterFunc(life, func() { close(done) })
		var wg sync.WaitGroup
		wg.Go(cancel)
		wg.Go(life.End)
		wg.Go(func() {
			if !stop() {
				<-done
			}
		})
		wg.Wait()
		if life.Err() == nil {
			t.Fatal("it lives")
		}
	}
}

func BenchmarkContext(b *testing.B) {
	parent, cancel := context.WithCancel(context.Background())
	defer cancel()
	grand := New(parent)
	defer grand.End()
	for name, begin := range map[string]func() (context.Context, func()){
		"within":   func() (context.Context, func()) { c := New(grand); return c, c.End },
		"lifetime": func() (context.Context, func()) { c := New(parent); return c, c.End },
		"standard": func() (context.Context, func()) {
			c, end := context.WithCancelCause(parent)
			return c, func() { end(nil) }
		},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				ctx, end := begin()
				AfterFunc(ctx, end)()
				end()
			}
		})
	}
}
