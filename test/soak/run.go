package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/test/sluice"
)

const (
	memberKey  = "sk-sl-member-0123456789abcdef0123456789abcdef0123456"
	hostileKey = "sk-sl-hostile-0123456789abcdef0123456789abcdef012345"
	other      = "127.0.0.9" // the address of hostile connections

	unloadedTime = 15 * time.Second
	capacityTime = 10 * time.Second
	controlRate  = 10.0              // calls a second straight to the upstream, which tell what the machine adds
	settleTime   = 100 * time.Second // after the traffic, until goroutines are counted: idle connections to the upstream end after 90 s

	latencyAllowance  = 100 * time.Millisecond
	memoryAllowance   = 1.1
	goroutineGrowth   = 1.1
	goroutineConstant = 20
)

const serverFile = `
virtual_keys:
  - {name: up, provider: openai, base_url: UPSTREAM/v1, api_key: sk-upstream-0123456789abcdef, prices: {"*": {input: 1, output: 10}}}
  - {name: second, provider: openai, base_url: UPSTREAM/v1, api_key: sk-second-0123456789abcdef, prices: {"*": {input: 1, output: 10}}}
api_keys:
  - {name: member, key: ` + memberKey + `, member: member@example.com, budget: 1000000}
  - {name: hostile, key: ` + hostileKey + `, member: hostile@example.com, budget: 1000000}
redact: {input: [email, phone, card], restore: true}
cache: {max_bytes: 8MiB}
limits: {memory: 128MiB, header: 2s, body: 3s, write_stall: 5s}
`

// run measures and compares. It reports whether all bounds are kept.
func run(ctx context.Context, binary string, duration time.Duration, seed uint64) (bool, error) {
	p, err := sluice.Start(ctx, binary, serverFile)
	if err != nil {
		return false, err
	}
	defer p.Stop()
	p.Upstream.Keep(0)
	p.Upstream.Set("flaky", gatewaytest.Reply{Status: 500, Body: `{"error":{"message":"no"}}`})
	if _, err := p.Create(ctx, "/v1/prompts", `{"slug":"greet","body":{"model":"@up/gpt-mock","parameters":{"max_tokens":50},"messages":[{"role":"user","content":"Greet {{name}}"}]}}`, "slug"); err != nil {
		return false, err
	}

	warm := traffic{p: p}
	warm.closed(ctx, 4, 3*time.Second)
	unloaded := traffic{p: p}
	unloaded.closed(ctx, 1, unloadedTime)
	fmt.Printf("unloaded: p99 %v:%s\n", unloaded.p99(), unloaded.kinds())
	most := traffic{p: p}
	half, err := calibrate(ctx, p, seed+1, &most)
	if err != nil {
		return false, err
	}
	if n := unloaded.failures() + most.failures(); n > 0 {
		return false, fmt.Errorf("%d good calls fail without hostile traffic: %s", n, unloaded.failure()+most.failure())
	}

	mixed, direct, bad := traffic{p: p}, traffic{p: p, direct: true}, hostility{p: p, seed: seed, slow: half.slow}
	watch := watcher{p: p}
	var wg sync.WaitGroup
	timed, cancel := context.WithTimeout(ctx, duration)
	wg.Go(func() { mixed.open(timed, half.rate) })
	wg.Go(func() { direct.open(timed, controlRate) })
	wg.Go(func() { bad.run(timed) })
	wg.Go(func() { watch.run(timed) })
	wg.Wait()
	cancel()
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	time.Sleep(settleTime)
	return report(ctx, p, &unloaded, &mixed, &direct, &bad, &watch), nil
}

// report prints the figures and their bounds.
func report(ctx context.Context, p *sluice.Process, unloaded, mixed, direct *traffic, bad *hostility, watch *watcher) bool {
	all := true
	line := func(name string, kept bool, format string, args ...any) {
		word := "kept"
		if !kept {
			word, all = "NOT KEPT", false
		}
		fmt.Printf("%-22s %-9s %s\n", name, word, fmt.Sprintf(format, args...))
	}
	line("failed good calls", mixed.failures() == 0, "%d of %d %s", mixed.failures(), mixed.count(), mixed.failure())
	limit := unloaded.p99() + latencyAllowance
	line("p99 of good calls", mixed.p99() <= limit, "%v, at most %v (unloaded %v; meanwhile without Sluice %v):%s", mixed.p99(), limit, unloaded.p99(), direct.p99(), mixed.kinds())
	early, late := watch.mean(0.25, 0.5), watch.mean(0.75, 1)
	line("resident set", late.rss <= early.rss*memoryAllowance, "%.0f MiB in the last quarter, %.0f MiB in the second, peak %.0f MiB", late.rss, early.rss, watch.peak())
	after, err := goroutines(ctx, p)
	few := err == nil && after <= watch.before*goroutineGrowth+goroutineConstant
	line("goroutines", few, "%.0f after the traffic, %.0f before, %.0f in its second quarter, %.0f in the last", after, watch.before, early.goroutines, late.goroutines)
	line("process", p.Running(), "%s, %.2f of a processor", bad.summary(), watch.cores)
	if !few && p.Running() {
		fmt.Println(states(p.Goroutines()))
	}
	return all
}
