package cli

import (
	"net/http"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/internal/cli/api"
)

// serverCommand shows version, health and settings of a server.
func serverCommand() *cobra.Command {
	return api.AddServerFlags(api.Command("server", "Show version, health and settings of the server", 0, func(cmd *cobra.Command, c *api.Client, _ []string) error {
		v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("server"), nil, nil)
		if err != nil || c.JSON {
			if err == nil {
				err = c.PrintJSON(v)
			}
			return err
		}
		var rows [][]string
		v.ForEach(func(name, value gjson.Result) bool {
			if !value.IsArray() && !value.IsObject() {
				rows = append(rows, []string{api.CellText(name), api.CellText(value)})
			}
			return true
		})
		for _, s := range v.Get("settings").Array() {
			rows = append(rows, []string{api.CellText(s.Get("name")), api.CellText(s.Get("value"))})
		}
		for _, w := range v.Get("warnings").Array() {
			rows = append(rows, []string{"warning", api.CellText(w)})
		}
		return api.WriteTable(c.Out, api.IsTerminal(c.Out), []string{"NAME", "VALUE"}, rows)
	}))
}
