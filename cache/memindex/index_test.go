package memindex_test

import (
	"context"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/cache/cachetest"
	"github.com/sluicegate/sluice/cache/key"
	"github.com/sluicegate/sluice/cache/memindex"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestIndex(t *testing.T) {
	cachetest.Index(t, func(t *testing.T, clock *cachetest.Clock) cache.VectorIndex {
		return memindex.New(memindex.Config{Dim: cachetest.Dim, Now: clock.Now})
	})
}

var where = key.Partition{Workspace: cachetest.ID(1), Context: cachetest.ID(2)}

func fill(t testing.TB, x *memindex.Index, n int, vector func(i int) []float32) {
	t.Helper()
	for i := range n {
		p := cache.Point{Partition: where, ID: cachetest.ID(i), Vector: vector(i), Expires: time.Now().Add(time.Hour)}
		if err := x.Add(context.Background(), p); err != nil {
			t.Fatal(err)
		}
	}
}

// TestRecall compares with an exact scan, among vectors that crowd together as those of
// real embeddings do.
func TestRecall(t *testing.T) {
	const n, asked = 5_000, 300
	r := rand.New(rand.NewPCG(3, 4))
	centres := make([][]float32, 50)
	for i := range centres {
		centres[i] = cachetest.Vector(r)
	}
	vectors := make([][]float32, n)
	x := memindex.New(memindex.Config{Dim: cachetest.Dim})
	fill(t, x, n, func(i int) []float32 {
		vectors[i] = cachetest.Near(r, centres[i%len(centres)], .6+.3*r.Float64())
		return vectors[i]
	})
	hits, found, missed := 0, 0, 0
	for range asked {
		q := cachetest.Near(r, vectors[r.IntN(n)], .94+.06*r.Float64())
		best, score := -1, 0.0
		for i, v := range vectors {
			if c := cachetest.Cosine(q, v); c > score {
				best, score = i, c
			}
		}
		got, err := x.Search(context.Background(), where, q, 4, .9)
		if err != nil {
			t.Fatal(err)
		}
		if score < .951 { // at the threshold itself, rounding decides
			continue
		}
		if hits++; len(got) > 0 && got[0].ID == cachetest.ID(best) {
			found++
		} else {
			missed++
		}
	}
	if hits < asked/2 || float64(found)/float64(hits) < .99 {
		t.Errorf("recall@1 is %d of %d", found, hits)
	}
}

func TestBound(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	x := memindex.New(memindex.Config{Dim: cachetest.Dim, MaxBytes: 100_000})
	keep := cachetest.Vector(r)
	fill(t, x, 1, func(int) []float32 { return keep })
	for i := 1; i < 1000; i++ {
		p := cache.Point{Partition: key.Partition{Workspace: cachetest.ID(1), Context: cachetest.ID(2 + i%7)}, ID: cachetest.ID(i), Vector: cachetest.Vector(r), Expires: time.Now().Add(time.Hour)}
		if err := x.Add(context.Background(), p); err != nil {
			t.Fatal(err)
		}
		if _, bytes := x.Len(); bytes > 100_000 {
			t.Fatalf("%d bytes after %d points", bytes, i)
		}
		got, err := x.Search(context.Background(), where, keep, 1, .99)
		if err != nil || len(got) != 1 || got[0].ID != cachetest.ID(0) {
			t.Fatalf("a point in constant use was evicted after %d points: %v, %v", i, got, err)
		}
	}
	if n, _ := x.Len(); n < 100 {
		t.Errorf("only %d points fit", n)
	}
}

func TestPoints(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	x := memindex.New(memindex.Config{Dim: cachetest.Dim})
	vectors := make([][]float32, 50)
	fill(t, x, 50, func(i int) []float32 { vectors[i] = cachetest.Vector(r); return vectors[i] })
	copied := memindex.New(memindex.Config{Dim: cachetest.Dim})
	x.Points(func(p cache.Point) bool {
		if err := copied.Add(context.Background(), p); err != nil {
			t.Fatal(err)
		}
		return true
	})
	for i, v := range vectors {
		got, err := copied.Search(context.Background(), where, v, 1, .99)
		if err != nil || len(got) != 1 || got[0].ID != cachetest.ID(i) {
			t.Fatalf("point %d: %v, %v", i, got, err)
		}
	}
}

// TestPointsLocksNobodyOut changes the index while its points are read: a snapshot holds up no
// request.
func TestPointsLocksNobodyOut(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	x := memindex.New(memindex.Config{Dim: cachetest.Dim})
	fill(t, x, 10, func(int) []float32 { return cachetest.Vector(r) })
	read := 0
	x.Points(func(p cache.Point) bool {
		if err := x.Delete(context.Background(), cache.Selection{Partition: p.Partition, IDs: []key.Digest{p.ID}}); err != nil {
			t.Fatal(err)
		}
		read++
		return true
	})
	if left, _ := x.Len(); read != 10 || left != 0 {
		t.Errorf("%d points read, %d left", read, left)
	}
}

// TestSearchesWhilePointsExpire: searches go on while 50,000 points are removed.
func TestSearchesWhilePointsExpire(t *testing.T) {
	const expiring = 50_000
	r := rand.New(rand.NewPCG(11, 12))
	clock, ctx := cachetest.NewClock(), t.Context()
	x := memindex.New(memindex.Config{Dim: 8, MaxBytes: 1 << 30, Now: clock.Now})
	points := make([]cache.Point, expiring)
	for n := range points {
		v := cachetest.Vector(r)[:8]
		points[n] = cache.Point{Partition: key.Partition{Workspace: cachetest.ID(1), Context: cachetest.ID(2 + n%100)}, ID: cachetest.ID(n), Vector: v, Expires: clock.Now().Add(time.Hour)}
	}
	stays := points[0]
	stays.Partition, stays.Expires = key.Partition{Workspace: cachetest.ID(1), Context: cachetest.ID(1)}, clock.Now().Add(3*time.Hour)
	if err := x.Add(ctx, append(points, stays)...); err != nil {
		t.Fatal(err)
	}
	clock.Add(2 * time.Hour)
	ended := make(chan error)
	go func() { ended <- x.Delete(ctx, cache.Selection{Expired: clock.Now()}) }()
	meanwhile := 0
	for left := expiring + 1; left > 1; left, _ = x.Len() {
		if got, err := x.Search(ctx, stays.Partition, stays.Vector, 1, .9); err != nil || len(got) != 1 {
			t.Fatalf("%v, %v", got, err)
		}
		if left <= expiring {
			meanwhile++
		}
	}
	if err := <-ended; err != nil || meanwhile == 0 {
		t.Errorf("%d searches were answered before all that expired was removed, %v", meanwhile, err)
	}
}

// TestCrowd looks among many points that are near one another.
func TestCrowd(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	x := memindex.New(memindex.Config{Dim: cachetest.Dim})
	subject := cachetest.Vector(r)
	fill(t, x, 500, func(int) []float32 { return cachetest.Near(r, subject, .9) })
	asked := cachetest.Near(r, subject, .9)
	for _, c := range []struct {
		k    int
		min  float32
		want int
	}{{4, .93, 0}, {40, .7, 40}} {
		if got, err := x.Search(context.Background(), where, asked, c.k, c.min); err != nil || len(got) != c.want {
			t.Errorf("%d points, want %d, %v", len(got), c.want, err)
		}
	}
}

// cpu is the processor time of this process, in nanoseconds.
func cpu() int64 {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return u.Utime.Nano() + u.Stime.Nano()
}

// BenchmarkSearch looks among 50,000 points of one partition.
func BenchmarkSearch(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	x := memindex.New(memindex.Config{Dim: cachetest.Dim})
	var some []float32
	fill(b, x, 50_000, func(i int) []float32 {
		v := cachetest.Vector(r)
		if i == 777 {
			some = v
		}
		return v
	})
	near := cachetest.Near(r, some, .97)
	for _, c := range []struct {
		name string
		min  float32
	}{{"hit", .9}, {"loose", .75}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			began, n := cpu(), 0
			for b.Loop() {
				n++
				got, err := x.Search(context.Background(), where, near, 4, c.min)
				if err != nil || len(got) == 0 {
					b.Fatal(got, err)
				}
			}
			b.ReportMetric(float64(cpu()-began)/float64(n), "cpu-ns/op") // on a busy machine, the number to read
		})
	}
}

