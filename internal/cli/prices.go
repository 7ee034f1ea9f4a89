package cli

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sluicegate/sluice/gateway"
)

// pricesCommand manages price rules.
func pricesCommand() *cobra.Command {
	var workspace string
	cmd := group("prices", "Price rules: what callers pay",
		clientCommand("list", "List price rules", 0, func(cmd *cobra.Command, c *client, _ []string) error {
			v, err := c.call(cmd.Context(), http.MethodGet, apiPath("price-rules"), workspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.printTable(v, column{"ID", "id"}, column{"NAME", "name"}, column{"WORKSPACE", "workspace_id"}, column{"TEAM", "team_id"}, column{"VIRTUAL KEY", "virtual_key"},
				column{"PROVIDER", "provider"}, column{"MODEL", "model"}, column{"MULTIPLIER", "multiplier"}, column{"PRICE", "price"}, column{"FROM FILE", "from_file"})
		}),
		createPriceCommand(&workspace),
		clientCommand("delete ID", "Delete a price rule", 1, func(cmd *cobra.Command, c *client, args []string) error {
			v, err := c.call(cmd.Context(), http.MethodDelete, apiPath("price-rules", args[0]), workspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.printLine(v, "deleted %s", args[0])
		}))
	cmd.PersistentFlags().StringVar(&workspace, "workspace", "", "workspace (default your own); '*' for all, with create")
	return cmd
}

func createPriceCommand(workspace *string) *cobra.Command {
	var team, virtualKey, provider, model, multiplier, markup, input, output string
	cmd := clientCommand("create NAME", "Set a multiplier, a markup or a price per million tokens", 1, func(cmd *cobra.Command, c *client, args []string) error {
		b := body{"name": args[0]}.text("workspace", *workspace).text("team", team).text("virtual_key", virtualKey).text("provider", provider).text("model", model).
			text("multiplier", multiplier).text("markup", strings.TrimSuffix(markup, "%"))
		if input != "" || output != "" {
			if input == "" || output == "" {
				return usage("--input and --output belong together")
			}
			for flag, usd := range map[string]string{"--input": input, "--output": output} {
				if _, err := gateway.ParseUSD(flag, usd); err != nil {
					return usage("%s must be USD per million tokens such as 2.50", flag)
				}
			}
			b["price"] = body{"input": json.Number(input), "output": json.Number(output)}
		}
		v, err := c.call(cmd.Context(), http.MethodPost, apiPath("price-rules"), nil, b)
		if err != nil {
			return err
		}
		return c.printObject(v, column{"id", "id"}, column{"name", "name"}, column{"multiplier", "multiplier"}, column{"price", "price"})
	})
	cmd.Flags().StringVar(&team, "team", "", "of a team")
	cmd.Flags().StringVar(&virtualKey, "virtual-key", "", "to a virtual key")
	cmd.Flags().StringVar(&provider, "provider", "", "to a provider")
	cmd.Flags().StringVar(&model, "model", "", "to a model; gpt-5* for all that begin so")
	cmd.Flags().StringVar(&multiplier, "multiplier", "", "times the cost, such as 1.2")
	cmd.Flags().StringVar(&markup, "markup", "", "percent on the cost, such as 20")
	cmd.Flags().StringVar(&input, "input", "", "USD per million tokens of input")
	cmd.Flags().StringVar(&output, "output", "", "USD per million tokens of output")
	return cmd
}
