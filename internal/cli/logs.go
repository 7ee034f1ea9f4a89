package cli

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"
)

// filter is a flag that narrows a list and the API parameter that it sets.
type filter struct{ flag, param, help string }

// filters adds the flags to cmd and returns the function that reads them as a query.
func filters(cmd *cobra.Command, list ...filter) func() url.Values {
	values := make([]string, len(list))
	for i, f := range list {
		cmd.Flags().StringVar(&values[i], f.flag, "", f.help)
	}
	limit := cmd.Flags().Int("limit", 50, "how many at most")
	return func() url.Values {
		q := url.Values{"limit": {strconv.Itoa(*limit)}}
		for i, f := range list {
			if values[i] != "" {
				q.Set(f.param, values[i])
			}
		}
		return q
	}
}

// logsCommand lists exchanges, newest first.
func logsCommand() *cobra.Command {
	var query func() url.Values
	var metadata []string
	var view, facets, text string
	var follow bool
	cmd := clientCommand("logs", "List exchanges, newest first", 0, func(cmd *cobra.Command, c *client, _ []string) error {
		q := query()
		for _, m := range metadata {
			key, value, ok := strings.Cut(m, "=")
			if !ok || key == "" {
				return usage("--metadata is written key=value, not %q", m)
			}
			q.Set("metadata."+key, value)
		}
		if view != "" {
			if err := filtersOf(c, cmd.Context(), view, q); err != nil {
				return err
			}
		}
		if text != "" {
			q.Set("text", text)
		}
		if facets != "" {
			return printFacets(c, cmd.Context(), q, facets)
		}
		if follow {
			q.Del("limit")
			return followLogs(cmd.Context(), c, q)
		}
		list := func() (gjson.Result, error) { return c.call(cmd.Context(), http.MethodGet, apiPath("logs"), q, nil) }
		if text != "" {
			list = func() (gjson.Result, error) { return searchLogs(c, cmd.Context(), q, cmd.ErrOrStderr()) }
		}
		v, err := list()
		if err != nil {
			return err
		}
		if err := c.printTable(v, column{"TIME", "time"}, column{"ID", "id"}, column{"STATUS", "status"}, column{"PROVIDER", "provider"}, column{"MODEL", "model"},
			column{"MS", "latency_ms"}, column{"IN", "usage.input_tokens"}, column{"OUT", "usage.output_tokens"}, column{"USD", "cost_usd"}, column{"PRICE", "price_usd"},
			column{"CACHE", "cache.status"}, column{"MEMBER", "member_name|member"}, column{"TRACE", "trace_id"}); err != nil {
			return err
		}
		if next := v.Get("next_cursor").String(); next != "" && !c.json {
			fmt.Fprintf(cmd.ErrOrStderr(), "more: --cursor %s\n", printable(next))
		}
		return nil
	})
	query = filters(cmd, append(exchangeFilters(), filter{"cursor", "cursor", "where the last page ended"})...)
	cmd.Flags().StringVar(&text, "text", "", "words that stand in what was asked or answered, or in an error")
	cmd.Flags().StringVar(&view, "view", "", "a saved view, whose filters hold unless flags say otherwise")
	cmd.Flags().StringVar(&facets, "facets", "", "count the newest by these instead of listing them: model,status,member …, or all")
	cmd.Flags().StringArrayVar(&metadata, "metadata", nil, "key=value; may be repeated")
	cmd.Flags().BoolVarP(&follow, "follow", "f", false, "print new exchanges as they come, until interrupted")
	cmd.AddCommand(exportLogsCommand(), logExportsCommand(), addLogsCommand())
	return addServerFlags(cmd)
}

// exchangeFilters are the flags that narrow a list or sums of exchanges.
func exchangeFilters() []filter {
	return []filter{
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
		{"since", "since", "a time, or a duration back from now such as 24h"},
		{"until", "until", "likewise"},
		{"workspace", "workspace", "only of this workspace"},
	}
}

// printFacets counts exchanges by some dimensions, or by all.
func printFacets(c *client, ctx context.Context, q url.Values, facets string) error {
	q.Del("limit")
	q.Del("cursor")
	if facets != "all" {
		q.Set("facets", facets)
	}
	v, err := c.call(ctx, http.MethodGet, apiPath("logs", "facets"), q, nil)
	if err != nil {
		return err
	}
	if c.json {
		return c.printJSON(v)
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
			rows = append(rows, []string{cellText(dimension), cellText(firstOf(value, "name|value")), value.Get("count").String() + more(facet.Get("capped").Bool())})
		}
		return true
	})
	return writeTable(c.out, isTerminal(c.out), []string{"FACET", "VALUE", "COUNT"}, rows)
}
