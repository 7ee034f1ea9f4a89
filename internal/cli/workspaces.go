package cli

import (
	"net/http"

	"github.com/spf13/cobra"
)

// workspacesCommand manages workspaces. A workspace is created with the first key in it.
func workspacesCommand() *cobra.Command {
	return group("workspaces", "Workspaces: units of isolation",
		clientCommand("list", "List workspaces", 0, func(cmd *cobra.Command, c *client, _ []string) error {
			v, err := c.call(cmd.Context(), http.MethodGet, apiPath("workspaces"), nil, nil)
			if err != nil {
				return err
			}
			return c.printTable(v, column{"NAME", "name"}, column{"CONFIG", "config"}, column{"FROM FILE", "from_file"}, column{"COMPAT", "compat"}, column{"ID", "id"}, column{"CREATED", "created_at"})
		}),
		clientCommand("set-config NAME SLUG", `Make a saved config the default of a workspace; "" for none`, 2, func(cmd *cobra.Command, c *client, args []string) error {
			v, err := c.call(cmd.Context(), http.MethodPut, apiPath("workspaces", args[0]), nil, body{"config": args[1]})
			if err != nil {
				return err
			}
			if args[1] == "" {
				return c.printLine(v, "%s has no default config", args[0])
			}
			return c.printLine(v, "%s is the default config of %s", args[1], args[0])
		}),
		clientCommand("set-compat NAME COMPAT", `Imitate the errors of portkey, litellm, openrouter or one-api in a workspace; "" for the server's`, 2, func(cmd *cobra.Command, c *client, args []string) error {
			v, err := c.call(cmd.Context(), http.MethodPut, apiPath("workspaces", args[0]), nil, body{"compat": args[1]})
			if err != nil {
				return err
			}
			if args[1] == "" {
				return c.printLine(v, "%s has the errors that the server's file sets", args[0])
			}
			return c.printLine(v, "%s has the errors of %s", args[0], args[1])
		}),
		clientCommand("delete NAME", "Delete a workspace that holds nothing any more", 1, func(cmd *cobra.Command, c *client, args []string) error {
			v, err := c.call(cmd.Context(), http.MethodDelete, apiPath("workspaces", args[0]), nil, nil)
			if err != nil {
				return err
			}
			return c.printLine(v, "deleted %s", args[0])
		}))
}
