package cli

import (
	"net/http"

	"github.com/spf13/cobra"
)

// sessionsCommand lists and ends one's own sessions.
func sessionsCommand() *cobra.Command {
	return group("sessions", "Your own sessions",
		clientCommand("list", "List your sessions", 0, func(cmd *cobra.Command, c *client, _ []string) error {
			v, err := c.call(cmd.Context(), http.MethodGet, apiPath("auth", "sessions"), nil, nil)
			if err != nil {
				return err
			}
			return c.printTable(v, column{"ID", "id"}, column{"METHOD", "method"}, column{"ADDRESS", "address"}, column{"CLIENT", "client"},
				column{"CURRENT", "current"}, column{"CREATED", "created_at"}, column{"EXPIRES", "expires_at"})
		}),
		clientCommand("revoke ID", "End a session", 1, func(cmd *cobra.Command, c *client, args []string) error {
			v, err := c.call(cmd.Context(), http.MethodDelete, apiPath("auth", "sessions", args[0]), nil, nil)
			if err != nil {
				return err
			}
			return c.printLine(v, "ended %s", args[0])
		}))
}
