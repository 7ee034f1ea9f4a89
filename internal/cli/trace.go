package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
)

// traceCommand shows the exchanges behind a request id or trace id, each as a tree.
func traceCommand() *cobra.Command {
	return addServerFlags(clientCommand("trace ID", "Show an exchange (request id, trace id or 'latest') as a tree, with time and cost per stage", 1, func(cmd *cobra.Command, c *client, args []string) error {
		v, err := c.await(cmd.Context(), args[0])
		if err != nil {
			return err
		}
		if c.json {
			return c.printJSON(v)
		}
		for i, ex := range v.Get("data").Array() {
			if i > 0 {
				fmt.Fprintln(c.out)
			}
			if err := showExchange(c.out, ex); err != nil {
				return err
			}
		}
		return nil
	}))
}

// traceWait is how long trace waits for an exchange that has just ended: rows are written in
// batches.
const traceWait = 2 * time.Second

// await asks until there is an exchange, at most for traceWait.
func (c *client) await(ctx context.Context, id string) (gjson.Result, error) {
	deadline := time.Now().Add(traceWait)
	for {
		v, err := c.exchanges(ctx, id)
		var e *apiError
		absent := errors.As(err, &e) && e.status == http.StatusNotFound || err == nil && len(v.Get("data").Array()) == 0
		if !absent {
			return v, err
		}
		if time.Now().After(deadline) {
			return v, fmt.Errorf("there is no exchange with the request id or trace id '%s'", printable(id))
		}
		select {
		case <-ctx.Done():
			return v, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// exchanges asks once for the exchanges of an id. "latest" is the newest exchange that the key
// may see.
func (c *client) exchanges(ctx context.Context, id string) (gjson.Result, error) {
	if id == "latest" {
		v, err := c.call(ctx, http.MethodGet, apiPath("logs"), url.Values{"limit": {"1"}}, nil)
		if id = v.Get("data.0.id").String(); err != nil || id == "" {
			return v, err
		}
	}
	return c.call(ctx, http.MethodGet, apiPath("logs", id), nil, nil)
}

// showSpans prints the spans as trees, siblings in the order of their starts. A span whose
// parent is not among them is a root.
func showSpans(out io.Writer, spans []gjson.Result) error {
	if len(spans) == 0 {
		return nil
	}
	known := map[string]bool{}
	for _, s := range spans {
		known[s.Get("id").String()] = true
	}
	children := map[string][]gjson.Result{}
	for _, s := range spans {
		parent := s.Get("parent").String()
		if !known[parent] || parent == s.Get("id").String() {
			parent = ""
		}
		children[parent] = append(children[parent], s)
	}
	for _, list := range children {
		slices.SortStableFunc(list, func(a, b gjson.Result) int { return int(a.Get("start_us").Int() - b.Get("start_us").Int()) })
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nSPAN\tSTART\tTIME\tSELF\tCOST\t")
	t := spanTree{w: w, children: children, shown: map[string]bool{}}
	for _, root := range children[""] {
		t.show(root, "", "")
	}
	for _, s := range spans { // spans whose parents form a cycle have no root
		t.show(s, "", "")
	}
	return w.Flush()
}

// spanTree prints spans with their children below them.
type spanTree struct {
	w        io.Writer
	children map[string][]gjson.Result
	shown    map[string]bool // ends a cycle of parents
}

func (t *spanTree) show(s gjson.Result, branch, below string) {
	id := s.Get("id").String()
	if t.shown[id] {
		return
	}
	t.shown[id] = true
	name := printable(s.Get("name").String())
	if kind := s.Get("kind").String(); strings.EqualFold(kind, "client") {
		name = strings.TrimSpace(name + " " + printable(attribute(s, "server.address", "gen_ai.provider.name")))
	}
	fmt.Fprintf(t.w, "%s%s\t%s\t%s\t%s\t%s\t%s\n", branch, name, micros(s.Get("start_us")), micros(s.Get("duration_us")), micros(s.Get("self_us")), spanCost(s), remark(s))
	list := t.children[id]
	for i, c := range list {
		if i == len(list)-1 {
			t.show(c, below+"└ ", below+"  ")
		} else {
			t.show(c, below+"├ ", below+"│ ")
		}
	}
}

// attribute returns the first of the named attributes that the span has.
func attribute(s gjson.Result, names ...string) string {
	for _, n := range names {
		if v := s.Get("attributes." + strings.ReplaceAll(n, ".", `\.`)); v.Exists() {
			return v.String()
		}
	}
	return ""
}

func spanCost(s gjson.Result) string {
	v := s.Get(`attributes.sluice\.cost\.nano_usd`)
	if !v.Exists() {
		return ""
	}
	return "$" + gateway.FormatUSD(v.Int())
}

// remarks are the attributes that a span's line shows, in this order.
var remarks = []struct{ label, name string }{
	{"", "sluice.target"}, {"model", "gen_ai.request.model"}, {"in", "gen_ai.usage.input_tokens"}, {"out", "gen_ai.usage.output_tokens"},
	{"", "http.response.status_code"}, {"", "sluice.cache.status"}, {"similarity", "sluice.cache.similarity"}, {"prompt", "gen_ai.prompt.name"},
	{"version", "gen_ai.prompt.version"}, {"arm", "sluice.prompt.variant"}, {"", "sluice.guardrail.action"}, {"", "error.type"},
}

func remark(s gjson.Result) string {
	var parts []string
	for _, r := range remarks {
		if v := attribute(s, r.name); v != "" {
			parts = append(parts, strings.TrimSpace(r.label+" "+printable(v)))
		}
	}
	if s.Get("status").String() == "error" {
		if m := s.Get("message").String(); m != "" {
			parts = append(parts, "failed: "+printable(m))
		} else {
			parts = append(parts, "failed")
		}
	}
	return strings.Join(parts, " · ")
}

// micros formats microseconds.
func micros(v gjson.Result) string {
	if !v.Exists() {
		return ""
	}
	d := time.Duration(v.Int()) * time.Microsecond
	switch {
	case d >= time.Second:
		return d.Round(time.Millisecond).String()
	case d >= time.Millisecond:
		return fmt.Sprintf("%.1fms", float64(d.Microseconds())/1000)
	default:
		return fmt.Sprintf("%dµs", d.Microseconds())
	}
}
