package gateway

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

func exchange() *Exchange { return &Exchange{Start: time.Now(), Facts: &Facts{}} }

func pass(name string) Stage {
	return Stage{name, func(next Handler) Handler { return next }}
}

func drain(t *testing.T, s Stream) (n int, err error) {
	t.Helper()
	for {
		if _, err = s.Next(); err != nil {
			return n, err
		}
		n++
	}
}

func TestChainTimesStagesAndStreams(t *testing.T) {
	slow := Stage{"slow", func(next Handler) Handler {
		return func(ctx context.Context, ex *Exchange) (Stream, error) {
			time.Sleep(5 * time.Millisecond)
			s, err := next(ctx, ex)
			return &sleepy{s}, err
		}
	}}
	end := func(context.Context, *Exchange) (Stream, error) { return Chunks(Chunk{}, Chunk{}), nil }
	ex := exchange()
	s, err := Chain("end", end, pass("outer"), slow, pass("inner"))(context.Background(), ex)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := drain(t, s); n != 2 || err != io.EOF {
		t.Fatal(n, err)
	}
	Settle(ex.Facts.Timing)
	outer, mid, inner := ex.Facts.Timing[0], ex.Facts.Timing[1], ex.Facts.Timing[2]
	if outer.Name != "outer" || mid.Incl < 11*time.Millisecond || outer.Incl < mid.Incl || inner.Incl > mid.Incl/2 {
		t.Fatalf("%+v", ex.Facts.Timing)
	}
	if mid.Self < 10*time.Millisecond || outer.Self > mid.Self/2 {
		t.Fatalf("self: %+v", ex.Facts.Timing)
	}
}

// The self times of all stages add up to the whole.
func TestSelfTimesAddUp(t *testing.T) {
	own := Stage{"own", func(next Handler) Handler { return Account(next, func(*Exchange, error) {}) }}
	end := func(context.Context, *Exchange) (Stream, error) { return &sleepy{Chunks(Chunk{})}, nil }
	late := Stage{"late", func(next Handler) Handler {
		return func(ctx context.Context, ex *Exchange) (Stream, error) {
			s, err := next(ctx, ex)
			time.Sleep(5 * time.Millisecond)
			return &sleepy{s}, err
		}
	}}
	ex := exchange()
	s, err := Chain("end", end, own, pass("a"), pass("b"), late, own, pass("c"))(context.Background(), ex)
	if err != nil {
		t.Fatal(err)
	}
	drain(t, s)
	Settle(ex.Facts.Timing)
	f, sum := ex.Facts.Timing, time.Duration(0)
	for i := range f {
		if sum += f[i].Self; f[i].Self < 0 || i > 0 && (f[i].Incl > f[i-1].Incl || f[i].Start < f[i-1].Start) {
			t.Fatalf("%+v", f)
		}
	}
	if sum != f[0].Incl || f[3].Self < 9*time.Millisecond || f[6].Self < 4*time.Millisecond {
		t.Fatalf("%s of %+v", sum, f)
	}
}

// Close may come while Next runs. What is read after it must not change any more.
func TestTimingIsStillAfterClose(t *testing.T) {
	var timing []StageTime
	own := Stage{"own", func(next Handler) Handler {
		return Account(next, func(ex *Exchange, _ error) { timing = append(timing, ex.Facts.Timing...) })
	}}
	end := func(context.Context, *Exchange) (Stream, error) { return blocked{make(chan struct{})}, nil }
	ex := exchange()
	s, err := Chain("end", end, own, pass("a"))(context.Background(), ex)
	if err != nil {
		t.Fatal(err)
	}
	running, left := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(left)
		close(running)
		_, _ = s.Next()
	}()
	<-running
	time.Sleep(5 * time.Millisecond)
	_ = s.Close()
	if len(timing) != 3 || timing[2].Incl < 4*time.Millisecond {
		t.Errorf("%+v", timing)
	}
	<-left
	for i := range timing[1:] {
		if ex.Facts.Timing[1+i].Incl != timing[1+i].Incl {
			t.Errorf("%+v became %+v", timing[1+i], ex.Facts.Timing[1+i])
		}
	}
}

// blocked is a stream whose Next waits for Close.
type blocked struct{ closed chan struct{} }

func (b blocked) Next() (Chunk, error) { <-b.closed; return Chunk{}, io.ErrClosedPipe }
func (b blocked) Close() error         { close(b.closed); return nil }

type sleepy struct{ Stream }

func (s *sleepy) Next() (Chunk, error) {
	time.Sleep(2 * time.Millisecond)
	return s.Stream.Next()
}

func TestAPanicIsAnErrorOfThatExchange(t *testing.T) {
	call := func(context.Context, *Exchange) (Stream, error) { panic("secret text") }
	_, err := Chain("call", call, pass("a"))(context.Background(), exchange())
	if e := AsError(err); e.Kind != Internal || e.Op != "call" || strings.Contains(e.Public, "secret") {
		t.Fatal(err)
	}
	next := func(context.Context, *Exchange) (Stream, error) { return &bomb{}, nil }
	s, err := Chain("next", next, pass("a"))(context.Background(), exchange())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Next(); AsError(err).Kind != Internal {
		t.Fatal(err)
	}
}

type bomb struct{}

func (*bomb) Next() (Chunk, error) { panic("boom") }
func (*bomb) Close() error         { return nil }

func TestAccountFiresOnce(t *testing.T) {
	broken := errors.New("broken")
	for _, c := range []struct {
		name string
		next Handler
		use  func(Stream)
		want error
	}{
		{"end", end(nil), func(s Stream) { drain(t, s); s.Next(); s.Close() }, nil},
		{"refused", func(context.Context, *Exchange) (Stream, error) { return nil, broken }, nil, broken},
		{"breaks", end(broken), func(s Stream) { drain(t, s); s.Close() }, broken},
		{"closed", end(nil), func(s Stream) { s.Next(); s.Close(); s.Close() }, ErrClosed},
	} {
		t.Run(c.name, func(t *testing.T) {
			n, got := 0, error(nil)
			s, _ := Account(c.next, func(_ *Exchange, err error) { n, got = n+1, err })(context.Background(), exchange())
			if s != nil {
				c.use(s)
			}
			if n != 1 || !errors.Is(got, c.want) {
				t.Fatalf("fired %d times with %v, want once with %v", n, got, c.want)
			}
		})
	}
	n := 0
	_, err := Account(func(context.Context, *Exchange) (Stream, error) { panic(1) }, func(*Exchange, error) { n++ })(context.Background(), exchange())
	if n != 1 || err == nil {
		t.Fatal(n, err)
	}
}

func end(last error) Handler {
	return func(context.Context, *Exchange) (Stream, error) { return &ending{Chunks(Chunk{}, Chunk{}), last}, nil }
}

type ending struct {
	Stream
	last error
}

func (e *ending) Next() (Chunk, error) {
	c, err := e.Stream.Next()
	if err == io.EOF && e.last != nil {
		err = e.last
	}
	return c, err
}

func TestPrime(t *testing.T) {
	s, err := Prime(Chunks(Chunk{Raw: []byte("1")}, Chunk{Raw: []byte("2")}))
	if err != nil {
		t.Fatal(err)
	}
	if n, err := drain(t, s); n != 2 || err != io.EOF {
		t.Fatal(n, err)
	}
	if _, err := Prime(Chunks()); AsError(err).HTTPStatus() != 502 {
		t.Fatal(err)
	}
}
