package qdrant_test

import (
	"context"
	"encoding/binary"
	"errors"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/cache/cachetest"
	"github.com/sluicegate/sluice/cache/key"
	"github.com/sluicegate/sluice/cache/qdrant"
	"github.com/sluicegate/sluice/cache/qdrant/qdranttest"
	"github.com/sluicegate/sluice/gateway"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func server(t testing.TB) *qdranttest.Server {
	t.Helper()
	s, err := qdranttest.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

var names atomic.Int32

func open(t testing.TB, url string, now func() time.Time) *qdrant.Index {
	t.Helper()
	// A real server keeps collections between runs: every test has its own.
	name := "sluicetest" + time.Now().Format("150405") + string(rune('a'+names.Add(1)))
	x, err := qdrant.New(qdrant.Config{URL: url, APIKey: gateway.NewSecret(os.Getenv("SLUICE_TEST_QDRANT_KEY")), Collection: name, Model: "test/model", Dim: cachetest.Dim, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	return x
}

// TestIndex runs against the server named by SLUICE_TEST_QDRANT, else the fake.
func TestIndex(t *testing.T) {
	url := os.Getenv("SLUICE_TEST_QDRANT")
	if url == "" {
		url = server(t).URL()
	}
	cachetest.Index(t, func(t *testing.T, clock *cachetest.Clock) cache.VectorIndex {
		return open(t, url, clock.Now)
	})
}

var (
	where = key.Partition{Workspace: cachetest.ID(1), Context: cachetest.ID(2)}
	axis  = func() []float32 { v := make([]float32, cachetest.Dim); v[3] = 1; return v }()
)

func point(n int) cache.Point {
	return cache.Point{Partition: where, ID: cachetest.ID(n), Vector: axis, Expires: time.Now().Add(time.Hour), Sealed: []byte("sealed")}
}

func TestFailures(t *testing.T) {
	s := server(t)
	x := open(t, s.URL(), nil)
	ctx := context.Background()
	if got, err := x.Search(ctx, where, axis, 4, .5); err != nil || len(got) != 0 {
		t.Errorf("before the collection exists: %v, %v", got, err)
	}
	if err := x.Delete(ctx, cache.Selection{Workspace: cachetest.ID(1)}); err != nil {
		t.Errorf("deleting from no collection: %v", err)
	}
	// Fail the i-th call until an Add goes through; then everything must be in place.
	for i := 0; ; i++ {
		n := 0
		s.Fail(func(string) error {
			if n++; n == i+1 {
				return status.Error(codes.Internal, "disk at /var/lib/secret is full")
			}
			return nil
		})
		err := x.Add(ctx, point(1))
		s.Fail(nil)
		if err == nil {
			break
		}
		var e *gateway.Error
		if !errors.As(err, &e) || e.Kind != gateway.Unavailable || strings.Contains(e.Public, "secret") {
			t.Fatalf("call %d: %v", i, err)
		}
		if i > 10 {
			t.Fatal("an Add never succeeds")
		}
	}
	if got, err := x.Search(ctx, where, axis, 4, .5); err != nil || len(got) != 1 {
		t.Errorf("after the failures: %v, %v", got, err)
	}
	s.Slow(time.Second)
	short, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
	defer cancel()
	if _, err := x.Search(short, where, axis, 4, .5); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("slow server: %v", err)
	}
}

// TestUnreachable calls an address where nothing listens.
func TestUnreachable(t *testing.T) {
	x := open(t, "http://127.0.0.1:1", nil)
	_, err := x.Search(context.Background(), where, axis, 4, .5)
	var e *gateway.Error
	if !errors.As(err, &e) || e.Kind != gateway.Unavailable || e.Public != "Qdrant could not be reached." {
		t.Errorf("%v", err)
	}
}

func TestTwoReplicas(t *testing.T) {
	s := server(t)
	make := func() *qdrant.Index {
		x, err := qdrant.New(qdrant.Config{URL: s.URL(), Model: "m", Dim: cachetest.Dim})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { x.Close() })
		return x
	}
	a, b := make(), make()
	for n, x := range []*qdrant.Index{a, b} { // the second finds the collection made
		if err := x.Add(context.Background(), point(n)); err != nil {
			t.Fatal(err)
		}
	}
	for _, x := range []*qdrant.Index{a, b} {
		if got, err := x.Search(context.Background(), where, axis, 4, .5); err != nil || len(got) != 2 {
			t.Errorf("%v, %v", got, err)
		}
	}
	if n := s.Calls("Collections/Create"); n != 2 {
		t.Errorf("%d calls to create, want one for each replica", n)
	}
	if a.Collection() != "sluice_cache_m_256_v1" {
		t.Error(a.Collection())
	}
}

// TestDroppedCollection drops the collection while the index uses it.
func TestDroppedCollection(t *testing.T) {
	s := server(t)
	x := open(t, s.URL(), nil)
	if err := x.Add(context.Background(), point(1)); err != nil {
		t.Fatal(err)
	}
	drop(t, s.URL(), x.Collection())
	if err := x.Add(context.Background(), point(2)); err != nil {
		t.Fatal(err)
	}
	if got, err := x.Search(context.Background(), where, axis, 4, .5); err != nil || len(got) != 1 || got[0].ID != cachetest.ID(2) {
		t.Errorf("%v, %v", got, err)
	}
}

func TestLargeBatch(t *testing.T) {
	s := server(t)
	x := open(t, s.URL(), nil)
	var ps []cache.Point
	for n := range 12 {
		p := point(n)
		p.Sealed = make([]byte, 1<<20)
		binary.LittleEndian.PutUint32(p.Sealed, uint32(n))
		ps = append(ps, p)
	}
	if err := x.Add(context.Background(), ps...); err != nil {
		t.Fatal(err)
	}
	if n := s.Calls("Points/Upsert"); n < 3 {
		t.Errorf("12 MiB went in %d calls", n)
	}
}

func TestAddress(t *testing.T) {
	for _, url := range []string{"", "://", "ftp://h", "http://", "http://h:0", "http://h:99999", "http://h:x"} {
		if _, err := qdrant.New(qdrant.Config{URL: url, Model: "m", Dim: 4}); err == nil || !strings.Contains(err.Error(), "cache.qdrant.url") {
			t.Errorf("%q: %v", url, err)
		}
	}
	for _, url := range []string{"http://h", "h:6334", "https://h:1", "http://[::1]:6334"} {
		x, err := qdrant.New(qdrant.Config{URL: url, Model: "m", Dim: 4})
		if err != nil {
			t.Errorf("%q: %v", url, err)
			continue
		}
		x.Close()
	}
}
