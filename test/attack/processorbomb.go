package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/sluicegate/sluice/test/sluice"
)

// processorBombs are small inputs that cost much processor time.
type processorBombs struct{}

func (processorBombs) Name() string   { return "processor bombs" }
func (processorBombs) Bounds() Bounds { return Bounds{CPU: 20 * time.Second, RSS: 400 * mib} }

func (processorBombs) Run(ctx context.Context, t *Target, r *Result) error {
	guard := func(check, params string) string {
		return `{"virtual_key":"up","input_guardrails":[{"deny":true,"checks":[{"id":"default.` + check + `","parameters":` + params + `}]}]}`
	}
	number := 24 + t.Rand.IntN(8)
	long := strings.Repeat("a", 200_000)
	document := strings.Repeat("[", 100) + `{"a":1}` + strings.Repeat("]", 100)
	bombs := []struct{ name, config, text, more string }{
		{"schema that doubles", guard("jsonSchema", `{"schema":`+doubling(number, "allOf")+`}`), `{"a":1}`, ""},
		{"schema that doubles by anyOf", guard("jsonSchema", `{"schema":`+doubling(number, "anyOf")+`}`), `{"a":1}`, ""},
		{"schema that calls itself", guard("jsonSchema", `{"schema":{"$defs":{"a":{"anyOf":[{"items":{"$ref":"#/$defs/a"}},{"items":{"$ref":"#/$defs/a"}},{"type":"string"}]}},"$ref":"#/$defs/a"}}`), document, ""},
		{"schema with a bad pattern", guard("jsonSchema", `{"schema":{"type":"object","patternProperties":{"((a{0,30}){0,30})b":{}}}}`), `{"` + long + `":1}`, ""},
		{"schema with a pattern for a long text", guard("jsonSchema", `{"schema":{"items":{"pattern":"(\\pL{1,900})+x(\\pL{1,900})+y"}}}`), `["` + long[:70_000] + `"]`, ""},
		{"schema with many patterns", guard("jsonSchema", `{"schema":{"items":{"allOf":[`+repeat(20, func(i int) string { return fmt.Sprintf(`{"pattern":"(a{0,%d}){0,9}b"}`, 20+i) })+`]}}}`), `["` + long[:30_000] + `"]`, ""},
		{"words in a long text", guard("contains", `{"operator":"none","words":[`+repeat(1000, func(i int) string { return fmt.Sprintf(`"aaaaaab%d"`, i) })+`]}`), strings.Repeat(long, 30), ""},
		{"uniqueItems", guard("jsonSchema", `{"schema":{"uniqueItems":true}}`), `[` + strings.Repeat(`{"a":1},`, 20_000) + `0]`, ""},
		{"pattern", guard("regexMatch", `{"rule":"((a{0,30}){0,30})b"}`), long, ""},
		{"pattern with alternatives", guard("regexMatch", `{"rule":"`+strings.Repeat("(a|b|c|d|e|f)", 3000)+`"}`), long, ""},
		{"pattern of counted classes", guard("regexMatch", `{"rule":"(\\pL{1,900})+x(\\pL{1,900})+y"}`), long, ""},
		{"many patterns", `{"virtual_key":"up","input_guardrails":[` + repeat(500, func(i int) string {
			return fmt.Sprintf(`{"deny":true,"checks":[{"id":"default.regexMatch","parameters":{"rule":"(a{0,%d}){0,9}b","not":true}}]}`, 20+i%9)
		}) + `]}`, long, ""},
		{"many words", guard("contains", `{"operator":"none","words":[`+repeat(20_000, func(i int) string { return fmt.Sprintf(`"aaaaaab%d"`, i) })+`]}`), long, ""},
		{"starred paths", `{"virtual_key":"up","drop_params":[` + repeat(3000, func(i int) string { return fmt.Sprintf(`"x[*].a[*].b%d"`, i) }) + `]}`,
			"x", `,"x":[` + repeat(300, func(int) string {
				return `{"a":[` + repeat(100, func(i int) string { return fmt.Sprintf(`{"b%d":1}`, i) }) + `]}`
			}) + `]`},
		{"many targets", `{"strategy":{"mode":"fallback"},"targets":[` + repeat(4000, func(i int) string { return fmt.Sprintf(`{"virtual_key":"up","override_params":{"seed":%d}}`, i) }) + `]}`, "x", ""},
		{"nested strategies", strings.Repeat(`{"strategy":{"mode":"fallback"},"targets":[`, 3000) + `{"virtual_key":"up"}` + strings.Repeat("]}", 3000), "x", ""},
		{"many overrides", `{"virtual_key":"up","override_params":{` + repeat(15_000, func(i int) string { return fmt.Sprintf(`"k%d":1`, i) }) + `}}`, "x", ""},
	}
	for _, b := range bombs {
		call := sluice.Call{Path: chat, Key: memberKey, Body: ask("m", b.text, b.more), Header: []string{"X-Sluice-Config", b.config}}
		bomb(ctx, t, r, b.name+", inline", call, b.config)
		call.Body, call.Header = ask("m", b.text, b.more+`,"config":`+b.config), nil
		bomb(ctx, t, r, b.name+", in the body", call, b.config)
		slug := strings.ReplaceAll(strings.ReplaceAll(b.name, " ", "-"), ",", "")
		bomb(ctx, t, r, b.name+", saving", sluice.Call{Path: "/v1/configs", Key: adminKey, Body: `{"slug":"` + slug + `","config":` + b.config + `}`}, b.config)
		call.Body, call.Header = ask("m", b.text, b.more), []string{"X-Sluice-Config", slug}
		bomb(ctx, t, r, b.name+", saved", call, b.config)
	}
	code, err := t.Terminate(5 * time.Second)
	r.Check(err == nil && code == 0, "shutdown after the bombs: exit code %d, %v", code, err)
	return t.Launch(ctx)
}

