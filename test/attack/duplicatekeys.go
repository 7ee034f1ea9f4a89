package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/sluicegate/sluice/test/sluice"
)

// duplicateKeys sends objects with very many keys, deep nesting and very many values.
type duplicateKeys struct{}

func (duplicateKeys) Name() string   { return "duplicate keys" }
func (duplicateKeys) Bounds() Bounds { return Bounds{CPU: 15 * time.Second, RSS: 400 * mib} }

func (duplicateKeys) Run(ctx context.Context, t *Target, r *Result) error {
	keys := func(n int, name string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `,"`+name+`":1`, i)
		}
		return b.String()[1:]
	}
	n := 90_000 + t.Rand.IntN(10_000)
	many := keys(n, "%d")
	bodies := map[string]string{
		"top level":         `{` + many + `}`,
		"equal hashes":      `{` + keys(n/2, "a%08d") + `,` + keys(n/2, "a%08d") + `}`,
		"in a message":      `{"model":"mock/echo","messages":[{"role":"user","content":"x",` + many + `}]}`,
		"in arguments":      `{"model":"mock/echo","messages":[{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":` + quoted(`{`+many+`}`) + `}}]},{"role":"user","content":"x"}]}`,
		"in a schema":       `{"model":"mock/echo","messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object","properties":{` + many + `}}}}}`,
		"deep arrays":       `{"model":"mock/echo","messages":` + strings.Repeat("[", 400_000) + strings.Repeat("]", 400_000) + `}`,
		"deep objects":      `{"model":"mock/echo","x":` + strings.Repeat(`{"a":`, 200_000) + `1` + strings.Repeat("}", 200_000) + `}`,
		"millions of zeros": `{"model":"mock/echo","messages":[{"role":"user","content":"x"}],"x":[` + strings.Repeat("0,", 4_000_000) + `0]}`,
		"metadata":          `{"model":"mock/echo","messages":[{"role":"user","content":"x"}],"metadata":{` + many + `}}`,
	}
	for name, body := range inOrder(bodies) {
		for _, key := range []string{"sk-sl-wrong", memberKey} {
			before, err := t.Usage()
			if err != nil {
				return err
			}
			a := t.Do(ctx, sluice.Call{Path: chat, Key: key, Body: body, Within: 15 * time.Second})
			after, err := t.Usage()
			if err != nil {
				return err
			}
			used, limit := after.CPU-before.CPU, 1500*time.Millisecond
			if key != memberKey {
				limit = 200 * time.Millisecond
				r.Check(a.Status == 401 || a.Err != nil, "%s, wrong key, %d keys: %s", name, n, a.Brief())
			} else {
				r.Check(a.Err == nil && a.Status < 500, "%s, member's key, %d keys, %d bytes: %s", name, n, len(body), a.Brief())
			}
			r.Check(used <= limit, "%s, %d keys, %d bytes, member's key %v: %.2f s of processor time (answer: %s)", name, n, len(body), key == memberKey, used.Seconds(), a.Brief())
		}
	}
	return nil
}
