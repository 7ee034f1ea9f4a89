package cli

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/internal/cli/api"
)

// catalogCommand shows the server's catalogue of models, and makes the files that catalogues are
// published in.
func catalogCommand() *cobra.Command {
	return api.Group("catalog", "Models and list prices: what is known, and where it comes from",
		catalogStatusCommand(), refreshCatalogCommand(), listCatalogCommand(), showCatalogModelCommand(), catalogConflictsCommand(),
		buildCatalogCommand(), catalogKeyCommand(), signCatalogCommand(), verifyCatalogCommand())
}

func printCatalog(c *api.Client, v gjson.Result) error {
	return c.PrintObject(v, api.Column{"origin", "origin"}, api.Column{"version", "version"}, api.Column{"day", "day"}, api.Column{"models", "models"}, api.Column{"providers", "providers"},
		api.Column{"conflicts", "conflicts"}, api.Column{"used since", "used_since"}, api.Column{"renewed", "renewed"}, api.Column{"configured", "configured"}, api.Column{"every seconds", "every_seconds"},
		api.Column{"checked", "checked_at"}, api.Column{"failing since", "failed_since"}, api.Column{"failures", "failures"}, api.Column{"problem", "problem"})
}

func catalogStatusCommand() *cobra.Command {
	return api.Command("status", "Tell which catalogue is in use, and how its renewal goes", 0, func(cmd *cobra.Command, c *api.Client, _ []string) error {
		v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("catalog"), nil, nil)
		if err != nil {
			return err
		}
		return printCatalog(c, v)
	})
}

func refreshCatalogCommand() *cobra.Command {
	return api.Command("refresh", "Look for a newer catalogue now", 0, func(cmd *cobra.Command, c *api.Client, _ []string) error {
		v, err := c.Call(cmd.Context(), http.MethodPost, api.Path("catalog", "refresh"), nil, api.Body{})
		if err != nil {
			return err
		}
		return printCatalog(c, v)
	})
}

func listCatalogCommand() *cobra.Command {
	var provider, model, cursor string
	var limit int
	cmd := api.Command("list", "List models with their plain prices in USD per million tokens", 0, func(cmd *cobra.Command, c *api.Client, _ []string) error {
		query := url.Values{"limit": {strconv.Itoa(limit)}}
		for name, value := range map[string]string{"provider": provider, "model": model, "cursor": cursor} {
			if value != "" {
				query.Set(name, value)
			}
		}
		v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("catalog", "models"), query, nil)
		if err != nil {
			return err
		}
		err = c.PrintTable(v, api.Column{"PROVIDER", "provider"}, api.Column{"MODEL", "id"}, api.Column{"MODE", "mode"}, api.Column{"CONTEXT", "context"}, api.Column{"MAX OUTPUT", "max_output"},
			api.Column{"INPUT", "prices.0.usd.input"}, api.Column{"OUTPUT", "prices.0.usd.output"}, api.Column{"AGREEMENT", "agreement"}, api.Column{"DEPRECATED", "deprecated"})
		if next := v.Get("next_cursor").String(); err == nil && next != "" && !c.JSON {
			fmt.Fprintf(cmd.ErrOrStderr(), "there are more: --cursor %s\n", next)
		}
		return err
	})
	cmd.Flags().StringVar(&provider, "provider", "", "of one provider")
	cmd.Flags().StringVar(&model, "model", "", "one model; gpt-5* for all that begin so")
	cmd.Flags().StringVar(&cursor, "cursor", "", "where an earlier list ended")
	cmd.Flags().IntVar(&limit, "limit", 100, "how many, up to 1000")
	return cmd
}

func showCatalogModelCommand() *cobra.Command {
	var provider string
	cmd := api.Command("show MODEL", "Show what is known of a model, with all of its prices", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
		query := url.Values{"model": {args[0]}}
		if provider != "" {
			query.Set("provider", provider)
		}
		v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("catalog", "models"), query, nil)
		if err != nil {
			return err
		}
		models := v.Get("data").Array()
		if len(models) == 0 {
			return fmt.Errorf("the catalogue does not know the model %s", api.Printable(args[0]))
		}
		if c.JSON {
			return c.PrintJSON(v)
		}
		for i, m := range models {
			if i > 0 {
				fmt.Fprintln(c.Out)
			}
			if err := printCatalogModel(c, m); err != nil {
				return err
			}
		}
		return nil
	})
	cmd.Flags().StringVar(&provider, "provider", "", "of one provider (default all that have it)")
	return cmd
}

// printCatalogModel prints the fields of a model, and a line for each unit of each of its prices.
func printCatalogModel(c *api.Client, m gjson.Result) error {
	if err := c.PrintObject(m, api.Column{"provider", "provider"}, api.Column{"model", "id"}, api.Column{"mode", "mode"}, api.Column{"context", "context"}, api.Column{"max output", "max_output"},
		api.Column{"capabilities", "capabilities"}, api.Column{"deprecated", "deprecated"}, api.Column{"successor", "successor"}, api.Column{"agreement", "agreement"}); err != nil {
		return err
	}
	var rows [][]string
	for _, p := range m.Get("prices").Array() {
		when := ""
		for _, name := range []string{"from", "until", "tier", "region", "hours", "over", "quality", "size"} {
			if condition := p.Get(name).String(); condition != "" {
				when += " " + name + " " + condition
			}
		}
		var units []string
		p.Get("usd").ForEach(func(unit, _ gjson.Result) bool {
			units = append(units, unit.String())
			return true
		})
		slices.Sort(units)
		for _, unit := range units {
			rows = append(rows, []string{api.Printable(unit), api.CellText(p.Get("usd." + unit)), api.Printable(strings.TrimSpace(when))})
		}
	}
	return api.WriteTable(c.Out, api.IsTerminal(c.Out), []string{"UNIT", "USD", "WHEN"}, rows)
}

func catalogConflictsCommand() *cobra.Command {
	var provider string
	cmd := api.Command("conflicts", "List the models for which two sources tell different prices", 0, func(cmd *cobra.Command, c *api.Client, _ []string) error {
		query := url.Values{}
		if provider != "" {
			query.Set("provider", provider)
		}
		v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("catalog", "conflicts"), query, nil)
		if err != nil {
			return err
		}
		return c.PrintTable(v, api.Column{"PROVIDER", "provider"}, api.Column{"MODEL", "model"}, api.Column{"USED INPUT", "used.input"}, api.Column{"USED OUTPUT", "used.output"},
			api.Column{"OTHER INPUT", "unused.input"}, api.Column{"OTHER OUTPUT", "unused.output"})
	})
	cmd.Flags().StringVar(&provider, "provider", "", "of one provider")
	return cmd
}
