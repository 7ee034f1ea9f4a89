package cli

import (
	"fmt"
	"net/http"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

// guardrailsCommand tries texts.
func guardrailsCommand() *cobra.Command {
	var workspace, config, entities string
	test := clientCommand("test TEXT", "Tell what redaction would replace in a text (- is the standard input), and what the guardrails of a config say about it", 1, func(cmd *cobra.Command, c *client, args []string) error {
		text := args[0]
		if text == "-" {
			raw, err := readInput(cmd, text)
			if err != nil {
				return err
			}
			text = string(raw)
		}
		asked := body{"text": text}.text("config", config)
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
		v, err := c.call(cmd.Context(), http.MethodPost, apiPath("guardrails", "test"), workspaceQuery(workspace), asked)
		if err != nil {
			return err
		}
		if c.json {
			return c.printJSON(v)
		}
		if _, err := fmt.Fprintf(c.out, "%s\n\n", printable(v.Get("redacted").String())); err != nil {
			return err
		}
		var rows [][]string
		for _, f := range v.Get("findings").Array() {
			rows = append(rows, []string{"redact", cellText(f.Get("entity")), f.Get("start").Raw + "-" + f.Get("end").Raw, cellText(f.Get("score"))})
		}
		for _, g := range v.Get("verdicts").Array() {
			var said []string
			for _, check := range g.Get("checks").Array() {
				if !check.Get("pass").Bool() {
					said = append(said, cellText(check.Get("id"))+": "+cellText(firstOf(check, "error|explanation")))
				}
			}
			rows = append(rows, []string{cellText(g.Get("phase")), cellText(g.Get("guardrail")), cellText(g.Get("action")), strings.Join(said, "; ")})
		}
		return writeTable(c.out, isTerminal(c.out), []string{"BY", "WHAT", "WHERE OR ACTION", "SCORE OR REASON"}, rows)
	})
	test.Flags().StringVar(&config, "config", "", "slug of a config, or a file with one: its guardrails and its redaction")
	test.Flags().StringVar(&entities, "entities", "", "email,phone … (default the config's, else all)")
	cmd := group("guardrails", "Guardrails and redaction", test)
	cmd.PersistentFlags().StringVar(&workspace, "workspace", "", "workspace (default your own)")
	return cmd
}
