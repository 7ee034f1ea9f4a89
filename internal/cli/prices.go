package cli

import (
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/cli/api"
)

// pricesCommand manages price rules.
func pricesCommand() *cobra.Command {
	var workspace string
	cmd := api.Group("prices", "Price rules: what callers pay",
		api.Command("list", "List price rules", 0, func(cmd *cobra.Command, c *api.Client, _ []string) error {
			v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("price-rules"), api.WorkspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.PrintTable(v, api.Column{"ID", "id"}, api.Column{"NAME", "name"}, api.Column{"WORKSPACE", "workspace_id"}, api.Column{"TEAM", "team_id"}, api.Column{"VIRTUAL KEY", "virtual_key"},
				api.Column{"PROVIDER", "provider"}, api.Column{"MODEL", "model"}, api.Column{"MULTIPLIER", "multiplier"}, api.Column{"PRICE", "price"}, api.Column{"FROM FILE", "from_file"})
		}),
		createPriceCommand(&workspace),
		api.Command("delete ID", "Delete a price rule", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
			v, err := c.Call(cmd.Context(), http.MethodDelete, api.Path("price-rules", args[0]), api.WorkspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.PrintLine(v, "deleted %s", args[0])
		}))
	cmd.PersistentFlags().StringVar(&workspace, "workspace", "", "workspace (default your own); '*' for all, with create")
	return cmd
}

func createPriceCommand(workspace *string) *cobra.Command {
	var team, virtualKey, provider, model, multiplier, markup, input, output, file string
	var units []string
	cmd := api.Command("create NAME", "Set a multiplier, a markup or a price per million tokens", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
		b := api.Body{"name": args[0]}.Text("workspace", *workspace).Text("team", team).Text("virtual_key", virtualKey).Text("provider", provider).Text("model", model).
			Text("multiplier", multiplier).Text("markup", strings.TrimSuffix(markup, "%"))
		price, err := priceOfFlags(input, output, units, file)
		if err != nil {
			return err
		}
		if price != nil {
			b["price"] = price
		}
		v, err := c.Call(cmd.Context(), http.MethodPost, api.Path("price-rules"), nil, b)
		if err != nil {
			return err
		}
		return c.PrintObject(v, api.Column{"id", "id"}, api.Column{"name", "name"}, api.Column{"multiplier", "multiplier"}, api.Column{"price", "price"})
	})
	cmd.Flags().StringVar(&team, "team", "", "of a team")
	cmd.Flags().StringVar(&virtualKey, "virtual-key", "", "to a virtual key")
	cmd.Flags().StringVar(&provider, "provider", "", "to a provider")
	cmd.Flags().StringVar(&model, "model", "", "to a model; gpt-5* for all that begin so")
	cmd.Flags().StringVar(&multiplier, "multiplier", "", "times the cost, such as 1.2")
	cmd.Flags().StringVar(&markup, "markup", "", "percent on the cost, such as 20")
	cmd.Flags().StringVar(&input, "input", "", "USD per million tokens of input")
	cmd.Flags().StringVar(&output, "output", "", "USD per million tokens of output")
	cmd.Flags().StringArrayVar(&units, "unit", nil, "UNIT=USD of another unit, such as web_search=0.01 or audio_input=40; may be given again")
	cmd.Flags().StringVar(&file, "price", "", "a file with a price as JSON, which may have conditions")
	return cmd
}

// priceOfFlags is the price that the flags tell; nil if they tell none.
func priceOfFlags(input, output string, units []string, file string) (any, error) {
	price := api.Body{}
	if input != "" || output != "" {
		if input == "" || output == "" {
			return nil, api.Usage("--input and --output belong together")
		}
		for flag, usd := range map[string]string{"--input": input, "--output": output} {
			if _, err := gateway.ParseUSD(flag, usd); err != nil {
				return nil, api.Usage("%s must be USD per million tokens such as 2.50", flag)
			}
		}
		price["input"], price["output"] = json.Number(input), json.Number(output)
	}
	for _, text := range units {
		unit, usd, _ := strings.Cut(text, "=")
		if _, err := gateway.ParseUSD(unit, usd); err != nil || !slices.Contains(gateway.Units, gateway.Unit(unit)) {
			return nil, api.Usage("--unit must be UNIT=USD, such as web_search=0.01, not '%s'; units: %s", api.Printable(text), unitNames())
		}
		price[unit] = json.Number(usd)
	}
	switch {
	case file == "" && len(price) == 0:
		return nil, nil
	case file == "":
		return price, nil
	case len(price) > 0:
		return nil, api.Usage("--price has all units: leave --input, --output and --unit out")
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	if !json.Valid(raw) {
		return nil, api.Usage("%s holds no JSON", file)
	}
	return json.RawMessage(raw), nil
}

func unitNames() string {
	names := make([]string, len(gateway.Units))
	for i, unit := range gateway.Units {
		names[i] = string(unit)
	}
	return strings.Join(names, ", ")
}
