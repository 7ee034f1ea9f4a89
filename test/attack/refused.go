package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/sluicegate/sluice/test/sluice"
)

// refusedCalls makes calls without an identity that bring much to be recorded.
type refusedCalls struct{}

func (refusedCalls) Name() string { return "refused calls" }
func (refusedCalls) Bounds() Bounds {
	return Bounds{CPU: 15 * time.Second, RSS: 200 * mib, Disk: 4 * mib}
}

func (refusedCalls) Run(ctx context.Context, t *Target, r *Result) error {
	var metadata strings.Builder
	for i := range 900 {
		fmt.Fprintf(&metadata, `,"key-%d-%d":"%0100d"`, i, t.Rand.IntN(1e9), i)
	}
	long := "{" + metadata.String()[1:] + "}"
	for i := range 600 {
		call := sluice.Call{Path: chat, Key: "sk-sl-wrong", Body: ask("mock/echo", "x", ""), Header: []string{"X-Sluice-Metadata", long}}
		switch i % 4 {
		case 1:
			call.Key = "-"
		case 2:
			call.Path, call.Header = fmt.Sprintf("/v1/unknown-%d/%s", i, strings.Repeat("a", 1000)), nil
		case 3:
			call.Header = []string{"X-Sluice-Trace-Id", strings.Repeat("t", 200), "Baggage", strings.Repeat("a=b,", 1000), "User-Agent", strings.Repeat("u", 8000)}
		}
		a := t.Do(ctx, call)
		r.Check(a.Status >= 400 && a.Status < 500, "a refused call: %s", a.Brief())
	}
	a := t.Do(ctx, sluice.Call{Path: chat, Key: memberKey, Body: ask("mock/echo", "x", ""), Header: []string{"X-Sluice-Metadata", long}})
	r.Check(a.Status == 400 || a.Status == 431, "900 metadata keys of a member are taken: %s", a.Brief())
	time.Sleep(1500 * time.Millisecond) // rows are durable after a second
	rows := t.Do(ctx, sluice.Call{Path: "/v1/logs?limit=1000"})
	n := 0
	for _, row := range rows.JSON("data").Array() {
		if row.Get("member").String() == "" {
			n++
		}
	}
	r.Check(n <= 90, "%d of 600 calls without an identity have a row, at most 40 a minute are expected", n)
	return nil
}
