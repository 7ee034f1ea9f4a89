package logs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/cli/api"
)

// Trace shows the exchanges behind a request id or trace id, each as a tree.
func Trace() *cobra.Command {
	return api.AddServerFlags(api.Command("trace ID", "Show an exchange (request id, trace id or 'latest') as a tree, with time and cost per stage", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
		v, err := await(cmd.Context(), c, args[0])
		if err != nil {
			return err
		}
		if c.JSON {
			return c.PrintJSON(v)
		}
		return showTrace(c.Out, v)
	}))
}

// showTrace prints exchanges, each with its spans. Where other programs reported spans of the same
// trace, all spans stand in one tree behind the exchanges.
func showTrace(out io.Writer, v gjson.Result) error {
	foreign := v.Get("foreign_spans").Array()
	var spans []treeSpan
	for i, ex := range v.Get("data").Array() {
		if i > 0 {
			fmt.Fprintln(out)
		}
		showExchange(out, ex)
		spans = append(spans, exchangeSpans(ex)...)
		if len(foreign) == 0 {
			if err := showSpans(out, spans); err != nil {
				return err
			}
			spans = nil
		}
	}
	if len(foreign) == 0 {
		return nil
	}
	if len(spans) == 0 {
		fmt.Fprintln(out, "trace "+api.Printable(foreign[0].Get("trace_id").String())+" · no exchange")
	}
	for _, s := range foreign {
		spans = append(spans, foreignSpan(s))
	}
	if err := showSpans(out, spans); err != nil {
		return err
	}
	if v.Get("foreign_spans_cut").Bool() {
		fmt.Fprintln(out, "The trace has more spans of other programs than are shown.")
	}
	return nil
}

// traceWait is how long trace waits for an exchange that has just ended: rows are written in
// batches.
const traceWait = 2 * time.Second

// await asks until there is an exchange, at most for traceWait.
func await(ctx context.Context, c *api.Client, id string) (gjson.Result, error) {
	deadline := time.Now().Add(traceWait)
	for {
		v, err := exchanges(ctx, c, id)
		var e *api.Error
		absent := errors.As(err, &e) && e.Status == http.StatusNotFound || err == nil && len(v.Get("data").Array())+len(v.Get("foreign_spans").Array()) == 0
		if !absent {
			return v, err
		}
		if time.Now().After(deadline) {
			return v, fmt.Errorf("there is no exchange and no span with the request id or trace id '%s'", api.Printable(id))
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
func exchanges(ctx context.Context, c *api.Client, id string) (gjson.Result, error) {
	if id == "latest" {
		v, err := newest(ctx, c)
		if id = v.Get("data.0.id").String(); err != nil || id == "" {
			return v, err
		}
	}
	return c.Call(ctx, http.MethodGet, api.Path("logs", id), nil, nil)
}

// latestWait is how long trace waits for the row of a call that has ended just before: a row is written
// some 150 ms behind its answer, and the newest one that is there may be that of the call before.
const latestWait = 400 * time.Millisecond

// newest finds the newest exchange. Where there is one, a newer one may be about to be written.
func newest(ctx context.Context, c *api.Client) (gjson.Result, error) {
	ask := func() (gjson.Result, error) {
		return c.Call(ctx, http.MethodGet, api.Path("logs"), url.Values{"limit": {"1"}}, nil)
	}
	v, err := ask()
	if err != nil || v.Get("data.0.id").String() == "" {
		return v, err
	}
	select {
	case <-ctx.Done():
		return v, ctx.Err()
	case <-time.After(latestWait):
		return ask()
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
			parts = append(parts, strings.TrimSpace(r.label+" "+api.Printable(v)))
		}
	}
	if s.Get("status").String() == "error" {
		if m := s.Get("message").String(); m != "" {
			parts = append(parts, "failed: "+api.Printable(m))
		} else {
			parts = append(parts, "failed")
		}
	}
	return strings.Join(parts, " · ")
}

// micros formats microseconds, "" if there are none.
func micros(v gjson.Result) string {
	if !v.Exists() {
		return ""
	}
	return formatDuration(time.Duration(v.Int()) * time.Microsecond)
}

func formatDuration(d time.Duration) string {
	switch {
	case d >= time.Second:
		return d.Round(time.Millisecond).String()
	case d >= time.Millisecond:
		return fmt.Sprintf("%.1fms", float64(d.Microseconds())/1000)
	default:
		return fmt.Sprintf("%dµs", d.Microseconds())
	}
}
