package cache_test

import (
	"context"
	"io"
	"math/rand/v2"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/gateway"
)

// kilobyte returns a chat of about 1 KB; its last message depends on n.
func kilobyte(n int, crowded bool) string {
	text := "Our team keeps a garden on the roof. " + strings.Repeat("Could you explain how the plants there get through a dry summer week without rain? ", 7) + "Ticket " + words(n)
	if !crowded {
		text = ""
		for r := rand.New(rand.NewPCG(uint64(n), 1)); len(text) < 640; {
			for range 4 + r.IntN(5) {
				text += string(rune('a' + r.IntN(26)))
			}
			text += []string{" for the ", " ", " of ", ", "}[r.IntN(4)]
		}
	}
	return `{"model":"gpt-4o-mini","temperature":0.2,"messages":[{"role":"system","content":"You are a patient gardener. Answer in plain words, name your sources, and never recommend a product."},{"role":"user","content":` +
		quote(text) + `}],"max_tokens":300}`
}

// words spells n with letters, so that all bodies share one partition.
func words(n int) string {
	var b strings.Builder
	for _, c := range strconv.Itoa(n) {
		b.WriteString([]string{"rose", "fern", "moss", "iris", "lily", "palm", "sage", "mint", "dill", "leek"}[c-'0'])
	}
	return b.String()
}

// cpu is the processor time of this process, in nanoseconds.
func cpu() int64 {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return u.Utime.Nano() + u.Stime.Nano()
}

// BenchmarkStage measures the stage. "bare" is the cost of the upstream alone.
func BenchmarkStage(b *testing.B) {
	for _, c := range []struct {
		name    string
		mode    gateway.CacheMode
		repeat  bool
		crowded bool   // every question is near to every other
		number  string // %d: every question has its own number, so each has its own partition
	}{{"bare", gateway.CacheOff, false, false, ""}, {"exact miss and store", gateway.CacheExact, false, false, ""},
		{"semantic miss and store", gateway.CacheGuarded, false, false, ""}, {"near miss and store", gateway.CacheGuarded, false, true, ""},
		{"numbered miss and store", gateway.CacheGuarded, false, true, "%d"}, {"hit", gateway.CacheGuarded, true, false, ""}} {
		b.Run(c.name, func(b *testing.B) {
			r := newRig(b, nil)
			r.plan.Cache.Mode = c.mode
			bodies := make([]*gateway.Exchange, 4096)
			for i := range bodies {
				number := strings.Replace(c.number, "%d", strconv.Itoa(i), 1)
				bodies[i] = r.exchange(strings.Replace(kilobyte(i, c.crowded), "Ticket", "Ticket "+number, 1))
			}
			n := 0
			began := cpu()
			b.ReportAllocs()
			b.ResetTimer()
			for b.Loop() {
				i := n % len(bodies)
				if c.repeat {
					i = 0
				}
				ex := *bodies[i]
				ex.Facts = &gateway.Facts{}
				if n++; n%len(bodies) == 0 && !c.repeat {
					b.StopTimer()
					if _, err := r.cache.Purge(context.Background(), "w1", cache.PurgeFilter{All: true}); err != nil {
						b.Fatal(err)
					}
					b.StartTimer()
				}
				ex.Start = r.clock.Now().Add(1) // after the purge
				s, err := r.chain(context.Background(), &ex)
				if err != nil {
					b.Fatal(err)
				}
				for {
					if _, err := s.Next(); err == io.EOF {
						break
					}
				}
				s.Close()
			}
			b.ReportMetric(float64(cpu()-began)/float64(n), "cpu-ns/op") // on a busy machine, the number to read
			st := r.cache.Stats()
			if c.mode != gateway.CacheOff && !c.repeat && st.ExactHits+st.AliasHits+st.SemanticHits > 0 || c.repeat && st.ExactHits == 0 {
				b.Fatalf("%+v", st)
			}
		})
	}
}
