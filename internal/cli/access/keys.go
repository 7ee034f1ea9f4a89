package access

import (
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sluicegate/sluice/internal/cli/api"
)

// Keys manages API keys, which members and services present to Sluice.
func Keys() *cobra.Command {
	return api.Group("keys", "API keys: what members and services present to Sluice",
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
	cmd := api.Command(use, short, 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
		method, at := http.MethodPost, api.Path(resource, args[0], action)
		if action == "delete" {
			method, at = http.MethodDelete, api.Path(resource, args[0])
		}
		v, err := c.Call(cmd.Context(), method, at, api.WorkspaceQuery(workspace), nil)
		if err != nil {
			return err
		}
		return c.PrintLine(v, "%sd %s", action, args[0])
	})
	cmd.Flags().StringVar(&workspace, "workspace", "", "where a name is meant (default your own, else the only one that has it)")
	return cmd
}

func createKeyCommand() *cobra.Command {
	var workspace, member, team, role, config, compat, expires, budget, period, hash string
	var service bool
	var access keyAccessFlags
	cmd := api.Command("create NAME", "Make a key; it is shown once", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
		b := api.Body{"name": args[0]}.Text("workspace", workspace).Text("member", member).Text("team", team).Text("role", role).
			Text("config", config).Text("compat", compat).Text("expires_at", expires).Text("key_hash", hash)
		if err := addBudget(b, budget, period); err != nil {
			return err
		}
		if service {
			b["service"] = true
		}
		if err := access.add(cmd, b); err != nil {
			return err
		}
		v, err := c.Call(cmd.Context(), http.MethodPost, api.Path("api-keys"), nil, b)
		if err != nil {
			return err
		}
		return c.PrintObject(v, api.Column{"id", "id"}, api.Column{"name", "name"}, api.Column{"workspace", "workspace"}, api.Column{"member", "member"}, api.Column{"team", "team"},
			api.Column{"role", "role"}, api.Column{"config", "config"}, api.Column{"compat", "compat"}, api.Column{"budget_usd", "budget_usd|usage_limits.credit_limit"}, api.Column{"period", "usage_limits.periodic_reset"}, api.Column{"expires_at", "expires_at"}, api.Column{"key", "key"})
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
func addBudget(b api.Body, usd, period string) error {
	switch {
	case usd == "" && period != "life":
		return api.Usage("--budget-period needs --budget")
	case usd == "":
	case period == "life":
		b["budget_usd"] = usd
	default:
		b["budgets"] = []api.Body{{"credit_limit": usd, "period": period}}
	}
	return nil
}

// budgetKeyCommand changes what a key may spend. It also opens a key that is closed because a
// provider billed above the limits that it was sent.
func budgetKeyCommand() *cobra.Command {
	var workspace, period string
	cmd := api.Command("budget REF USD", "Change what a key may spend; none takes all its budgets away", 2, func(cmd *cobra.Command, c *api.Client, args []string) error {
		b := api.Body{"budget_usd": nil, "budgets": nil}
		if args[1] != "none" {
			if err := addBudget(b, args[1], period); err != nil {
				return err
			}
		}
		v, err := c.Call(cmd.Context(), http.MethodPut, api.Path("api-keys", args[0]), api.WorkspaceQuery(workspace), b)
		if err != nil {
			return err
		}
		return c.PrintLine(v, "the budget of %s is %s", args[0], args[1])
	})
	cmd.Flags().StringVar(&period, "period", "life", budgetPeriodUsage)
	cmd.Flags().StringVar(&workspace, "workspace", "", "where a name is meant (default your own, else the only one that has it)")
	return cmd
}

// compatKeyCommand changes whose errors the callers of a key get.
func compatKeyCommand() *cobra.Command {
	var workspace string
	cmd := api.Command("compat REF COMPAT", `Imitate the errors of portkey, litellm, openrouter or one-api for a key; "" for its workspace's`, 2, func(cmd *cobra.Command, c *api.Client, args []string) error {
		v, err := c.Call(cmd.Context(), http.MethodPut, api.Path("api-keys", args[0]), api.WorkspaceQuery(workspace), api.Body{"compat": args[1]})
		if err != nil {
			return err
		}
		if args[1] == "" {
			return c.PrintLine(v, "%s has the errors of its workspace", args[0])
		}
		return c.PrintLine(v, "%s has the errors of %s", args[0], args[1])
	})
	cmd.Flags().StringVar(&workspace, "workspace", "", "where a name is meant (default your own, else the only one that has it)")
	return cmd
}

func listKeysCommand() *cobra.Command {
	var workspace string
	cmd := api.Command("list", "List keys", 0, func(cmd *cobra.Command, c *api.Client, _ []string) error {
		v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("api-keys"), api.WorkspaceQuery(workspace), nil)
		if err != nil {
			return err
		}
		return c.PrintTable(v, api.Column{"ID", "id"}, api.Column{"NAME", "name"}, api.Column{"KEY", "masked"}, api.Column{"WORKSPACE", "workspace"}, api.Column{"MEMBER", "member"},
			api.Column{"ROLE", "role"}, api.Column{"CONFIG", "config"}, api.Column{"COMPAT", "compat"}, api.Column{"BUDGET", "budget_usd|usage_limits.credit_limit"}, api.Column{"SPENT", "spent_usd|budgets.0.spent_usd"}, api.Column{"CLOSED", "closed"},
			api.Column{"DISABLED", "disabled"}, api.Column{"EXPIRES", "expires_at"}, api.Column{"PERIOD", "usage_limits.periodic_reset"})
	})
	cmd.Flags().StringVar(&workspace, "workspace", "", "only of this workspace")
	return cmd
}
