package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sluicegate/sluice/test/sluice"
)

// traffic are good calls: all of them must be answered as they should.
type traffic struct {
	p      *sluice.Process
	direct bool // straight to the upstream, to compare
	next   atomic.Int64

	mu     sync.Mutex
	took   [goodKinds][]time.Duration
	failed int
	first  string // what the first failure was
}

// goodKinds is how many kinds of good calls there are; kindNames are their names.
const goodKinds = 8

var kindNames = [goodKinds]string{"chat", "stream", "redacted", "embeddings", "cached", "prompt", "messages", "fallback"}

// goodCall is the n-th good call and a text that its answer must hold. Its kind is n modulo
// goodKinds.
func goodCall(n int64) (c sluice.Call, holds string) {
	text := fmt.Sprintf("Tell me about parcel %d please", n)
	c = sluice.Call{Path: "/v1/chat/completions", Key: memberKey, Within: 20 * time.Second, Keep: 1 << 20}
	body := func(model, text, more string) string {
		return fmt.Sprintf(`{"model":%q,"max_tokens":100%s,"messages":[{"role":"user","content":%q}]}`, model, more, text)
	}
	switch n % goodKinds {
	case 0:
		c.Body, holds = body("@up/gpt-mock", text, ""), text
	case 1:
		c.Body, holds = body("@up/gpt-mock", text, `,"stream":true`), "data: [DONE]"
	case 2:
		mail := fmt.Sprintf("m%d@example.com", n)
		c.Body, holds = body("@up/gpt-mock", "write to "+mail, ""), mail
	case 3:
		c.Body, holds = fmt.Sprintf(`{"model":"@up/gpt-mock","input":%q}`, text), `"embedding"`
		c.Path = "/v1/embeddings"
	case 4:
		c.Body, holds = body("@up/gpt-mock", fmt.Sprintf("Where is parcel %d?", n%1000), ""), "Where is parcel"
		c.Header = []string{"X-Sluice-Cache", "semantic"}
	case 5:
		c.Path, c.Body, holds = "/v1/prompts/greet/completions", fmt.Sprintf(`{"variables":{"name":"N%d"}}`, n), fmt.Sprintf("Greet N%d", n)
	case 6:
		c.Path, c.Body, holds = "/v1/messages", body("@up/gpt-mock", text, ""), text
	case 7:
		c.Body, holds = body("gpt-mock", text, ""), text
		c.Header = []string{"X-Sluice-Config", `{"strategy":{"mode":"fallback"},"targets":[{"virtual_key":"second","override_params":{"model":"flaky"}},{"virtual_key":"up"}]}`}
	}
	return c, holds
}

func (t *traffic) one(ctx context.Context) {
	n := t.next.Add(1)
	call, holds := goodCall(n)
	if t.direct {
		n = 0
		call, holds = goodCall(0)
		call.Base = t.p.Upstream.URL()
	}
	a := t.p.Do(context.WithoutCancel(ctx), call) // a call that was begun is awaited
	good := a.Err == nil && a.Status == 200 && strings.Contains(a.Body, holds)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.took[n%goodKinds] = append(t.took[n%goodKinds], a.Took)
	if !good {
		if t.failed++; t.failed == 1 {
			t.first = fmt.Sprintf("first: POST %s %s after %v: %s", call.Path, call.Body, a.Took, a.Brief())
		}
	}
}

// closed has n callers of whom each calls again when it is answered.
func (t *traffic) closed(ctx context.Context, n int, length time.Duration) {
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			for begin := time.Now(); time.Since(begin) < length && ctx.Err() == nil; {
				t.one(ctx)
			}
		})
	}
	wg.Wait()
}

// open calls at a rate, whether or not earlier calls are answered, and waits for all answers.
func (t *traffic) open(ctx context.Context, rate float64) {
	const mostOpen = 512 // of a server that answers no longer
	var wg sync.WaitGroup
	defer wg.Wait()
	slots := make(chan struct{}, mostOpen)
	begin := time.Now()
	for sent := 0.0; ctx.Err() == nil; sent++ {
		time.Sleep(time.Until(begin.Add(time.Duration(sent / rate * float64(time.Second)))))
		slots <- struct{}{}
		wg.Go(func() {
			t.one(ctx)
			<-slots
		})
	}
}

func (t *traffic) count() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := 0
	for _, took := range t.took {
		n += len(took)
	}
	return n
}

func (t *traffic) failures() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.failed
}

func (t *traffic) failure() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.first
}

// p99 is that of all calls.
func (t *traffic) p99() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return p99(slices.Concat(t.took[:]...))
}

// kinds is the p99 of each kind of calls, as one line.
func (t *traffic) kinds() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var b strings.Builder
	for i, took := range t.took {
		fmt.Fprintf(&b, " %s %v", kindNames[i], p99(took))
	}
	return b.String()
}

// p99 sorts took.
func p99(took []time.Duration) time.Duration {
	if len(took) == 0 {
		return 0
	}
	slices.Sort(took)
	return took[len(took)*99/100].Round(10 * time.Microsecond)
}