// bomb makes one call. It must be answered in time, whatever the answer, without a 5xx, and work
// must stop with it.
func bomb(ctx context.Context, t *Target, r *Result, name string, c sluice.Call, input string) {
	if ctx.Err() != nil {
		return
	}
	const limit = time.Second
	before, err := t.Usage()
	if err != nil {
		return // the process has ended, which is reported at the end
	}
	c.Within = 12 * time.Second
	a := t.Do(ctx, c)
	after, err := t.Usage()
	if err != nil {
		r.Check(false, "%s: the process has ended", name)
		return
	}
	used := after.CPU - before.CPU
	if a.Err == nil {
		r.Check(a.Status < 500, "%s: %s: %s", name, a.Brief(), clip(input))
		r.Check(used <= limit, "%s: %.2f s of processor time for %d bytes, answer %s: %s", name, used.Seconds(), len(c.Body)+len(input), a.Brief(), clip(input))
		return
	}
	time.Sleep(time.Second) // work stops when the caller has left
	idle, _ := t.Usage()
	time.Sleep(300 * time.Millisecond)
	later, _ := t.Usage()
	r.Check(false, "%s: no answer within 12 s (%v), work goes on a second after the caller left: %v: %s", name, a.Err, later.CPU-idle.CPU > 150*time.Millisecond, clip(input))
	if later.CPU-idle.CPU > 150*time.Millisecond { // the next bomb needs a processor
		t.Kill()
		if err := t.Launch(ctx); err != nil {
			r.Check(false, "%s: %v", name, err)
		}
	}
}

// doubling is a schema of n definitions that each name the next one twice.
func doubling(n int, word string) string {
	var b strings.Builder
	b.WriteString(`{"$ref":"#/$defs/d0","$defs":{`)
	for i := range n {
		fmt.Fprintf(&b, `"d%d":{"%s":[{"$ref":"#/$defs/d%d"},{"$ref":"#/$defs/d%d"}]},`, i, word, i+1, i+1)
	}
	fmt.Fprintf(&b, `"d%d":{"type":"string"}}}`, n)
	return b.String()
}

// repeat joins n elements with commas.
func repeat(n int, element func(i int) string) string {
	all := make([]string, n)
	for i := range all {
		all[i] = element(i)
	}
	return strings.Join(all, ",")
}
