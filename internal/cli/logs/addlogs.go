package logs

import (
	"encoding/json"
	"net/http"

	"github.com/spf13/cobra"

	"github.com/sluicegate/sluice/internal/cli/api"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// addLogsCommand sends rows of calls that were made elsewhere.
func addLogsCommand() *cobra.Command {
	return api.Command("add FILE", "Keep rows of calls that were made elsewhere: a JSON object or a list in Portkey's form (- is the standard input)", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
		raw, err := api.ReadInput(cmd, args[0])
		if err != nil {
			return err
		}
		if !jsonx.Valid(raw) {
			return api.Usage("%s is no JSON", args[0])
		}
		v, err := c.Call(cmd.Context(), http.MethodPost, api.Path("logs"), nil, json.RawMessage(raw))
		if err != nil {
			return err
		}
		return c.PrintLine(v, "kept %d rows", len(v.Get("log_ids").Array()))
	})
}
