package logs

import (
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sluicegate/sluice/internal/cli/api"
)

// usageKeys are the columns of what usage can be divided by.
var usageKeys = map[string]api.Column{"day": {"DAY", "day"}, "model": {"MODEL", "model"}, "member": {"MEMBER", "member_name|member"},
	"team": {"TEAM", "team_name|team"}, "api_key": {"API KEY", "api_key_name|api_key"}}

// Usage sums up what calls used.
func Usage() *cobra.Command {
	var groupBy []string
	list := []api.Filter{{"since", "since", "from when on: a time, or a duration back from now such as 24h or 7d (default 30 days)"}, {"until", "until", "until when"},
		{"member", "member", "id or name"}, {"team", "team", "id or name"}, {"key", "api_key", "API key, by id or name"}, {"model", "model", "asked or served"},
		{"workspace", "workspace", "workspace (default all that you see)"}}
	values := make([]string, len(list))
	cmd := api.Command("usage", "What calls used: tokens, cost and price", 0, func(cmd *cobra.Command, c *api.Client, _ []string) error {
		var columns []api.Column
		for _, k := range groupBy {
			col, known := usageKeys[k]
			if !known {
				return api.Usage("--group-by takes day, model, member, team and api_key, not %q", k)
			}
			columns = append(columns, col)
		}
		q := api.WorkspaceQuery("")
		q.Set("group_by", strings.Join(groupBy, ","))
		for i, f := range list {
			if values[i] != "" {
				q.Set(f.Param(), values[i])
			}
		}
		v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("usage"), q, nil)
		if err != nil {
			return err
		}
		return c.PrintTable(v, append(columns, api.Column{"CALLS", "calls"}, api.Column{"ERRORS", "errors"}, api.Column{"INPUT", "input_tokens"}, api.Column{"OUTPUT", "output_tokens"},
			api.Column{"COST USD", "cost_usd"}, api.Column{"PRICE USD", "price_usd"}, api.Column{"UNPRICED", "unpriced_calls"})...)
	})
	cmd.Flags().StringSliceVar(&groupBy, "group-by", []string{"day"}, "day, model, member, team, api_key; more with commas")
	for i, f := range list {
		cmd.Flags().StringVar(&values[i], f.Flag(), "", f.Help())
	}
	return api.AddServerFlags(cmd)
}
