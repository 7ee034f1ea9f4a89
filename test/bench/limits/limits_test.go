// Package limits measures what limits and budgets cost: CPU of authenticate, limits, reserve and
// settle, as a ratio to the same call of an API key without them, in one interleaved run; and the
// calls per second of three replicas beside one. It starts PostgreSQL and Redis as tests do.
package limits

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/sluicegate/sluice/internal/store/postgrestest"
	"github.com/sluicegate/sluice/internal/store/redis/redistest"
)

// What one run measures.
const (
	rounds  = 9   // of each kind of key, one after the other
	calls   = 400 // of a round
	callers = 8   // at a time
	warmUp  = 300 // calls
)

// TestFigures prints the figures. It runs where `make bench-limits` asks for it.
func TestFigures(t *testing.T) {
	if os.Getenv("SLUICE_BENCH_LIMITS") == "" {
		t.Skip("make bench-limits runs it")
	}
	binary := build(t)
	shared := fmt.Sprintf("control: {store: postgres, dsn: %q}\ncounters: {store: redis, url: %q}\n", postgrestest.Database(t), redistest.URL(t))
	fmt.Printf("%-34s%14s%14s%10s\n", "CPU of the server for one call", "without", "with", "ratio")
	one := start(t, binary, shared)
	for _, c := range []struct {
		name string
		s    *server
	}{{"local: SQLite, memory", start(t, binary, "")}, {"shared: PostgreSQL, Redis", one}} {
		plain, limited, ratio := compare(t, c.s)
		fmt.Printf("%-34s%14s%14s%10.2f\n", c.name, plain, limited, ratio)
	}
	three := []*server{one, start(t, binary, shared), start(t, binary, shared)}
	fmt.Printf("\n%-34s%14s%14s\n", "calls per second, shared", "without", "with")
	for _, replicas := range [][]*server{three[:1], three} {
		fmt.Printf("%-34s%14.0f%14.0f\n", fmt.Sprintf("replicas: %d", len(replicas)), rate(t, replicas, plainKey), rate(t, replicas, limitedKey))
	}
	fmt.Printf("\nAll processes, the database, Redis and the callers share this machine.\n")
}

// compare makes rounds of calls with and without limits in turn. The ratio is the median of those of
// neighbouring rounds.
func compare(t *testing.T, s *server) (plain, limited time.Duration, ratio float64) {
	t.Helper()
	var without, with []time.Duration
	var ratios []float64
	for _, key := range []string{plainKey, limitedKey} {
		load(t, []*server{s}, key, warmUp)
	}
	for range rounds {
		a, b := cost(t, s, plainKey), cost(t, s, limitedKey)
		without, with, ratios = append(without, a), append(with, b), append(ratios, float64(b)/float64(a))
	}
	return median(without).Round(time.Microsecond), median(with).Round(time.Microsecond), median(ratios)
}

// cost is the CPU time that the server uses for one call of a key.
func cost(t *testing.T, s *server, key string) time.Duration {
	t.Helper()
	before := s.cpu(t)
	load(t, []*server{s}, key, calls)
	return (s.cpu(t) - before) / calls
}

// rate is how many calls of a key the replicas answer in a second, together.
func rate(t *testing.T, replicas []*server, key string) float64 {
	t.Helper()
	load(t, replicas, key, warmUp)
	var all []float64
	for range 3 {
		began := time.Now()
		load(t, replicas, key, calls*len(replicas))
		all = append(all, float64(calls*len(replicas))/time.Since(began).Seconds())
	}
	return median(all)
}

func median[T float64 | time.Duration](values []T) T {
	slices.Sort(values)
	return values[len(values)/2]
}
