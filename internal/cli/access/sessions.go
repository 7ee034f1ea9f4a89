package access

import (
	"net/http"

	"github.com/spf13/cobra"

	"github.com/sluicegate/sluice/internal/cli/api"
)

// Sessions lists and ends one's own sessions.
func Sessions() *cobra.Command {
	return api.Group("sessions", "Your own sessions",
		api.Command("list", "List your sessions", 0, func(cmd *cobra.Command, c *api.Client, _ []string) error {
			v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("auth", "sessions"), nil, nil)
			if err != nil {
				return err
			}
			return c.PrintTable(v, api.Column{"ID", "id"}, api.Column{"METHOD", "method"}, api.Column{"ADDRESS", "address"}, api.Column{"CLIENT", "client"},
				api.Column{"CURRENT", "current"}, api.Column{"CREATED", "created_at"}, api.Column{"EXPIRES", "expires_at"})
		}),
		api.Command("revoke ID", "End a session", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
			v, err := c.Call(cmd.Context(), http.MethodDelete, api.Path("auth", "sessions", args[0]), nil, nil)
			if err != nil {
				return err
			}
			return c.PrintLine(v, "ended %s", args[0])
		}))
}
