package cli

import (
	"net/http"
	"strings"

	"github.com/spf13/cobra"
)

// limitsCommand manages rate limits with conditions and groups.
func limitsCommand() *cobra.Command {
	var workspace string
	cmd := group("limits", "Rate limits by conditions and groups",
		clientCommand("list", "List rate limits", 0, func(cmd *cobra.Command, c *client, _ []string) error {
			v, err := c.call(cmd.Context(), http.MethodGet, apiPath("policies", "rate-limits"), workspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.printTable(v, column{"ID", "id"}, column{"NAME", "name"}, column{"TYPE", "type"}, column{"VALUE", "value"}, column{"UNIT", "unit"},
				column{"CONDITIONS", "conditions"}, column{"GROUP BY", "group_by"}, column{"FROM FILE", "from_file"})
		}),
		createLimitCommand(&workspace),
		clientCommand("delete ID", "Delete a rate limit", 1, func(cmd *cobra.Command, c *client, args []string) error {
			v, err := c.call(cmd.Context(), http.MethodDelete, apiPath("policies", "rate-limits", args[0]), workspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.printLine(v, "deleted %s", args[0])
		}))
	cmd.PersistentFlags().StringVar(&workspace, "workspace", "", "workspace (default your own); '*' for all, with create")
	return cmd
}

func createLimitCommand(workspace *string) *cobra.Command {
	var kind, unit string
	var value int64
	var where, groupBy []string
	cmd := clientCommand("create NAME", "Limit requests, tokens or concurrent requests", 1, func(cmd *cobra.Command, c *client, args []string) error {
		conditions, groups, err := scopeOf(where, groupBy)
		if err != nil {
			return err
		}
		v, err := c.call(cmd.Context(), http.MethodPost, apiPath("policies", "rate-limits"), nil,
			body{"name": args[0], "type": kind, "value": value, "conditions": conditions, "group_by": groups}.text("unit", unit).text("workspace", *workspace))
		if err != nil {
			return err
		}
		return c.printObject(v, column{"id", "id"}, column{"name", "name"}, column{"type", "type"}, column{"value", "value"}, column{"unit", "unit"})
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
func scopeOf(where, groupBy []string) (conditions, groups []body, err error) {
	conditions, groups = []body{}, []body{}
	for _, w := range where {
		key, values, ok := strings.Cut(w, "=")
		if !ok {
			return nil, nil, usage("--where takes key=value or key!=value, not %q", w)
		}
		key, excludes := strings.CutSuffix(key, "!")
		conditions = append(conditions, body{"key": key, "value": strings.Split(values, ","), "excludes": excludes})
	}
	for _, g := range groupBy {
		groups = append(groups, body{"key": g})
	}
	return conditions, groups, nil
}
