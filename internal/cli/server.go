package cli

import (
	"net/http"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"
)

// serverCommand shows version, health and settings of a server.
func serverCommand() *cobra.Command {
	return addServerFlags(clientCommand("server", "Show version, health and settings of the server", 0, func(cmd *cobra.Command, c *client, _ []string) error {
		v, err := c.call(cmd.Context(), http.MethodGet, apiPath("server"), nil, nil)
		if err != nil || c.json {
			if err == nil {
				err = c.printJSON(v)
			}
			return err
		}
		var rows [][]string
		v.ForEach(func(name, value gjson.Result) bool {
			if !value.IsArray() && !value.IsObject() {
				rows = append(rows, []string{cellText(name), cellText(value)})
			}
			return true
		})
		for _, s := range v.Get("settings").Array() {
			rows = append(rows, []string{cellText(s.Get("name")), cellText(s.Get("value"))})
		}
		for _, w := range v.Get("warnings").Array() {
			rows = append(rows, []string{"warning", cellText(w)})
		}
		return writeTable(c.out, isTerminal(c.out), []string{"NAME", "VALUE"}, rows)
	}))
}
