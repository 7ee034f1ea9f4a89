package cli

import (
	"net/http"
	"strings"

	"github.com/spf13/cobra"
)

// analyticsCommand sums up exchanges by time and by what they can be divided by.
func analyticsCommand() *cobra.Command {
	var view string
	list := append([]filter{{"by", "group_by", "model, provider, virtual_key, member, team, api_key, config, prompt, variant, status, outcome, cache, verdict, rescue, user or metadata.KEY"},
		{"interval", "interval", "none (default), auto, 1m, 5m, 10m, 30m, 1h, 3h, 6h, 12h, 24h or 168h"}, {"compare", "compare", "previous: the same length of time before, too"}}, exchangeFilters()...)
	values := make([]string, len(list))
	cmd := clientCommand("analytics", "Calls, errors, tokens, cost and latency by time and by what you choose", 0, func(cmd *cobra.Command, c *client, _ []string) error {
		q := workspaceQuery("")
		for i, f := range list {
			if values[i] != "" {
				q.Set(f.param, values[i])
			}
		}
		if view != "" {
			if err := filtersOf(c, cmd.Context(), view, q); err != nil {
				return err
			}
		}
		v, err := c.call(cmd.Context(), http.MethodGet, apiPath("analytics"), q, nil)
		if err != nil {
			return err
		}
		var columns []column
		if q.Get("interval") != "" && q.Get("interval") != "none" {
			columns = append(columns, column{"TIME", "timestamp"})
		}
		if by := q.Get("group_by"); by != "" {
			columns = append(columns, column{strings.ToUpper(strings.ReplaceAll(by, "_", " ")), "name|value"})
		}
		columns = append(columns, column{"CALLS", "calls"}, column{"ERRORS", "errors"}, column{"CACHE HITS", "cache_hits"}, column{"RESCUED", "rescued"}, column{"USERS", "users"},
			column{"INPUT", "input_tokens"}, column{"OUTPUT", "output_tokens"}, column{"COST USD", "cost_usd"}, column{"SAVED USD", "saved_usd"},
			column{"P50 MS", "latency_ms.p50"}, column{"P99 MS", "latency_ms.p99"})
		if err := c.printTable(v, columns...); err != nil || c.json || !v.Get("previous").Exists() {
			return err
		}
		if err := c.printLine(v, "\nbefore: %s to %s", v.Get("previous.since").String(), v.Get("previous.until").String()); err != nil {
			return err
		}
		return c.printTable(v.Get("previous"), columns...)
	})
	for i, f := range list {
		cmd.Flags().StringVar(&values[i], f.flag, "", f.help)
	}
	cmd.Flags().StringVar(&view, "view", "", "a saved view, whose filters hold unless flags say otherwise")
	return addServerFlags(cmd)
}
