package cli

import (
	"net/http"
	"strings"

	"github.com/spf13/cobra"
)

// keysCommand manages API keys, which members and services present to Sluice.
func keysCommand() *cobra.Command {
	return group("keys", "API keys: what members and services present to Sluice",
		createKeyCommand(), listKeysCommand(), updateKeyCommand(), rotateKeyCommand(),
		budgetKeyCommand(), compatKeyCommand(),
		stateCommand("disable REF", "Refuse a key from now on", "api-keys"),
		stateCommand("enable REF", "Accept a disabled key again", "api-keys"),
		stateCommand("delete REF", "Delete a key", "api-keys"))
}

// stateCommand returns the command that disables, enables or deletes one resource. Names are
// unique within a workspace.
func stateCommand(use, short, resource string) *cobra.Command {
	var workspace string
	action, _, _ := strings.Cut(use, " ")
	cmd := clientCommand(use, short, 1, func(cmd *cobra.Command, c *client, args []string) error {
		method, at := http.MethodPost, apiPath(resource, args[0], action)
		if action == "delete" {
			method, at = http.MethodDelete, apiPath(resource, args[0])
		}
		v, err := c.call(cmd.Context(), method, at, workspaceQuery(workspace), nil)
		if err != nil {
			return err
		}
		return c.printLine(v, "%sd %s", action, args[0])
	})
	cmd.Flags().StringVar(&workspace, "workspace", "", "where a name is meant (default your own, else the only one that has it)")
	return cmd
}

func createKeyCommand() *cobra.Command {
	var workspace, member, team, role, config, compat, expires, budget, period, hash string
	var service bool
	var access keyAccessFlags
	cmd := clientCommand("create NAME", "Make a key; it is shown once", 1, func(cmd *cobra.Command, c *client, args []string) error {
		b := body{"name": args[0]}.text("workspace", workspace).text("member", member).text("team", team).text("role", role).
			text("config", config).text("compat", compat).text("expires_at", expires).text("key_hash", hash)
		if err := addBudget(b, budget, period); err != nil {
			return err
		}
		if service {
			b["service"] = true
		}
		if err := access.add(cmd, b); err != nil {
			return err
		}
		v, err := c.call(cmd.Context(), http.MethodPost, apiPath("api-keys"), nil, b)
		if err != nil {
			return err
		}
		return c.printObject(v, column{"id", "id"}, column{"name", "name"}, column{"workspace", "workspace"}, column{"member", "member"}, column{"team", "team"},
			column{"role", "role"}, column{"config", "config"}, column{"compat", "compat"}, column{"budget_usd", "budget_usd|usage_limits.credit_limit"}, column{"period", "usage_limits.periodic_reset"}, column{"expires_at", "expires_at"}, column{"key", "key"})
	})
	f := cmd.Flags()
	f.StringVar(&workspace, "workspace", "", "workspace (default your own)")
	f.StringVar(&member, "member", "", "who it belongs to (default a member with the key's name)")
	f.StringVar(&team, "team", "", "a team of the workspace, which the member joins")
	f.StringVar(&role, "role", "", "owner, admin, manager, member, viewer, auditor or billing (default the one the member has, member for a new one)")
	f.StringVar(&config, "config", "", "slug of the config that its calls use")
	f.StringVar(&compat, "compat", "", "whose errors its callers get: portkey, litellm, openrouter or one-api (default the workspace's)")
	f.StringVar(&expires, "expires", "", "when it ends, such as 2027-01-31T00:00:00Z")
	f.StringVar(&budget, "budget", "", "what it may spend, in USD, such as 12.50")
	f.StringVar(&period, "budget-period", "life", budgetPeriodUsage)
	f.BoolVar(&service, "service", false, "it belongs to a service account, not to a person")
	f.StringVar(&hash, "key-hash", "", "SHA-256, in hex, of a key that another gateway generated and whose callers keep it")
	access.define(f)
	return cmd
}

const budgetPeriodUsage = "when the budget begins anew: day, week or month; life for never"

// addBudget adds a budget to the body that creates a key.
func addBudget(b body, usd, period string) error {
	switch {
	case usd == "" && period != "life":
		return usage("--budget-period needs --budget")
	case usd == "":
	case period == "life":
		b["budget_usd"] = usd
	default:
		b["budgets"] = []body{{"credit_limit": usd, "period": period}}
	}
	return nil
}

// budgetKeyCommand changes what a key may spend. It also opens a key that is closed because a
// provider billed above the limits that it was sent.
func budgetKeyCommand() *cobra.Command {
	var workspace, period string
	cmd := clientCommand("budget REF USD", "Change what a key may spend; none takes all its budgets away", 2, func(cmd *cobra.Command, c *client, args []string) error {
		b := body{"budget_usd": nil, "budgets": nil}
		if args[1] != "none" {
			if err := addBudget(b, args[1], period); err != nil {
				return err
			}
		}
		v, err := c.call(cmd.Context(), http.MethodPut, apiPath("api-keys", args[0]), workspaceQuery(workspace), b)
		if err != nil {
			return err
		}
		return c.printLine(v, "the budget of %s is %s", args[0], args[1])
	})
	cmd.Flags().StringVar(&period, "period", "life", budgetPeriodUsage)
	cmd.Flags().StringVar(&workspace, "workspace", "", "where a name is meant (default your own, else the only one that has it)")
	return cmd
}

// compatKeyCommand changes whose errors the callers of a key get.
func compatKeyCommand() *cobra.Command {
	var workspace string
	cmd := clientCommand("compat REF COMPAT", `Imitate the errors of portkey, litellm, openrouter or one-api for a key; "" for its workspace's`, 2, func(cmd *cobra.Command, c *client, args []string) error {
		v, err := c.call(cmd.Context(), http.MethodPut, apiPath("api-keys", args[0]), workspaceQuery(workspace), body{"compat": args[1]})
		if err != nil {
			return err
		}
		if args[1] == "" {
			return c.printLine(v, "%s has the errors of its workspace", args[0])
		}
		return c.printLine(v, "%s has the errors of %s", args[0], args[1])
	})
	cmd.Flags().StringVar(&workspace, "workspace", "", "where a name is meant (default your own, else the only one that has it)")
	return cmd
}

func listKeysCommand() *cobra.Command {
	var workspace string
	cmd := clientCommand("list", "List keys", 0, func(cmd *cobra.Command, c *client, _ []string) error {
		v, err := c.call(cmd.Context(), http.MethodGet, apiPath("api-keys"), workspaceQuery(workspace), nil)
		if err != nil {
			return err
		}
		return c.printTable(v, column{"ID", "id"}, column{"NAME", "name"}, column{"KEY", "masked"}, column{"WORKSPACE", "workspace"}, column{"MEMBER", "member"},
			column{"ROLE", "role"}, column{"CONFIG", "config"}, column{"COMPAT", "compat"}, column{"BUDGET", "budget_usd|usage_limits.credit_limit"}, column{"SPENT", "spent_usd|budgets.0.spent_usd"}, column{"CLOSED", "closed"},
			column{"DISABLED", "disabled"}, column{"EXPIRES", "expires_at"}, column{"PERIOD", "usage_limits.periodic_reset"})
	})
	cmd.Flags().StringVar(&workspace, "workspace", "", "only of this workspace")
	return cmd
}
