package access

import (
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sluicegate/sluice/internal/cli/api"
)

// Limits manages rate limits with conditions and groups.
func Limits() *cobra.Command {
	var workspace string
	cmd := api.Group("limits", "Rate limits by conditions and groups",
		api.Command("list", "List rate limits", 0, func(cmd *cobra.Command, c *api.Client, _ []string) error {
			v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("policies", "rate-limits"), api.WorkspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.PrintTable(v, api.Column{"ID", "id"}, api.Column{"NAME", "name"}, api.Column{"TYPE", "type"}, api.Column{"VALUE", "value"}, api.Column{"UNIT", "unit"},
				api.Column{"CONDITIONS", "conditions"}, api.Column{"GROUP BY", "group_by"}, api.Column{"FROM FILE", "from_file"})
		}),
		createLimitCommand(&workspace),
		api.Command("delete ID", "Delete a rate limit", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
			v, err := c.Call(cmd.Context(), http.MethodDelete, api.Path("policies", "rate-limits", args[0]), api.WorkspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.PrintLine(v, "deleted %s", args[0])
		}))
	cmd.PersistentFlags().StringVar(&workspace, "workspace", "", "workspace (default your own); '*' for all, with create")
	return cmd
}

func createLimitCommand(workspace *string) *cobra.Command {
	var kind, unit string
	var value int64
	var where, groupBy []string
	cmd := api.Command("create NAME", "Limit requests, tokens or concurrent requests", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
		conditions, groups, err := scopeOf(where, groupBy)
		if err != nil {
			return err
		}
		v, err := c.Call(cmd.Context(), http.MethodPost, api.Path("policies", "rate-limits"), nil,
			api.Body{"name": args[0], "type": kind, "value": value, "conditions": conditions, "group_by": groups}.Text("unit", unit).Text("workspace", *workspace))
		if err != nil {
			return err
		}
		return c.PrintObject(v, api.Column{"id", "id"}, api.Column{"name", "name"}, api.Column{"type", "type"}, api.Column{"value", "value"}, api.Column{"unit", "unit"})
	})
	cmd.Flags().StringVar(&kind, "type", "requests", "requests, tokens or concurrent_requests")
	cmd.Flags().StringVar(&unit, "unit", "", "rps, rpm, rph, rpd, rpw or rpmonth")
	cmd.Flags().Int64Var(&value, "value", 0, "the most that fits")
	scopeFlags(cmd, &where, &groupBy)
	return cmd
}

// scopeFlags are the flags that say which calls a rule concerns.
func scopeFlags(cmd *cobra.Command, where, groupBy *[]string) {
	cmd.Flags().StringArrayVar(where, "where", nil, "condition key=value[,value…] or key!=value; repeat it for more")
	cmd.Flags().StringSliceVar(groupBy, "group-by", nil, "attributes whose values are counted apart")
}

// scopeOf are the conditions and groups of a body.
func scopeOf(where, groupBy []string) (conditions, groups []api.Body, err error) {
	conditions, groups = []api.Body{}, []api.Body{}
	for _, w := range where {
		key, values, ok := strings.Cut(w, "=")
		if !ok {
			return nil, nil, api.Usage("--where takes key=value or key!=value, not %q", w)
		}
		key, excludes := strings.CutSuffix(key, "!")
		conditions = append(conditions, api.Body{"key": key, "value": strings.Split(values, ","), "excludes": excludes})
	}
	for _, g := range groupBy {
		groups = append(groups, api.Body{"key": g})
	}
	return conditions, groups, nil
}
