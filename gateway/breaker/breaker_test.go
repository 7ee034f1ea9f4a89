package breaker_test

import (
	"bytes"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/breaker"
)

var noon = time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)

// play makes one call for each letter: f fails, o is answered whole, b begins and breaks, s begins and
// is never read to its end. A digit passes so many seconds. It returns the number of calls that entered.
func play(b *breaker.Breaker, policy *gateway.BreakerPolicy, now *time.Time, script string) (calls int) {
	for _, c := range script {
		if c >= '0' && c <= '9' {
			*now = now.Add(time.Duration(c-'0') * time.Second)
			continue
		}
		p, ok := b.Enter(*now)
		if !ok {
			continue
		}
		calls++
		switch c {
		case 'f':
			b.Failed(policy, p, *now)
		case 'o':
			b.Begun(p, *now)
			b.Ended()
		case 'b':
			b.Begun(p, *now)
			b.Broke(policy, *now)
		case 's':
			b.Begun(p, *now)
		case 'c':
			b.Release(p)
		}
	}
	return calls
}

func TestBreakerOpens(t *testing.T) {
	count := &gateway.BreakerPolicy{Failures: 3, Cooldown: 30 * time.Second}
	share := &gateway.BreakerPolicy{Percentage: 50, Minimum: 4, Cooldown: 30 * time.Second}
	for _, c := range []struct {
		name   string
		policy *gateway.BreakerPolicy
		script string
		open   bool
	}{
		{"too few", count, "ff", false},
		{"in a row", count, "fff", true},
		{"in a row over hours", count, "f" + strings.Repeat("9", 400) + "f" + strings.Repeat("9", 400) + "f", true},
		{"within a minute", count, "foffo", true},
		{"not within a minute", count, "fo" + strings.Repeat("9", 7) + "fo" + strings.Repeat("9", 7) + "fo", false},
		{"answers between them, then a row", count, "fo" + strings.Repeat("9", 7) + "fff", true},
		{"cancelled calls tell nothing", count, "fcccfccc", false},
		{"streams that break", count, "bbb", true},
		{"streams that break now and then", count, "b" + strings.Repeat("9", 8) + "s" + strings.Repeat("9", 8) + "b" + strings.Repeat("9", 8) + "b", true},
		{"share below the minimum", share, "fof", false},
		{"share at the minimum", share, "fofo", false}, // judged after a failure
		{"share reached", share, "ofof", true},
		{"share not reached", share, "ooofoof", false},
		{"share of broken streams", share, "oobb", true},
		{"a share of seldom calls", share, "f999999f999999f999999f", true},
		{"old calls do not count", share, "oooooo99999999ffof", true},
	} {
		now := noon
		b := &breaker.Breaker{}
		play(b, c.policy, &now, c.script)
		if b.Open() != c.open || b.Ready(now) == c.open {
			t.Errorf("%s: open %t", c.name, b.Open())
		}
	}
}

// TestCooldown: nobody calls during the cooldown, one probe does after it, and its outcome decides.
func TestCooldown(t *testing.T) {
	policy := &gateway.BreakerPolicy{Failures: 2, Cooldown: 30 * time.Second}
	now := noon
	b := &breaker.Breaker{}
	if n := play(b, policy, &now, "fffff999ff2ff"); n != 2 { // 29 seconds
		t.Fatalf("%d calls, 2 opened it", n)
	}
	now = now.Add(time.Second)
	probe, ok := b.Enter(now)
	if _, second := b.Enter(now); !ok || second || b.Ready(now) {
		t.Fatalf("one probe: %t, %t", ok, second)
	}
	b.Release(probe) // its caller left
	if n := play(b, policy, &now, "c"); n != 1 {
		t.Fatal("the place of a cancelled probe is free")
	}
	if n := play(b, policy, &now, "fo99oo9oo"); n != 1 {
		t.Fatalf("%d calls after a failed probe, 1 is it", n)
	}
	now = now.Add(3 * time.Second)
	if n := play(b, policy, &now, "ooo"); n != 3 || b.Open() {
		t.Fatalf("%d calls, open %t: the probe was answered", n, b.Open())
	}
	if play(b, policy, &now, "f"); b.Open() {
		t.Error("what came before the probe counts again")
	}
}