// BenchmarkCrowd looks, in vain, among 5,000 points that resemble one another, as texts about
// one subject do: their cosines are about .36.
func BenchmarkCrowd(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	x := memindex.New(memindex.Config{Dim: cachetest.Dim})
	subject := cachetest.Vector(r)
	fill(b, x, 5_000, func(int) []float32 { return cachetest.Near(r, subject, .6) })
	asked := cachetest.Near(r, subject, .6)
	b.ReportAllocs()
	began, n := cpu(), 0
	for b.Loop() {
		n++
		if got, err := x.Search(context.Background(), where, asked, 4, .9); err != nil || len(got) != 0 {
			b.Fatal(got, err)
		}
	}
	b.ReportMetric(float64(cpu()-began)/float64(n), "cpu-ns/op")
}

func BenchmarkAdd(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	x := memindex.New(memindex.Config{Dim: cachetest.Dim})
	v := cachetest.Vector(r)
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		i++
		_ = x.Add(context.Background(), cache.Point{Partition: where, ID: cachetest.ID(i), Vector: v, Expires: time.Now().Add(time.Hour)})
	}
}

// TestChurn adds and deletes points among others that stay.
func TestChurn(t *testing.T) {
	const stay = 128
	r := rand.New(rand.NewPCG(9, 10))
	x := memindex.New(memindex.Config{Dim: cachetest.Dim})
	vectors := make([][]float32, stay)
	fill(t, x, stay, func(i int) []float32 { vectors[i] = cachetest.Vector(r); return vectors[i] })
	ctx := context.Background()
	gone := cachetest.Vector(r)
	for i := range 1000 {
		p := cache.Point{Partition: where, ID: cachetest.ID(stay + i), Vector: gone, Expires: time.Now().Add(time.Hour)}
		if err := x.Add(ctx, p); err != nil {
			t.Fatal(err)
		}
		if err := x.Delete(ctx, cache.Selection{Partition: where, IDs: []key.Digest{p.ID}}); err != nil {
			t.Fatal(err)
		}
	}
	if n, bytes := x.Len(); n != stay || bytes < stay*cachetest.Dim {
		t.Errorf("%d points, %d bytes", n, bytes)
	}
	for i, v := range vectors {
		if got, err := x.Search(ctx, where, v, 1, .99); err != nil || len(got) != 1 || got[0].ID != cachetest.ID(i) {
			t.Fatalf("point %d: %v, %v", i, got, err)
		}
	}
	if got, _ := x.Search(ctx, where, gone, 1, .99); len(got) != 0 {
		t.Errorf("found a deleted point: %v", got)
	}
}
