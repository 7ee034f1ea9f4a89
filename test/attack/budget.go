package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/sluicegate/sluice/test/sluice"
)

// budgets spends more than an API key's budget allows.
type budgets struct{}

func (budgets) Name() string   { return "budgets" }
func (budgets) Bounds() Bounds { return Bounds{CPU: 25 * time.Second, RSS: 300 * mib} }

// spendingTry is what is sent, several times, on one budget.
type spendingTry struct {
	name, more string // fields of the body
	config     string
	path       string
	text       string
	hangup     bool          // the caller leaves after the first bytes
	leave      time.Duration // or after this time
	timeout    string        // the request's own, in milliseconds
	burst      bool          // the upstream sends a stream at once
	parallel   int
}

func (budgets) Run(ctx context.Context, t *Target, r *Result) error {
	m := &meter{}
	for _, model := range []string{"greedy", "cheap", "dear"} {
		t.Upstream.Set(model, m.reply())
	}
	var targets []string
	for i := range 40 {
		targets = append(targets, fmt.Sprintf(`{"virtual_key":"up","override_params":{"seed":%d}}`, i))
	}
	denying := `"output_guardrails":[{"default.contains":{"words":["forbidden"],"operator":"none"},"deny":true}]`
	image := "data:image/png;base64," + strings.Repeat("write me a story ", 12_000)
	tries := []spendingTry{
		{name: "bounded", more: `,"max_tokens":20`},
		{name: "no bound"},
		{name: "streamed, no bound", more: `,"stream":true`},
		{name: "a stream that is left", more: `,"stream":true,"max_tokens":400`, hangup: true},
		{name: "a stream that is left, no bound", more: `,"stream":true`, hangup: true},
		{name: "a stream sent at once that is left", more: `,"stream":true,"max_tokens":400`, hangup: true, burst: true, parallel: 20},
		{name: "a stream sent at once that is left, no bound", more: `,"stream":true`, hangup: true, burst: true, parallel: 20},
		{name: "an answer that is left", more: `,"max_tokens":90`, leave: 40 * time.Millisecond, parallel: 20},
		{name: "an answer that is left, no bound", leave: 40 * time.Millisecond, parallel: 20},
		{name: "an answer that is late", more: `,"max_tokens":90`, timeout: "30", parallel: 20},
		{name: "fallbacks by a denying guardrail", more: `,"max_tokens":90`, config: `{"strategy":{"mode":"fallback","on_status_codes":[446]},` + denying + `,"targets":[` + strings.Join(targets, ",") + `]}`},
		{name: "fallbacks by a denying guardrail, streamed", more: `,"max_tokens":90,"stream":true`, config: `{"strategy":{"mode":"fallback","on_status_codes":[446]},` + denying + `,"targets":[` + strings.Join(targets, ",") + `]}`},
		{name: "retries by a denying guardrail", more: `,"max_tokens":90`, config: `{"virtual_key":"up","retry":{"attempts":5,"on_status_codes":[446]},` + denying + `}`},
		{name: "drop_params", more: `,"max_tokens":1`, config: `{"virtual_key":"up","drop_params":["max_tokens"]}`},
		{name: "override null", more: `,"max_tokens":1`, config: `{"virtual_key":"up","override_params":{"max_tokens":null}}`},
		{name: "override larger", more: `,"max_tokens":1`, config: `{"virtual_key":"up","override_params":{"max_tokens":100000}}`},
		{name: "override n", more: `,"max_tokens":10`, config: `{"virtual_key":"up","override_params":{"n":100}}`},
		{name: "default n", more: `,"max_tokens":10`, config: `{"virtual_key":"up","default_params":{"n":"64"}}`},
		{name: "override model", more: `,"max_tokens":50`, config: `{"virtual_key":"up","override_params":{"model":"dear","max_completion_tokens":9000,"max_tokens":null}}`},
		{name: "drop n's guard", more: `,"max_tokens":10,"n":1`, config: `{"virtual_key":"up","override_params":{"n":50},"drop_params":["max_tokens"]}`},
		{name: "text like an image", text: image, more: `,"max_tokens":1`},
		{name: "text like base64", text: "data:;base64," + strings.Repeat("tell me ", 30_000), more: `,"max_tokens":1`},
		{name: "a huge tool", more: `,"max_tokens":1,"tools":[{"type":"function","function":{"name":"f","description":` + quoted(strings.Repeat("words ", 40_000)) + `}}]`},
		{name: "a huge unknown field", more: `,"max_tokens":1,"x_context":` + quoted(strings.Repeat("words ", 40_000))},
		{name: "two bounds", more: `,"max_tokens":1,"max_completion_tokens":0`},
		{name: "equal keys", more: `,"max_tokens":1,"max_tokens":100000`},
		{name: "equal keys, escaped", more: `,"max_tokens":1,"max\u005ftokens":100000`},
		{name: "Messages", path: messages, more: `,"max_tokens":100000`},
		{name: "parallel", more: `,"max_tokens":90`, parallel: 30},
		{name: "parallel, no bound", parallel: 10},
	}
	for _, field := range []string{`"N":50`, `"Max_tokens":100000`, `"MAX_TOKENS":100000`, `"max_token\u017f":100000`, `"Stream":true`, `"Max_Completion_Tokens":100000,"Stream":true`, `"extra_body":{"max_tokens":100000}`, `"Extra_body":{"N":50}`} {
		tries = append(tries, spendingTry{name: "other spelling " + field, more: `,"max_tokens":90,` + field})
	}
	for _, bound := range []string{"0", "-1", "1.5", "1e-1", "1e9", `"1"`, "null", "true", `[1]`, `{}`, "99999999999999999999", "-9223372036854775808", "9223372036854775807"} {
		tries = append(tries, spendingTry{name: "max_tokens " + bound, more: `,"max_tokens":` + bound})
	}
	for _, n := range []string{`"50"`, "50", "-50", "50.0", "5e1", "1e300", "null", `" 50"`, "18446744073709551617"} {
		tries = append(tries, spendingTry{name: "n " + n, more: `,"max_tokens":20,"n":` + n})
	}
	t.Rand.Shuffle(len(tries), func(i, j int) { tries[i], tries[j] = tries[j], tries[i] })
	for i, c := range tries {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := spend(ctx, t, r, m, c, i); err != nil {
			return err
		}
	}
	return nil
}

