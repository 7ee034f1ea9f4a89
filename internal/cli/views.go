package cli

import (
	"context"
	"net/http"
	"net/url"

	"github.com/spf13/cobra"
)

// viewsCommand manages saved views.
func viewsCommand() *cobra.Command {
	var workspace string
	columns := []column{{"NAME", "name"}, {"PAGE", "page"}, {"QUERY", "query"}, {"SHARED", "shared"}, {"OWN", "own"}, {"ID", "id"}}
	var page, query string
	var shared bool
	create := clientCommand("create NAME", "Save filters under a name", 1, func(cmd *cobra.Command, c *client, args []string) error {
		v, err := c.call(cmd.Context(), http.MethodPost, apiPath("views"), nil,
			body{"name": args[0], "query": query, "shared": shared}.text("page", page).text("workspace", workspace))
		if err != nil {
			return err
		}
		return c.printObject(v, columns...)
	})
	create.Flags().StringVar(&page, "page", "", "logs (default), analytics or sessions")
	create.Flags().StringVar(&query, "query", "", "the filters, as in a URL: 'status=5xx&model=gpt-5'")
	create.Flags().BoolVar(&shared, "shared", false, "everybody in the workspace sees it")
	share := func(use, short string, to bool) *cobra.Command {
		return clientCommand(use+" VIEW", short, 1, func(cmd *cobra.Command, c *client, args []string) error {
			v, err := c.call(cmd.Context(), http.MethodPut, apiPath("views", args[0]), workspaceQuery(workspace), body{"shared": to})
			if err != nil {
				return err
			}
			return c.printObject(v, columns...)
		})
	}
	cmd := group("views", "Saved views: filters under a name",
		clientCommand("list", "List your views, and those that others share", 0, func(cmd *cobra.Command, c *client, _ []string) error {
			v, err := c.call(cmd.Context(), http.MethodGet, apiPath("views"), workspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.printTable(v, columns...)
		}),
		create,
		share("share", "Share a view with the workspace", true),
		share("unshare", "Keep a view to yourself", false),
		clientCommand("delete VIEW", "Delete a view", 1, func(cmd *cobra.Command, c *client, args []string) error {
			v, err := c.call(cmd.Context(), http.MethodDelete, apiPath("views", args[0]), workspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.printLine(v, "deleted %s", args[0])
		}))
	cmd.PersistentFlags().StringVar(&workspace, "workspace", "", "workspace (default your own)")
	return cmd
}

// filtersOf adds the filters of a saved view to a query. What the query has already stays.
func filtersOf(c *client, ctx context.Context, view string, q url.Values) error {
	v, err := c.call(ctx, http.MethodGet, apiPath("views", view), nil, nil)
	if err != nil {
		return err
	}
	saved, err := url.ParseQuery(v.Get("query").String())
	if err != nil {
		return err
	}
	for name, values := range saved {
		if !q.Has(name) {
			q[name] = values
		}
	}
	return nil
}
