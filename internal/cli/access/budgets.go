package access

import (
	"errors"
	"net/http"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/internal/cli/api"
)

// Budgets manages budgets by conditions and groups.
func Budgets() *cobra.Command {
	var workspace string
	cmd := api.Group("budgets", "What calls may cost, by conditions, groups and periods",
		api.Command("list", "List budgets", 0, func(cmd *cobra.Command, c *api.Client, _ []string) error {
			v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("policies", "usage-limits"), api.WorkspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.PrintTable(v, api.Column{"ID", "id"}, api.Column{"NAME", "name"}, api.Column{"LIMIT USD", "credit_limit"}, api.Column{"PERIOD", "period"}, api.Column{"TIME ZONE", "time_zone"},
				api.Column{"CONDITIONS", "conditions"}, api.Column{"GROUP BY", "group_by"}, api.Column{"FROM FILE", "from_file"})
		}),
		createBudgetCommand(&workspace),
		api.Command("delete ID", "Delete a budget", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
			v, err := c.Call(cmd.Context(), http.MethodDelete, api.Path("policies", "usage-limits", args[0]), api.WorkspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.PrintLine(v, "deleted %s", args[0])
		}),
		api.Command("explain KEY", "Everything that limits what the calls of an API key cost", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
			v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("api-keys", args[0], "budgets"), api.WorkspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return printExplanation(c, v)
		}),
		api.Command("verify", "Add up the ledger: entries, accounts and reservations", 0, verifyLedger))
	cmd.PersistentFlags().StringVar(&workspace, "workspace", "", "workspace (default your own); '*' for all, with create")
	return cmd
}

func createBudgetCommand(workspace *string) *cobra.Command {
	var limit, period, zone, ends string
	var where, groupBy []string
	cmd := api.Command("create NAME", "Limit what calls may cost", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
		conditions, groups, err := scopeOf(where, groupBy)
		if err != nil {
			return err
		}
		v, err := c.Call(cmd.Context(), http.MethodPost, api.Path("policies", "usage-limits"), nil,
			api.Body{"name": args[0], "credit_limit": limit, "period": period, "conditions": conditions, "group_by": groups}.Text("time_zone", zone).Text("ends_at", ends).Text("workspace", *workspace))
		if err != nil {
			return err
		}
		return c.PrintObject(v, api.Column{"id", "id"}, api.Column{"name", "name"}, api.Column{"limit USD", "credit_limit"}, api.Column{"period", "period"}, api.Column{"time zone", "time_zone"})
	})
	cmd.Flags().StringVar(&limit, "usd", "", "what the calls of a period may cost, such as 100")
	cmd.Flags().StringVar(&period, "period", "month", "day, week, month or life")
	cmd.Flags().StringVar(&zone, "time-zone", "", "IANA name of the zone in which periods begin (default UTC)")
	cmd.Flags().StringVar(&ends, "ends", "", "from when on it limits nothing, such as 2027-01-31T00:00:00Z")
	scopeFlags(cmd, &where, &groupBy)
	return cmd
}

// printExplanation prints a table of accounts, and one of what is reserved of them.
func printExplanation(c *api.Client, v gjson.Result) error {
	if c.JSON {
		return c.PrintJSON(v)
	}
	accounts, reservations := [][]string{}, [][]string{}
	v.Get("data").ForEach(func(_, e gjson.Result) bool {
		name, applies := api.Printable(e.Get("name").String()), "to each call"
		if name == "" {
			name = "the key's own"
		}
		if !e.Get("applies_to_each_call").Bool() {
			applies = "to some calls"
		}
		e.Get("accounts").ForEach(func(_, a gjson.Result) bool {
			group := ""
			a.Get("group").ForEach(func(_, g gjson.Result) bool {
				group += " " + api.Printable(g.Get("key").String()+"="+g.Get("value").String())
				return true
			})
			period, zone := e.Get("budget.period").String(), e.Get("budget.time_zone").String()
			accounts = append(accounts, []string{e.Get("kind").String(), name + group, applies, period, zone, api.CellText(a.Get("resets_at")), e.Get("limit_usd").Raw, a.Get("spent_usd").Raw, a.Get("reserved_usd").Raw, a.Get("left_usd").Raw, api.CellText(a.Get("closed"))})
			a.Get("reservations").ForEach(func(_, r gjson.Result) bool {
				reservations = append(reservations, []string{name + group, r.Get("request_id").String(), r.Get("amount_usd").Raw, r.Get("age_seconds").Raw, api.CellText(r.Get("lease_ends_at"))})
				return true
			})
			return true
		})
		return true
	})
	if err := api.WriteTable(c.Out, api.IsTerminal(c.Out), []string{"KIND", "NAME", "APPLIES", "PERIOD", "TIME ZONE", "RESETS", "LIMIT USD", "SPENT USD", "RESERVED USD", "LEFT USD", "CLOSED"}, accounts); err != nil || len(reservations) == 0 {
		return err
	}
	return api.WriteTable(c.Out, api.IsTerminal(c.Out), []string{"RESERVED OF", "REQUEST", "USD", "AGE S", "LEASE ENDS"}, reservations)
}

// verifyLedger fails if the ledger does not add up.
func verifyLedger(cmd *cobra.Command, c *api.Client, _ []string) error {
	v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("ledger", "verification"), nil, nil)
	if err != nil {
		return err
	}
	if err := c.PrintObject(v, api.Column{"sound", "sound"}, api.Column{"transactions", "transactions"}, api.Column{"entries", "entries"}, api.Column{"accounts", "accounts"}, api.Column{"reservations", "reservations"},
		api.Column{"unbalanced", "unbalanced_transactions"}, api.Column{"wrong", "wrong_accounts"}); err != nil {
		return err
	}
	if !v.Get("sound").Bool() {
		return errors.New("the ledger does not add up")
	}
	return nil
}
