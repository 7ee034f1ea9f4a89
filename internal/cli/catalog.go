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
)

// catalogCommand shows the server's catalogue of models, and makes the files that catalogues are
// published in.
func catalogCommand() *cobra.Command {
	return group("catalog", "Models and list prices: what is known, and where it comes from",
		catalogStatusCommand(), refreshCatalogCommand(), listCatalogCommand(), showCatalogModelCommand(), catalogConflictsCommand(),
		buildCatalogCommand(), catalogKeyCommand(), signCatalogCommand(), verifyCatalogCommand())
}

func printCatalog(c *client, v gjson.Result) error {
	return c.printObject(v, column{"origin", "origin"}, column{"version", "version"}, column{"day", "day"}, column{"models", "models"}, column{"providers", "providers"},
		column{"conflicts", "conflicts"}, column{"used since", "used_since"}, column{"renewed", "renewed"}, column{"configured", "configured"}, column{"every seconds", "every_seconds"},
		column{"checked", "checked_at"}, column{"failing since", "failed_since"}, column{"failures", "failures"}, column{"problem", "problem"})
}

func catalogStatusCommand() *cobra.Command {
	return clientCommand("status", "Tell which catalogue is in use, and how its renewal goes", 0, func(cmd *cobra.Command, c *client, _ []string) error {
		v, err := c.call(cmd.Context(), http.MethodGet, apiPath("catalog"), nil, nil)
		if err != nil {
			return err
		}
		return printCatalog(c, v)
	})
}

func refreshCatalogCommand() *cobra.Command {
	return clientCommand("refresh", "Look for a newer catalogue now", 0, func(cmd *cobra.Command, c *client, _ []string) error {
		v, err := c.call(cmd.Context(), http.MethodPost, apiPath("catalog", "refresh"), nil, body{})
		if err != nil {
			return err
		}
		return printCatalog(c, v)
	})
}

func listCatalogCommand() *cobra.Command {
	var provider, model, cursor string
	var limit int
	cmd := clientCommand("list", "List models with their plain prices in USD per million tokens", 0, func(cmd *cobra.Command, c *client, _ []string) error {
		query := url.Values{"limit": {strconv.Itoa(limit)}}
		for name, value := range map[string]string{"provider": provider, "model": model, "cursor": cursor} {
			if value != "" {
				query.Set(name, value)
			}
		}
		v, err := c.call(cmd.Context(), http.MethodGet, apiPath("catalog", "models"), query, nil)
		if err != nil {
			return err
		}
		err = c.printTable(v, column{"PROVIDER", "provider"}, column{"MODEL", "id"}, column{"MODE", "mode"}, column{"CONTEXT", "context"}, column{"MAX OUTPUT", "max_output"},
			column{"INPUT", "prices.0.usd.input"}, column{"OUTPUT", "prices.0.usd.output"}, column{"AGREEMENT", "agreement"}, column{"DEPRECATED", "deprecated"})
		if next := v.Get("next_cursor").String(); err == nil && next != "" && !c.json {
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
	cmd := clientCommand("show MODEL", "Show what is known of a model, with all of its prices", 1, func(cmd *cobra.Command, c *client, args []string) error {
		query := url.Values{"model": {args[0]}}
		if provider != "" {
			query.Set("provider", provider)
		}
		v, err := c.call(cmd.Context(), http.MethodGet, apiPath("catalog", "models"), query, nil)
		if err != nil {
			return err
		}
		models := v.Get("data").Array()
		if len(models) == 0 {
			return fmt.Errorf("the catalogue does not know the model %s", printable(args[0]))
		}
		if c.json {
			return c.printJSON(v)
		}
		for i, m := range models {
			if i > 0 {
				fmt.Fprintln(c.out)
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
func printCatalogModel(c *client, m gjson.Result) error {
	if err := c.printObject(m, column{"provider", "provider"}, column{"model", "id"}, column{"mode", "mode"}, column{"context", "context"}, column{"max output", "max_output"},
		column{"capabilities", "capabilities"}, column{"deprecated", "deprecated"}, column{"successor", "successor"}, column{"agreement", "agreement"}); err != nil {
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
			rows = append(rows, []string{printable(unit), cellText(p.Get("usd." + unit)), printable(strings.TrimSpace(when))})
		}
	}
	return writeTable(c.out, isTerminal(c.out), []string{"UNIT", "USD", "WHEN"}, rows)
}

func catalogConflictsCommand() *cobra.Command {
	var provider string
	cmd := clientCommand("conflicts", "List the models for which two sources tell different prices", 0, func(cmd *cobra.Command, c *client, _ []string) error {
		query := url.Values{}
		if provider != "" {
			query.Set("provider", provider)
		}
		v, err := c.call(cmd.Context(), http.MethodGet, apiPath("catalog", "conflicts"), query, nil)
		if err != nil {
			return err
		}
		return c.printTable(v, column{"PROVIDER", "provider"}, column{"MODEL", "model"}, column{"USED INPUT", "used.input"}, column{"USED OUTPUT", "used.output"},
			column{"OTHER INPUT", "unused.input"}, column{"OTHER OUTPUT", "unused.output"})
	})
	cmd.Flags().StringVar(&provider, "provider", "", "of one provider")
	return cmd
}
