package logs

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/spf13/cobra"

	"github.com/sluicegate/sluice/internal/cli/api"
)

// CallSessions shows sessions of calls. `sluice sessions` are those of people who signed in.
func CallSessions() *cobra.Command {
	return api.Group("call-sessions", "Sessions of calls, such as those of a coding agent", listCallSessions(), getCallSession())
}

func listCallSessions() *cobra.Command {
	var query func() url.Values
	cmd := api.Command("list", "List sessions of calls, those with the newest calls first", 0, func(cmd *cobra.Command, c *api.Client, _ []string) error {
		v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("sessions"), query(), nil)
		if err != nil {
			return err
		}
		if err := c.PrintTable(v, api.Column{"LAST", "last_at"}, api.Column{"ID", "id"}, api.Column{"SOURCE", "source"}, api.Column{"TURNS", "turns"}, api.Column{"ERRORS", "errors"},
			api.Column{"IN", "input_tokens"}, api.Column{"OUT", "output_tokens"}, api.Column{"USD", "cost_usd"}, api.Column{"TOOLS", "tool_calls"}, api.Column{"MODELS", "models"}, api.Column{"MEMBER", "member_name|member"}); err != nil {
			return err
		}
		if next := v.Get("next_cursor").String(); next != "" && !c.JSON {
			fmt.Fprintf(cmd.ErrOrStderr(), "more: --cursor %s\n", api.Printable(next))
		}
		return nil
	})
	query = api.Filters(cmd, api.Filter{"cursor", "cursor", "where the last page ended"}, api.Filter{"member", "member", "who asked"}, api.Filter{"model", "model", "asked for or served"},
		api.Filter{"key", "api_key", "id of the API key"}, api.Filter{"text", "text", "words in what was asked or answered, or in an error"}, api.Filter{"since", "since", "a time, or a duration back from now such as 24h or 7d"}, api.Filter{"until", "until", "likewise"},
		api.Filter{"workspace", "workspace", "only of this workspace"})
	return cmd
}

func getCallSession() *cobra.Command {
	var workspace string
	cmd := api.Command("get ID", "Show the calls of a session, or of a trace, oldest first", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
		v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("sessions", args[0]), api.WorkspaceQuery(workspace), nil)
		if err != nil {
			return err
		}
		return c.PrintTable(v, api.Column{"TIME", "time"}, api.Column{"ID", "id"}, api.Column{"STATUS", "status"}, api.Column{"MODEL", "response_model|model"}, api.Column{"MS", "latency_ms"},
			api.Column{"IN", "usage.input_tokens"}, api.Column{"CACHED", "usage.cache_read_tokens"}, api.Column{"OUT", "usage.output_tokens"}, api.Column{"USD", "cost_usd"},
			api.Column{"CACHE", "cache.status"}, api.Column{"TOOLS", "tools.#.name"})
	})
	cmd.Flags().StringVar(&workspace, "workspace", "", "of this workspace")
	return cmd
}
