package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sluicegate/sluice/test/sluice"
)

// crashes kills the process during traffic and looks at what is left after a restart.
type crashes struct{}

func (crashes) Name() string   { return "crashes" }
func (crashes) Bounds() Bounds { return Bounds{CPU: 20 * time.Second, RSS: 300 * mib} }

// answered is a call that was answered, and when.
type answered struct {
	trace string
	at    time.Time
}

func (crashes) Run(ctx context.Context, t *Target, r *Result) error {
	created := t.Do(ctx, sluice.Call{Path: "/v1/api-keys", Body: `{"name":"spender","budget_usd":100}`})
	key, id := created.JSON("key").String(), created.JSON("id").String()
	if key == "" {
		return fmt.Errorf("a key with a budget: %s", created.Brief())
	}
	var all []answered
	var admin []string
	for round := range 3 {
		before, names := traffic(ctx, t, round, key)
		killed := time.Now()
		if err := t.Launch(ctx); err != nil {
			return err
		}
		for _, a := range before {
			if killed.Sub(a.at) > time.Second {
				all = append(all, a)
			}
		}
		admin = append(admin, names...)
	}
	if len(all) < 20 {
		return fmt.Errorf("only %d answers a second before a kill", len(all))
	}
	for i := range min(len(all), 400) {
		a := all[t.Rand.IntN(len(all))]
		rows := t.Do(ctx, sluice.Call{Method: "GET", Path: "/v1/logs/" + a.trace})
		r.Check(rows.JSON("data.#").Int() == 1, "the call %s (%d), answered more than a second before the kill, has %d rows", a.trace, i, rows.JSON("data.#").Int())
	}
	events := t.Do(ctx, sluice.Call{Method: "GET", Path: "/v1/audit-logs?limit=1000&action=config.create"})
	seen := map[string]bool{}
	for _, e := range events.JSON("data").Array() {
		seen[e.Get("resource_id").String()] = true
	}
	for _, slug := range admin {
		c := t.Do(ctx, sluice.Call{Method: "GET", Path: "/v1/configs/" + slug})
		r.Check(c.Status == 200, "the config %s, created before the kill, is gone: %s", slug, c.Brief())
		r.Check(seen[slug], "the config %s was created without an audit event", slug)
	}
	verify := t.Do(ctx, sluice.Call{Method: "GET", Path: "/v1/audit-logs/verify"})
	r.Check(verify.Status == 200 && verify.JSON("ok").Bool(), "the audit chain: %s", verify.Brief())

	var rows float64
	cursor := ""
	for range 100 {
		page := t.Do(ctx, sluice.Call{Method: "GET", Path: "/v1/logs?limit=1000&api_key=" + id + cursor})
		for _, row := range page.JSON("data").Array() {
			rows += float64(row.Get("cost_nano_usd").Int()) / 1e9
		}
		next := page.JSON("next_cursor").String()
		if next == "" {
			break
		}
		cursor = "&cursor=" + next
	}
	spent := t.Do(ctx, sluice.Call{Method: "GET", Path: "/v1/api-keys/" + id}).JSON("spent_usd").Float()
	r.Check(spent >= rows-1e-9, "after the kills the key has spent $%.6f, its rows sum to $%.6f", spent, rows)
	return nil
}

// traffic calls from several goroutines for two seconds and then kills the process. It returns
// the calls that were answered and the slugs of the configs that were created.
func traffic(ctx context.Context, t *Target, round int, key string) (all []answered, slugs []string) {
	var (
		mu   sync.Mutex
		wg   sync.WaitGroup
		stop atomic.Bool
	)
	for c := range 4 {
		wg.Go(func() {
			for n := 0; !stop.Load() && ctx.Err() == nil; n++ {
				trace := fmt.Sprintf("crash-%d-%d-%d", round, c, n)
				more := `,"max_tokens":10`
				if n%3 == 0 {
					more += `,"stream":true`
				}
				a := t.Do(ctx, sluice.Call{Path: chat, Key: key, Body: ask("@up/m", "hello", more), Header: []string{"X-Sluice-Trace-Id", trace}, Within: 5 * time.Second})
				if a.Status == 200 && a.Err == nil {
					mu.Lock()
					all = append(all, answered{trace, time.Now()})
					mu.Unlock()
				}
				time.Sleep(2 * time.Millisecond)
			}
		})
	}
	wg.Go(func() {
		for n := 0; !stop.Load() && ctx.Err() == nil; n++ {
			slug := fmt.Sprintf("c-%d-%d", round, n)
			a := t.Do(ctx, sluice.Call{Path: "/v1/configs", Body: `{"slug":"` + slug + `","config":{"virtual_key":"up"}}`, Within: 5 * time.Second})
			if a.Status == 201 && a.Err == nil {
				mu.Lock()
				slugs = append(slugs, slug)
				mu.Unlock()
			}
			time.Sleep(50 * time.Millisecond)
		}
	})
	time.Sleep(2*time.Second + time.Duration(t.Rand.IntN(500))*time.Millisecond)
	t.Kill()
	stop.Store(true)
	wg.Wait()
	return all, slugs
}
