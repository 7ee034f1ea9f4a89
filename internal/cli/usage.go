package cli

import (
	"net/http"
	"strings"

	"github.com/spf13/cobra"
)

// usageKeys are the columns of what usage can be divided by.
var usageKeys = map[string]column{"day": {"DAY", "day"}, "model": {"MODEL", "model"}, "member": {"MEMBER", "member_name|member"},
	"team": {"TEAM", "team_name|team"}, "api_key": {"API KEY", "api_key_name|api_key"}}

// usageCommand sums up what calls used.
func usageCommand() *cobra.Command {
	var groupBy []string
	list := []filter{{"since", "since", "from when on: a time, or a duration back from now such as 24h (default 30 days)"}, {"until", "until", "until when"},
		{"member", "member", "id or name"}, {"team", "team", "id or name"}, {"key", "api_key", "API key, by id or name"}, {"model", "model", "asked or served"},
		{"workspace", "workspace", "workspace (default all that you see)"}}
	values := make([]string, len(list))
	cmd := clientCommand("usage", "What calls used: tokens, cost and price", 0, func(cmd *cobra.Command, c *client, _ []string) error {
		var columns []column
		for _, k := range groupBy {
			col, known := usageKeys[k]
			if !known {
				return usage("--group-by takes day, model, member, team and api_key, not %q", k)
			}
			columns = append(columns, col)
		}
		q := workspaceQuery("")
		q.Set("group_by", strings.Join(groupBy, ","))
		for i, f := range list {
			if values[i] != "" {
				q.Set(f.param, values[i])
			}
		}
		v, err := c.call(cmd.Context(), http.MethodGet, apiPath("usage"), q, nil)
		if err != nil {
			return err
		}
		return c.printTable(v, append(columns, column{"CALLS", "calls"}, column{"ERRORS", "errors"}, column{"INPUT", "input_tokens"}, column{"OUTPUT", "output_tokens"},
			column{"COST USD", "cost_usd"}, column{"PRICE USD", "price_usd"}, column{"UNPRICED", "unpriced_calls"})...)
	})
	cmd.Flags().StringSliceVar(&groupBy, "group-by", []string{"day"}, "day, model, member, team, api_key; more with commas")
	for i, f := range list {
		cmd.Flags().StringVar(&values[i], f.flag, "", f.help)
	}
	return addServerFlags(cmd)
}
