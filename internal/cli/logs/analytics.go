package logs

import (
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sluicegate/sluice/internal/cli/api"
)

// Analytics sums up exchanges by time and by what they can be divided by.
func Analytics() *cobra.Command {
	var view string
	list := append([]api.Filter{{"by", "group_by", "model, provider, virtual_key, member, team, api_key, config, prompt, variant, status, outcome, cache, verdict, rescue, user or metadata.KEY"},
		{"interval", "interval", "none (default), auto, 1m, 5m, 10m, 30m, 1h, 3h, 6h, 12h, 24h or 168h"}, {"compare", "compare", "previous: the same length of time before, too"}}, exchangeFilters()...)
	values := make([]string, len(list))
	cmd := api.Command("analytics", "Calls, errors, tokens, cost and latency by time and by what you choose", 0, func(cmd *cobra.Command, c *api.Client, _ []string) error {
		q := api.WorkspaceQuery("")
		for i, f := range list {
			if values[i] != "" {
				q.Set(f.Param(), values[i])
			}
		}
		if view != "" {
			if err := filtersOf(cmd.Context(), c, view, q); err != nil {
				return err
			}
		}
		v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("analytics"), q, nil)
		if err != nil {
			return err
		}
		var columns []api.Column
		if q.Get("interval") != "" && q.Get("interval") != "none" {
			columns = append(columns, api.Column{"TIME", "timestamp"})
		}
		if by := q.Get("group_by"); by != "" {
			columns = append(columns, api.Column{strings.ToUpper(strings.ReplaceAll(by, "_", " ")), "name|value"})
		}
		columns = append(columns, api.Column{"CALLS", "calls"}, api.Column{"ERRORS", "errors"}, api.Column{"CACHE HITS", "cache_hits"}, api.Column{"RESCUED", "rescued"}, api.Column{"USERS", "users"},
			api.Column{"INPUT", "input_tokens"}, api.Column{"OUTPUT", "output_tokens"}, api.Column{"COST USD", "cost_usd"}, api.Column{"SAVED USD", "saved_usd"},
			api.Column{"P50 MS", "latency_ms.p50"}, api.Column{"P99 MS", "latency_ms.p99"})
		if err := c.PrintTable(v, columns...); err != nil || c.JSON || !v.Get("previous").Exists() {
			return err
		}
		if err := c.PrintLine(v, "\nbefore: %s to %s", v.Get("previous.since").String(), v.Get("previous.until").String()); err != nil {
			return err
		}
		return c.PrintTable(v.Get("previous"), columns...)
	})
	for i, f := range list {
		cmd.Flags().StringVar(&values[i], f.Flag(), "", f.Help())
	}
	cmd.Flags().StringVar(&view, "view", "", "a saved view, whose filters hold unless flags say otherwise")
	return api.AddServerFlags(cmd)
}
