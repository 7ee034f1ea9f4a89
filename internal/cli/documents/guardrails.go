package documents

import (
	"fmt"
	"net/http"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sluicegate/sluice/internal/cli/api"
)

// Guardrails tries texts.
func Guardrails() *cobra.Command {
	var workspace, config, entities string
	test := api.Command("test TEXT", "Tell what redaction would replace in a text (- is the standard input), and what the guardrails of a config say about it", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
		text := args[0]
		if text == "-" {
			raw, err := api.ReadInput(cmd, text)
			if err != nil {
				return err
			}
			text = string(raw)
		}
		asked := api.Body{"text": text}.Text("config", config)
		if _, err := os.Stat(config); config != "" && err == nil {
			doc, err := readDocument(cmd, config)
			if err != nil {
				return err
			}
			asked["config"] = doc
		}
		if entities != "" {
			asked["entities"] = strings.Split(entities, ",")
		}
		v, err := c.Call(cmd.Context(), http.MethodPost, api.Path("guardrails", "test"), api.WorkspaceQuery(workspace), asked)
		if err != nil {
			return err
		}
		if c.JSON {
			return c.PrintJSON(v)
		}
		if _, err := fmt.Fprintf(c.Out, "%s\n\n", api.Printable(v.Get("redacted").String())); err != nil {
			return err
		}
		var rows [][]string
		for _, f := range v.Get("findings").Array() {
			rows = append(rows, []string{"redact", api.CellText(f.Get("entity")), f.Get("start").Raw + "-" + f.Get("end").Raw, api.CellText(f.Get("score"))})
		}
		for _, g := range v.Get("verdicts").Array() {
			var said []string
			for _, check := range g.Get("checks").Array() {
				if !check.Get("pass").Bool() {
					said = append(said, api.CellText(check.Get("id"))+": "+api.CellText(api.FirstOf(check, "error|explanation")))
				}
			}
			rows = append(rows, []string{api.CellText(g.Get("phase")), api.CellText(g.Get("guardrail")), api.CellText(g.Get("action")), strings.Join(said, "; ")})
		}
		return api.WriteTable(c.Out, api.IsTerminal(c.Out), []string{"BY", "WHAT", "WHERE OR ACTION", "SCORE OR REASON"}, rows)
	})
	test.Flags().StringVar(&config, "config", "", "slug of a config, or a file with one: its guardrails and its redaction")
	test.Flags().StringVar(&entities, "entities", "", "email,phone … (default the config's, else all)")
	cmd := api.Group("guardrails", "Guardrails and redaction", test)
	cmd.PersistentFlags().StringVar(&workspace, "workspace", "", "workspace (default your own)")
	return cmd
}
