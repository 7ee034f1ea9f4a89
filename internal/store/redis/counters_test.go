package redisstore

import (
	"net"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"github.com/sluicegate/sluice/gateway/limit"
	"github.com/sluicegate/sluice/gateway/limit/limittest"
	"github.com/sluicegate/sluice/internal/store/redis/redistest"
)

func open(t *testing.T, url string) *Counters {
	t.Helper()
	c, err := Open(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func TestCounters(t *testing.T) {
	url := redistest.URL(t)
	limittest.Counters(t, func(t *testing.T) (limit.Counters, func(time.Duration)) {
		c := open(t, url)
		return c, func(d time.Duration) { age(t, c, d) }
	})
}

// age lets time pass: it moves the times that the server keeps of this test's counters into the
// past.
func age(t *testing.T, c *Counters, d time.Duration) {
	t.Helper()
	keys, err := c.client.Keys(t.Context(), keyPrefix+t.Name()+"*").Result()
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		if at, err := c.client.HGet(t.Context(), key, "at").Int64(); err == nil {
			c.client.HSet(t.Context(), key, "at", at-d.Microseconds())
		}
	}
}

// TestReplicas: two processes share the counters, and one that is killed gives its leases back
// when they run out.
func TestReplicas(t *testing.T) {
	url := redistest.URL(t)
	a, b := open(t, url), open(t, url)
	rate := limit.Claim{Counter: t.Name() + "/r", Amount: 1, Limit: 3, Period: time.Hour}
	passed := 0
	for i := range 6 {
		states, err := []*Counters{a, b}[i%2].Take(t.Context(), []limit.Claim{rate})
		if err != nil {
			t.Fatal(err)
		}
		if !states[0].Refused {
			passed++
		}
	}
	if passed != 3 {
		t.Errorf("%d of 6 passed a limit of 3", passed)
	}
	lease := limit.Claim{Counter: t.Name() + "/l", Amount: 1, Limit: 1, Lease: "of a"}
	if _, err := a.Take(t.Context(), []limit.Claim{lease}); err != nil {
		t.Fatal(err)
	}
	lease.Lease = "of b"
	if s, err := b.Take(t.Context(), []limit.Claim{lease}); err != nil || !s[0].Refused {
		t.Fatal("the lease of another process is not seen", err)
	}
	key := keyPrefix + lease.Counter
	b.client.ZAdd(t.Context(), key, z(time.Now().Add(5*time.Second), "of a")) // nearly run out
	a.renewAll(t.Context())
	if left := b.client.ZScore(t.Context(), key, "of a").Val(); left < float64(time.Now().Add(limit.LeaseLifetime/2).UnixMicro()) {
		t.Error("the process that runs a call does not renew its lease")
	}
	b.client.ZAdd(t.Context(), key, z(time.Now().Add(-time.Second), "of a")) // a was killed a minute ago
	if s, err := b.Take(t.Context(), []limit.Claim{lease}); err != nil || s[0].Refused {
		t.Error("a lease that ran out is kept", err)
	}
}

// TestServerRestarts: behind the fallback, no call fails while the server is away, and the server
// is used again when it is back.
func TestServerRestarts(t *testing.T) {
	server := redistest.Start(t)
	f := limit.NewFallback(open(t, server.URL), limit.NewMemory(nil), limit.FallbackConfig{Timeout: time.Second, Pause: 100 * time.Millisecond})
	claim := []limit.Claim{{Counter: "a", Amount: 1, Limit: 1000, Period: time.Hour}}
	take := func() {
		t.Helper()
		if states, err := f.Take(t.Context(), claim); err != nil || states[0].Refused {
			t.Fatalf("%+v, %v", states, err)
		}
	}
	take()
	server.Stop()
	for range 5 {
		take()
	}
	if !f.Local() {
		t.Error("it does not notice that the server is away")
	}
	server.Resume()
	for end := time.Now().Add(30 * time.Second); f.Local(); time.Sleep(20 * time.Millisecond) {
		if take(); time.Now().After(end) {
			t.Fatal("it does not use the server again")
		}
	}
}

// TestServerHangs: a server that takes connections and says nothing costs a call its deadline, and
// soon not even that.
func TestServerHangs(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	f := limit.NewFallback(open(t, "redis://"+l.Addr().String()), limit.NewMemory(nil), limit.FallbackConfig{Timeout: 50 * time.Millisecond, Pause: time.Minute})
	begin := time.Now()
	for range 1000 {
		if _, err := f.Take(t.Context(), []limit.Claim{{Counter: "a", Amount: 1, Limit: 10_000, Period: time.Hour}}); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("1000 calls took %v", took)
	}
}

func z(at time.Time, lease string) redis.Z {
	return redis.Z{Score: float64(at.UnixMicro()), Member: lease}
}

func TestURL(t *testing.T) {
	for _, url := range []string{"", "localhost:6379", "http://localhost", "redis://user:geheim@host:port"} {
		if _, err := Open(url); err == nil || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