// TestLateResults: a call that entered before the breaker opened neither closes it nor prolongs it.
func TestLateResults(t *testing.T) {
	policy := &gateway.BreakerPolicy{Failures: 1, Cooldown: 30 * time.Second}
	b := &breaker.Breaker{}
	late, _ := b.Enter(noon)
	later, _ := b.Enter(noon)
	first, _ := b.Enter(noon)
	b.Failed(policy, first, noon)
	b.Begun(late, noon)
	b.Failed(policy, later, noon.Add(20*time.Second))
	if b.Ready(noon.Add(29*time.Second)) || !b.Ready(noon.Add(30*time.Second)) {
		t.Error("a late result moved the end of the cooldown")
	}
}

// TestConcurrentProbes: of many calls at the end of a cooldown exactly one is the probe.
func TestConcurrentProbes(t *testing.T) {
	policy := &gateway.BreakerPolicy{Failures: 1, Cooldown: 30 * time.Second}
	b := &breaker.Breaker{}
	now := noon
	for round := range 50 {
		play(b, policy, &now, "f")
		now = now.Add(30 * time.Second)
		var probes atomic.Int64
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if _, ok := b.Enter(now); ok {
					probes.Add(1)
				}
			})
		}
		wg.Wait()
		if probes.Load() != 1 {
			t.Fatalf("round %d: %d probes", round, probes.Load())
		}
		b = &breaker.Breaker{}
	}
}

func TestOutcomeOf(t *testing.T) {
	plain, listed := &gateway.BreakerPolicy{}, &gateway.BreakerPolicy{OnStatus: []int{429, 446}}
	for _, c := range []struct {
		e             gateway.Error
		plain, listed breaker.Outcome
	}{
		{gateway.Error{Kind: gateway.Upstream, Status: 500}, breaker.Failure, breaker.Answer},
		{gateway.Error{Kind: gateway.Upstream, Status: 429}, breaker.Answer, breaker.Failure},
		{gateway.Error{Kind: gateway.Upstream, Status: 400}, breaker.Answer, breaker.Answer},
		{gateway.Error{Kind: gateway.Timeout}, breaker.Failure, breaker.Nothing},
		{gateway.Error{Kind: gateway.BadUpstream}, breaker.Failure, breaker.Nothing},
		{gateway.Error{Kind: gateway.Denied}, breaker.Nothing, breaker.Failure},
		{gateway.Error{Kind: gateway.RateLimited}, breaker.Nothing, breaker.Nothing}, // Sluice's own limit
		{gateway.Error{Kind: gateway.Exhausted}, breaker.Nothing, breaker.Nothing},
		{gateway.Error{Kind: gateway.Internal}, breaker.Nothing, breaker.Nothing},
		{gateway.Error{Kind: gateway.Cancelled}, breaker.Nothing, breaker.Nothing},
	} {
		if a, b := breaker.OutcomeOf(plain, &c.e), breaker.OutcomeOf(listed, &c.e); a != c.plain || b != c.listed {
			t.Errorf("%s %d: %d, %d", c.e.Kind, c.e.Status, a, b)
		}
	}
}

// TestRegistry: breakers by key, what the log is told, and the bound.
func TestRegistry(t *testing.T) {
	var log bytes.Buffer
	r := breaker.NewRegistry(slog.New(slog.NewTextHandler(&log, nil)))
	policy := &gateway.BreakerPolicy{Failures: 1, Cooldown: 30 * time.Second}
	key := breaker.Key{Workspace: "ws", Config: "prod@2", Target: "config.targets[0]", Provider: "openai", VirtualKey: "vk"}
	now := noon
	play(r.Breaker(key), policy, &now, "f")
	other := key
	other.Config = "prod@3"
	if !r.Breaker(key).Open() || r.Breaker(other).Open() || r.Open()["openai"] != 1 || len(r.Open()) != 1 || r.Stats().Opened != 1 {
		t.Errorf("%v %+v", r.Open(), r.Stats())
	}
	now = now.Add(31 * time.Second)
	play(r.Breaker(key), policy, &now, "f99994o")
	for _, want := range []string{"level=WARN msg=\"circuit breaker opened", "level=INFO msg=\"circuit breaker closed", "workspace=ws config=prod@2 target=config.targets[0] provider=openai virtual_key=vk"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("no %s in %s", want, log.String())
		}
	}
	if strings.Count(log.String(), "opened") != 1 || len(r.Open()) != 0 {
		t.Errorf("%v %s", r.Open(), log.String())
	}
	for i := range 25_000 {
		k := key
		k.Config = strconv.Itoa(i)
		now := noon
		play(r.Breaker(k), policy, &now, "f")
	}
	if n := r.Open()["openai"]; n > 10_000 || n < 5_000 {
		t.Errorf("%d breakers are kept", n)
	}
}
