package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/test/sluice"
)

// options are the command's.
type options struct{ sluice, ollama, weights, scripts, only string }

// formats are the ways to the server, the names of virtual keys: its own format, the one in OpenAI's
// format as Sluice knows Ollama's, and as that of a server of which only the address is known.
var formats = []string{"native", "compatible", "openai"}

// The model's price in billionths of a USD for a token.
const (
	inputPrice  = 370
	outputPrice = 1930
)

// serverFile is Sluice's configuration. SERVER stands for the recorder's address.
const serverFile = `
virtual_keys:
  - {name: native, provider: ollama, base_url: "SERVER", api_key: none, prices: {"*": {input: 0.37, output: 1.93}}}
  - {name: compatible, provider: ollama, formats: [chat], base_url: "SERVER", api_key: none, prices: {"*": {input: 0.37, output: 1.93}}}
  - {name: openai, provider: openai, base_url: "SERVER/v1", api_key: none, prices: {"*": {input: 0.37, output: 1.93}}}
telemetry: {content: full}
`

// rowTime bounds the wait for a row of the log.
const rowTime = 30 * time.Second

// bench is everything that runs.
type bench struct {
	options
	model   *server
	record  *recorder
	proxy   *sluice.Process
	clients *client
}

// run starts everything, runs the cases and prints a table.
func run(ctx context.Context, o options) (held bool, err error) {
	b := &bench{options: o}
	begin := time.Now()
	if b.model, err = startServer(ctx, o.ollama, o.weights); err != nil {
		return false, err
	}
	defer b.model.stop()
	if b.record, err = newRecorder(b.model.url); err != nil {
		return false, err
	}
	defer b.record.Close()
	if b.proxy, err = sluice.Start(ctx, o.sluice, strings.ReplaceAll(serverFile, "SERVER", b.record.URL)); err != nil {
		return false, err
	}
	defer b.proxy.Stop()
	if b.clients, err = startClient(ctx, o.scripts, b.proxy.URL, sluice.OwnerKey); err != nil {
		return false, err
	}
	defer b.clients.stop()
	fmt.Printf("Ollama %s with SmolLM2 135M, ready after %.1f s\n\n", b.model.version, time.Since(begin).Seconds())
	held = true
	const row = "%-20s %-32s %-32s %s\n"
	fmt.Printf(row, "call", "native", "compatible", "openai")
	for _, c := range cases {
		if !strings.HasPrefix(c.name, o.only) {
			continue
		}
		var cells []string
		var faults []string
		for _, format := range formats {
			cell, wrong := b.try(ctx, c, format)
			cells = append(cells, cell)
			for _, w := range wrong {
				faults = append(faults, format+": "+w)
			}
		}
		fmt.Printf(row, c.name, cells[0], cells[1], cells[2])
		for _, f := range faults {
			fmt.Println("    " + f)
		}
		held = held && len(faults) == 0
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
	}
	fmt.Printf("\n%.0f s\n", time.Since(begin).Seconds())
	return held, nil
}

// try runs one case against one format of the server.
func (b *bench) try(ctx context.Context, c testCase, format string) (cell string, wrong []string) {
	b.record.take()
	trace := c.name + "-" + format
	got, err := b.clients.call(ctx, c.name, "@"+format+"/"+modelName, trace)
	if err != nil {
		return "failed", []string{err.Error()}
	}
	left := b.model.busy()
	row, err := b.row(ctx, trace)
	if err != nil {
		return "failed", []string{err.Error()}
	}
	k := &check{testCase: c, format: format, got: got, row: row, calls: b.record.take()}
	if k.kind == cancelled {
		k.stopped(ctx, b.model, left)
	}
	k.all()
	if len(k.wrong) > 0 {
		k.note("FAILED")
		k.fault("client %.300s", got.Raw)
	}
	return strings.Join(k.notes, " "), k.wrong
}

// row waits for the row of a call.
func (b *bench) row(ctx context.Context, trace string) (gjson.Result, error) {
	var a sluice.Answer
	for end := time.Now().Add(rowTime); time.Now().Before(end) && ctx.Err() == nil; time.Sleep(50 * time.Millisecond) {
		if a = b.proxy.Do(ctx, sluice.Call{Path: "/v1/logs/" + trace}); a.Status == 200 && a.JSON("data.0.id").Exists() {
			return a.JSON("data.0"), nil
		}
	}
	return gjson.Result{}, fmt.Errorf("the log has no row of %s: %s", trace, a.Brief())
}
