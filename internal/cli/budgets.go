package cli

import (
	"errors"
	"net/http"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"
)

// budgetsCommand manages budgets by conditions and groups.
func budgetsCommand() *cobra.Command {
	var workspace string
	cmd := group("budgets", "What calls may cost, by conditions, groups and periods",
		clientCommand("list", "List budgets", 0, func(cmd *cobra.Command, c *client, _ []string) error {
			v, err := c.call(cmd.Context(), http.MethodGet, apiPath("policies", "usage-limits"), workspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.printTable(v, column{"ID", "id"}, column{"NAME", "name"}, column{"LIMIT USD", "credit_limit"}, column{"PERIOD", "period"}, column{"TIME ZONE", "time_zone"},
				column{"CONDITIONS", "conditions"}, column{"GROUP BY", "group_by"}, column{"FROM FILE", "from_file"})
		}),
		createBudgetCommand(&workspace),
		clientCommand("delete ID", "Delete a budget", 1, func(cmd *cobra.Command, c *client, args []string) error {
			v, err := c.call(cmd.Context(), http.MethodDelete, apiPath("policies", "usage-limits", args[0]), workspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.printLine(v, "deleted %s", args[0])
		}),
		clientCommand("explain KEY", "Everything that limits what the calls of an API key cost", 1, func(cmd *cobra.Command, c *client, args []string) error {
			v, err := c.call(cmd.Context(), http.MethodGet, apiPath("api-keys", args[0], "budgets"), workspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return printExplanation(c, v)
		}),
		clientCommand("verify", "Add up the ledger: entries, accounts and reservations", 0, verifyLedger))
	cmd.PersistentFlags().StringVar(&workspace, "workspace", "", "workspace (default your own); '*' for all, with create")
	return cmd
}

func createBudgetCommand(workspace *string) *cobra.Command {
	var limit, period, zone, ends string
	var where, groupBy []string
	cmd := clientCommand("create NAME", "Limit what calls may cost", 1, func(cmd *cobra.Command, c *client, args []string) error {
		conditions, groups, err := scopeOf(where, groupBy)
		if err != nil {
			return err
		}
		v, err := c.call(cmd.Context(), http.MethodPost, apiPath("policies", "usage-limits"), nil,
			body{"name": args[0], "credit_limit": limit, "period": period, "conditions": conditions, "group_by": groups}.text("time_zone", zone).text("ends_at", ends).text("workspace", *workspace))
		if err != nil {
			return err
		}
		return c.printObject(v, column{"id", "id"}, column{"name", "name"}, column{"limit USD", "credit_limit"}, column{"period", "period"}, column{"time zone", "time_zone"})
	})
	cmd.Flags().StringVar(&limit, "usd", "", "what the calls of a period may cost, such as 100")
	cmd.Flags().StringVar(&period, "period", "month", "day, week, month or life")
	cmd.Flags().StringVar(&zone, "time-zone", "", "IANA name of the zone in which periods begin (default UTC)")
	cmd.Flags().StringVar(&ends, "ends", "", "from when on it limits nothing, such as 2027-01-31T00:00:00Z")
	scopeFlags(cmd, &where, &groupBy)
	return cmd
}

// printExplanation prints a table of accounts, and one of what is reserved of them.
func printExplanation(c *client, v gjson.Result) error {
	if c.json {
		return c.printJSON(v)
	}
	accounts, reservations := [][]string{}, [][]string{}
	v.Get("data").ForEach(func(_, e gjson.Result) bool {
		name, applies := printable(e.Get("name").String()), "to each call"
		if name == "" {
			name = "the key's own"
		}
		if !e.Get("applies_to_each_call").Bool() {
			applies = "to some calls"
		}
		e.Get("accounts").ForEach(func(_, a gjson.Result) bool {
			group := ""
			a.Get("group").ForEach(func(_, g gjson.Result) bool {
				group += " " + printable(g.Get("key").String()+"="+g.Get("value").String())
				return true
			})
			period, zone := e.Get("budget.period").String(), e.Get("budget.time_zone").String()
			accounts = append(accounts, []string{e.Get("kind").String(), name + group, applies, period, zone, cellText(a.Get("resets_at")), e.Get("limit_usd").Raw, a.Get("spent_usd").Raw, a.Get("reserved_usd").Raw, a.Get("left_usd").Raw, cellText(a.Get("closed"))})
			a.Get("reservations").ForEach(func(_, r gjson.Result) bool {
				reservations = append(reservations, []string{name + group, r.Get("request_id").String(), r.Get("amount_usd").Raw, r.Get("age_seconds").Raw, cellText(r.Get("lease_ends_at"))})
				return true
			})
			return true
		})
		return true
	})
	if err := writeTable(c.out, isTerminal(c.out), []string{"KIND", "NAME", "APPLIES", "PERIOD", "TIME ZONE", "RESETS", "LIMIT USD", "SPENT USD", "RESERVED USD", "LEFT USD", "CLOSED"}, accounts); err != nil || len(reservations) == 0 {
		return err
	}
	return writeTable(c.out, isTerminal(c.out), []string{"RESERVED OF", "REQUEST", "USD", "AGE S", "LEASE ENDS"}, reservations)
}

// verifyLedger fails if the ledger does not add up.
func verifyLedger(cmd *cobra.Command, c *client, _ []string) error {
	v, err := c.call(cmd.Context(), http.MethodGet, apiPath("ledger", "verification"), nil, nil)
	if err != nil {
		return err
	}
	if err := c.printObject(v, column{"sound", "sound"}, column{"transactions", "transactions"}, column{"entries", "entries"}, column{"accounts", "accounts"}, column{"reservations", "reservations"},
		column{"unbalanced", "unbalanced_transactions"}, column{"wrong", "wrong_accounts"}); err != nil {
		return err
	}
	if !v.Get("sound").Bool() {
		return errors.New("the ledger does not add up")
	}
	return nil
}
