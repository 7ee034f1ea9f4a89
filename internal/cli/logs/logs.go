// Package logs holds the commands that read what happened: calls and their sessions, traces,
// sums, views, exports, feedback, and the comparison with a vendor's bill.
//
// They read rows through the admin API, so that what they show is what the caller's role may see. Rows
// are durable a second after the answer at the latest. A list pages from the newest backwards; with
// --follow it reads the server's stream of new rows. Feedback, views, exports and added rows are all that
// is written.
package logs

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/internal/cli/api"
)

// Command lists exchanges, newest first.
func Command() *cobra.Command {
	var query func() url.Values
	var metadata []string
	var view, facets, text string
	var follow bool
	cmd := api.Command("logs", "List exchanges, newest first", 0, func(cmd *cobra.Command, c *api.Client, _ []string) error {
		q := query()
		for _, m := range metadata {
			key, value, ok := strings.Cut(m, "=")
			if !ok || key == "" {
				return api.Usage("--metadata is written key=value, not %q", m)
			}
			q.Set("metadata."+key, value)
		}
		if view != "" {
			if err := filtersOf(cmd.Context(), c, view, q); err != nil {
				return err
			}
		}
		if text != "" {
			q.Set("text", text)
		}
		if facets != "" {
			return printFacets(cmd.Context(), c, q, facets)
		}
		if follow {
			q.Del("limit")
			return followLogs(cmd.Context(), c, q)
		}
		list := func() (gjson.Result, error) { return c.Call(cmd.Context(), http.MethodGet, api.Path("logs"), q, nil) }
		if text != "" {
			list = func() (gjson.Result, error) { return searchLogs(cmd.Context(), c, q, cmd.ErrOrStderr()) }
		}
		v, err := list()
		if err != nil {
			return err
		}
		if err := c.PrintTable(v, api.Column{"TIME", "time"}, api.Column{"ID", "id"}, api.Column{"STATUS", "status"}, api.Column{"PROVIDER", "provider"}, api.Column{"MODEL", "model"},
			api.Column{"MS", "latency_ms"}, api.Column{"IN", "usage.input_tokens"}, api.Column{"OUT", "usage.output_tokens"}, api.Column{"USD", "cost_usd"}, api.Column{"PRICE", "price_usd"},
			api.Column{"CACHE", "cache.status"}, api.Column{"MEMBER", "member_name|member"}, api.Column{"TRACE", "trace_id"}); err != nil {
			return err
		}
		if next := v.Get("next_cursor").String(); next != "" && !c.JSON {
			fmt.Fprintf(cmd.ErrOrStderr(), "more: --cursor %s\n", api.Printable(next))
		}
		return nil
	})
	query = api.Filters(cmd, append(exchangeFilters(), api.Filter{"cursor", "cursor", "where the last page ended"})...)
	cmd.Flags().StringVar(&text, "text", "", "words that stand in what was asked or answered, or in an error")
	cmd.Flags().StringVar(&view, "view", "", "a saved view, whose filters hold unless flags say otherwise")
	cmd.Flags().StringVar(&facets, "facets", "", "count the newest by these instead of listing them: model,status,member …, or all")
	cmd.Flags().StringArrayVar(&metadata, "metadata", nil, "key=value; may be repeated")
	cmd.Flags().BoolVarP(&follow, "follow", "f", false, "print new exchanges as they come, until interrupted")
	cmd.AddCommand(exportLogsCommand(), logExportsCommand(), addLogsCommand())
	return api.AddServerFlags(cmd)
}

// exchangeFilters are the flags that narrow a list or sums of exchanges.
func exchangeFilters() []api.Filter {
	return []api.Filter{
		{"model", "model", "asked for or served; this filter and the others take several values with commas"},
		{"provider", "provider", "vendor"},
		{"virtual-key", "virtual_key", "name"},
		{"status", "status", "HTTP status, or a class such as 4xx; 5xx,429 is either"},
		{"outcome", "outcome", "ok, error, or one of its kinds"},
		{"member", "member", "who asked"},
		{"team", "team", "id or name"},
		{"key", "api_key", "id or name of the API key"},
		{"trace", "trace_id", "trace id, as the caller sent it"},
		{"session", "session_id", "id of the session"},
		{"cache", "cache", "HIT, MISS …"},
		{"config", "config", "slug"},
		{"prompt", "prompt", "id or slug"},
		{"variant", "variant", "arm of an experiment"},
		{"verdict", "verdict", "of the guardrails: none, allow, flag, redact or deny"},
		{"since", "since", "a time, or a duration back from now such as 24h or 7d"},
		{"until", "until", "likewise"},
		{"workspace", "workspace", "only of this workspace"},
	}
}

// printFacets counts exchanges by some dimensions, or by all.
func printFacets(ctx context.Context, c *api.Client, q url.Values, facets string) error {
	q.Del("limit")
	q.Del("cursor")
	if facets != "all" {
		q.Set("facets", facets)
	}
	v, err := c.Call(ctx, http.MethodGet, api.Path("logs", "facets"), q, nil)
	if err != nil {
		return err
	}
	if c.JSON {
		return c.PrintJSON(v)
	}
	var rows [][]string
	more := func(capped bool) string {
		if capped {
			return "+"
		}
		return ""
	}
	rows = append(rows, []string{"total", "", v.Get("total.count").String() + more(v.Get("total.capped").Bool())})
	v.Get("facets").ForEach(func(dimension, facet gjson.Result) bool {
		for _, value := range facet.Get("values").Array() {
			rows = append(rows, []string{api.CellText(dimension), api.CellText(api.FirstOf(value, "name|value")), value.Get("count").String() + more(facet.Get("capped").Bool())})
		}
		return true
	})
	return api.WriteTable(c.Out, api.IsTerminal(c.Out), []string{"FACET", "VALUE", "COUNT"}, rows)
}
