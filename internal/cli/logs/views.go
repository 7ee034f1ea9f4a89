package logs

import (
	"context"
	"net/http"
	"net/url"

	"github.com/spf13/cobra"

	"github.com/sluicegate/sluice/internal/cli/api"
)

// Views manages saved views.
func Views() *cobra.Command {
	var workspace string
	columns := []api.Column{{"NAME", "name"}, {"PAGE", "page"}, {"QUERY", "query"}, {"SHARED", "shared"}, {"OWN", "own"}, {"ID", "id"}}
	var page, query string
	var shared bool
	create := api.Command("create NAME", "Save filters under a name", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
		v, err := c.Call(cmd.Context(), http.MethodPost, api.Path("views"), nil,
			api.Body{"name": args[0], "query": query, "shared": shared}.Text("page", page).Text("workspace", workspace))
		if err != nil {
			return err
		}
		return c.PrintObject(v, columns...)
	})
	create.Flags().StringVar(&page, "page", "", "logs (default), analytics or sessions")
	create.Flags().StringVar(&query, "query", "", "the filters, as in a URL: 'status=5xx&model=gpt-5'")
	create.Flags().BoolVar(&shared, "shared", false, "everybody in the workspace sees it")
	share := func(use, short string, to bool) *cobra.Command {
		return api.Command(use+" VIEW", short, 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
			v, err := c.Call(cmd.Context(), http.MethodPut, api.Path("views", args[0]), api.WorkspaceQuery(workspace), api.Body{"shared": to})
			if err != nil {
				return err
			}
			return c.PrintObject(v, columns...)
		})
	}
	cmd := api.Group("views", "Saved views: filters under a name",
		api.Command("list", "List your views, and those that others share", 0, func(cmd *cobra.Command, c *api.Client, _ []string) error {
			v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("views"), api.WorkspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.PrintTable(v, columns...)
		}),
		create,
		share("share", "Share a view with the workspace", true),
		share("unshare", "Keep a view to yourself", false),
		api.Command("delete VIEW", "Delete a view", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
			v, err := c.Call(cmd.Context(), http.MethodDelete, api.Path("views", args[0]), api.WorkspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.PrintLine(v, "deleted %s", args[0])
		}))
	cmd.PersistentFlags().StringVar(&workspace, "workspace", "", "workspace (default your own)")
	return cmd
}

// filtersOf adds the filters of a saved view to a query. What the query has already stays.
func filtersOf(ctx context.Context, c *api.Client, view string, q url.Values) error {
	v, err := c.Call(ctx, http.MethodGet, api.Path("views", view), nil, nil)
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