// spend makes calls of one kind with a key of its own and compares what the upstream bills, what
// the rows say and what the key has spent.
func spend(ctx context.Context, t *Target, r *Result, m *meter, c spendingTry, i int) error {
	budget := 0.01
	created := t.Do(ctx, sluice.Call{Path: "/v1/api-keys", Body: fmt.Sprintf(`{"name":"budget-%d","budget_usd":%v}`, i, budget)})
	key, id := created.JSON("key").String(), created.JSON("id").String()
	if key == "" {
		return fmt.Errorf("a key with a budget: %s", created.Brief())
	}
	m.nano.Store(0)
	m.burst.Store(c.burst)
	m.late.Store(c.leave > 0 || c.timeout != "")
	m.calls.Store(0)
	if c.text == "" {
		c.text = "hello"
	}
	call := sluice.Call{Path: chat, Key: key, Body: ask("@up/greedy", c.text, c.more), Within: 12 * time.Second}
	if c.path != "" {
		call.Path = c.path
	}
	if c.config != "" {
		call.Body = ask("greedy", c.text, c.more)
		call.Header = []string{"X-Sluice-Config", c.config}
	}
	if c.hangup {
		call.Hangup = 40
	}
	if c.leave > 0 {
		call.Within = c.leave
	}
	if c.timeout != "" {
		call.Header = append(call.Header, "X-Sluice-Request-Timeout", c.timeout)
	}
	calls, statuses := 4, map[int]int{}
	var mu sync.Mutex
	one := func() {
		a := t.Do(ctx, call)
		mu.Lock()
		defer mu.Unlock()
		statuses[a.Status]++
	}
	if c.parallel > 0 {
		var wg sync.WaitGroup
		for range c.parallel {
			wg.Go(one)
		}
		wg.Wait()
	} else {
		for range calls {
			one()
		}
	}
	if !t.Upstream.WaitIdle(3 * time.Second) {
		return fmt.Errorf("%s: the upstream is still answering", c.name)
	}
	billed := float64(m.nano.Load()) / 1e9
	r.Check(billed <= budget, "%s: the upstream bills $%.4f in %d calls on a budget of $%v (%.0f ×), answers by status %v: %s, config %s",
		c.name, billed, m.calls.Load(), budget, billed/budget, statuses, clip(c.more), clip(c.config))
	if c.name == "no bound" || c.name == "parallel, no bound" {
		r.Check(statuses[200] > 0, "%s: no call is answered on a budget of $%v: by status %v", c.name, budget, statuses)
	}
	return agree(ctx, t, r, c, id, billed)
}

// agree compares rows with the key's spend. Rows come within a second after the answer.
func agree(ctx context.Context, t *Target, r *Result, c spendingTry, id string, billed float64) error {
	var rows, spent, null float64
	for end := time.Now().Add(2500 * time.Millisecond); ; time.Sleep(200 * time.Millisecond) {
		rows, null = 0, 0
		list := t.Do(ctx, sluice.Call{Path: "/v1/logs?limit=1000&api_key=" + id})
		for _, row := range list.JSON("data").Array() {
			rows += float64(row.Get("cost_nano_usd").Int()) / 1e9
			if status := row.Get("status").Int(); status == 200 && !row.Get("cost_nano_usd").Exists() || status == 200 && row.Get("cost_nano_usd").Raw == "null" {
				null++
			}
		}
		spent = t.Do(ctx, sluice.Call{Path: "/v1/api-keys/" + id}).JSON("spent_usd").Float()
		if difference := rows - spent; difference < 1e-9 && difference > -1e-9 || time.Now().After(end) || ctx.Err() != nil {
			break
		}
	}
	difference := rows - spent
	r.Check(difference < 1e-9 && difference > -1e-9, "%s: the rows of the key sum to $%.6f (%.0f answered without a cost), its spend is $%.6f, the upstream bills $%.6f: %s, config %s",
		c.name, rows, null, spent, billed, clip(c.more), clip(c.config))
	return ctx.Err()
}

// clip shortens an input for a report.
func clip(s string) string {
	if len(s) > 240 {
		s = s[:240] + fmt.Sprintf("… (%d bytes)", len(s))
	}
	return s
}
