package cli

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/spf13/cobra"
)

// callSessionsCommand shows sessions of calls. `sluice sessions` are those of people who signed in.
func callSessionsCommand() *cobra.Command {
	return group("call-sessions", "Sessions of calls, such as those of a coding agent", listCallSessions(), getCallSession())
}

func listCallSessions() *cobra.Command {
	var query func() url.Values
	cmd := clientCommand("list", "List sessions of calls, those with the newest calls first", 0, func(cmd *cobra.Command, c *client, _ []string) error {
		v, err := c.call(cmd.Context(), http.MethodGet, apiPath("sessions"), query(), nil)
		if err != nil {
			return err
		}
		if err := c.printTable(v, column{"LAST", "last_at"}, column{"ID", "id"}, column{"SOURCE", "source"}, column{"TURNS", "turns"}, column{"ERRORS", "errors"},
			column{"IN", "input_tokens"}, column{"OUT", "output_tokens"}, column{"USD", "cost_usd"}, column{"TOOLS", "tool_calls"}, column{"MODELS", "models"}, column{"MEMBER", "member_name|member"}); err != nil {
			return err
		}
		if next := v.Get("next_cursor").String(); next != "" && !c.json {
			fmt.Fprintf(cmd.ErrOrStderr(), "more: --cursor %s\n", printable(next))
		}
		return nil
	})
	query = filters(cmd, filter{"cursor", "cursor", "where the last page ended"}, filter{"member", "member", "who asked"}, filter{"model", "model", "asked for or served"},
		filter{"key", "api_key", "id of the API key"}, filter{"text", "text", "words in what was asked or answered, or in an error"}, filter{"since", "since", "a time, or a duration back from now such as 24h"}, filter{"until", "until", "likewise"},
		filter{"workspace", "workspace", "only of this workspace"})
	return cmd
}

func getCallSession() *cobra.Command {
	var workspace string
	cmd := clientCommand("get ID", "Show the calls of a session, or of a trace, oldest first", 1, func(cmd *cobra.Command, c *client, args []string) error {
		v, err := c.call(cmd.Context(), http.MethodGet, apiPath("sessions", args[0]), workspaceQuery(workspace), nil)
		if err != nil {
			return err
		}
		return c.printTable(v, column{"TIME", "time"}, column{"ID", "id"}, column{"STATUS", "status"}, column{"MODEL", "response_model|model"}, column{"MS", "latency_ms"},
			column{"IN", "usage.input_tokens"}, column{"CACHED", "usage.cache_read_tokens"}, column{"OUT", "usage.output_tokens"}, column{"USD", "cost_usd"},
			column{"CACHE", "cache.status"}, column{"TOOLS", "tools.#.name"})
	})
	cmd.Flags().StringVar(&workspace, "workspace", "", "of this workspace")
	return cmd
}
