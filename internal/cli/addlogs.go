package cli

import (
	"encoding/json"
	"net/http"

	"github.com/spf13/cobra"

	"github.com/sluicegate/sluice/internal/jsonx"
)

// addLogsCommand sends rows of calls that were made elsewhere.
func addLogsCommand() *cobra.Command {
	return clientCommand("add FILE", "Keep rows of calls that were made elsewhere: a JSON object or a list in Portkey's form (- is the standard input)", 1, func(cmd *cobra.Command, c *client, args []string) error {
		raw, err := readInput(cmd, args[0])
		if err != nil {
			return err
		}
		if !jsonx.Valid(raw) {
			return usage("%s is no JSON", args[0])
		}
		v, err := c.call(cmd.Context(), http.MethodPost, apiPath("logs"), nil, json.RawMessage(raw))
		if err != nil {
			return err
		}
		return c.printLine(v, "kept %d rows", len(v.Get("log_ids").Array()))
	})
}
