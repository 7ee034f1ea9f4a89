package access

import (
	"net/http"

	"github.com/spf13/cobra"

	"github.com/sluicegate/sluice/internal/cli/api"
)

// Workspaces manages workspaces. A workspace is created with the first key in it.
func Workspaces() *cobra.Command {
	return api.Group("workspaces", "Workspaces: units of isolation",
		api.Command("list", "List workspaces", 0, func(cmd *cobra.Command, c *api.Client, _ []string) error {
			v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("workspaces"), nil, nil)
			if err != nil {
				return err
			}
			return c.PrintTable(v, api.Column{"NAME", "name"}, api.Column{"CONFIG", "config"}, api.Column{"FROM FILE", "from_file"}, api.Column{"COMPAT", "compat"}, api.Column{"ID", "id"}, api.Column{"CREATED", "created_at"})
		}),
		api.Command("set-config NAME SLUG", `Make a saved config the default of a workspace; "" for none`, 2, func(cmd *cobra.Command, c *api.Client, args []string) error {
			v, err := c.Call(cmd.Context(), http.MethodPut, api.Path("workspaces", args[0]), nil, api.Body{"config": args[1]})
			if err != nil {
				return err
			}
			if args[1] == "" {
				return c.PrintLine(v, "%s has no default config", args[0])
			}
			return c.PrintLine(v, "%s is the default config of %s", args[1], args[0])
		}),
		api.Command("set-compat NAME COMPAT", `Imitate the errors of portkey, litellm, openrouter or one-api in a workspace; "" for the server's`, 2, func(cmd *cobra.Command, c *api.Client, args []string) error {
			v, err := c.Call(cmd.Context(), http.MethodPut, api.Path("workspaces", args[0]), nil, api.Body{"compat": args[1]})
			if err != nil {
				return err
			}
			if args[1] == "" {
				return c.PrintLine(v, "%s has the errors that the server's file sets", args[0])
			}
			return c.PrintLine(v, "%s has the errors of %s", args[0], args[1])
		}),
		api.Command("delete NAME", "Delete a workspace that holds nothing any more", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
			v, err := c.Call(cmd.Context(), http.MethodDelete, api.Path("workspaces", args[0]), nil, nil)
			if err != nil {
				return err
			}
			return c.PrintLine(v, "deleted %s", args[0])
		}))
}
