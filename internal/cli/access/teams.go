package access

import (
	"net/http"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/internal/cli/api"
)

// Teams manages teams: groups of members of a workspace.
func Teams() *cobra.Command {
	var workspace string
	member := func(use, short, method, done string) *cobra.Command {
		return api.Command(use, short, 2, func(cmd *cobra.Command, c *api.Client, args []string) error {
			v, err := c.Call(cmd.Context(), method, api.Path("teams", args[0], "members", args[1]), api.WorkspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.PrintLine(v, done, args[1], args[0])
		})
	}
	cmd := api.Group("teams", "Teams: groups of members of a workspace",
		api.Command("list", "List teams", 0, func(cmd *cobra.Command, c *api.Client, _ []string) error {
			v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("teams"), api.WorkspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.PrintTable(v, api.Column{"NAME", "name"}, api.Column{"WORKSPACE", "workspace"}, api.Column{"MEMBERS", "members.#"}, api.Column{"API KEYS", "api_keys"},
				api.Column{"FROM FILE", "from_file"}, api.Column{"ID", "id"}, api.Column{"CREATED", "created_at"})
		}),
		api.Command("get REF", "List the members of a team", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
			v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("teams", args[0]), api.WorkspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			if c.JSON {
				return c.PrintJSON(v)
			}
			return c.PrintTable(gjson.Parse(`{"data":`+v.Get("members").Raw+`}`), api.Column{"NAME", "name"}, api.Column{"ROLE", "role"}, api.Column{"ID", "id"})
		}),
		createTeamCommand(&workspace),
		api.Command("rename REF NAME", "Give a team another name", 2, func(cmd *cobra.Command, c *api.Client, args []string) error {
			v, err := c.Call(cmd.Context(), http.MethodPut, api.Path("teams", args[0]), api.WorkspaceQuery(workspace), api.Body{"name": args[1]})
			if err != nil {
				return err
			}
			return c.PrintLine(v, "%s is %s now", args[0], args[1])
		}),
		member("add REF MEMBER", "Make a member one of a team", http.MethodPut, "%s belongs to %s"),
		member("remove REF MEMBER", "Take a member out of a team; its keys of the team are refused", http.MethodDelete, "%s no longer belongs to %s"),
		api.Command("delete REF", "Delete a team that no key belongs to", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
			v, err := c.Call(cmd.Context(), http.MethodDelete, api.Path("teams", args[0]), api.WorkspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.PrintLine(v, "deleted %s", args[0])
		}))
	cmd.PersistentFlags().StringVar(&workspace, "workspace", "", "workspace (default your own)")
	return cmd
}

func createTeamCommand(workspace *string) *cobra.Command {
	var members []string
	cmd := api.Command("create NAME", "Make a team", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
		b := api.Body{"name": args[0]}.Text("workspace", *workspace)
		if members != nil {
			b["members"] = members
		}
		v, err := c.Call(cmd.Context(), http.MethodPost, api.Path("teams"), nil, b)
		if err != nil {
			return err
		}
		return c.PrintObject(v, api.Column{"id", "id"}, api.Column{"name", "name"}, api.Column{"workspace", "workspace"}, api.Column{"members", "members.#"})
	})
	cmd.Flags().StringSliceVar(&members, "member", nil, "a member of the workspace; repeat it for more")
	return cmd
}
