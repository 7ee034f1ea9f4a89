package cli

import (
	"net/http"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"
)

// teamsCommand manages teams: groups of members of a workspace.
func teamsCommand() *cobra.Command {
	var workspace string
	member := func(use, short, method, done string) *cobra.Command {
		return clientCommand(use, short, 2, func(cmd *cobra.Command, c *client, args []string) error {
			v, err := c.call(cmd.Context(), method, apiPath("teams", args[0], "members", args[1]), workspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.printLine(v, done, args[1], args[0])
		})
	}
	cmd := group("teams", "Teams: groups of members of a workspace",
		clientCommand("list", "List teams", 0, func(cmd *cobra.Command, c *client, _ []string) error {
			v, err := c.call(cmd.Context(), http.MethodGet, apiPath("teams"), workspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.printTable(v, column{"NAME", "name"}, column{"WORKSPACE", "workspace"}, column{"MEMBERS", "members.#"}, column{"API KEYS", "api_keys"},
				column{"FROM FILE", "from_file"}, column{"ID", "id"}, column{"CREATED", "created_at"})
		}),
		clientCommand("get REF", "List the members of a team", 1, func(cmd *cobra.Command, c *client, args []string) error {
			v, err := c.call(cmd.Context(), http.MethodGet, apiPath("teams", args[0]), workspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			if c.json {
				return c.printJSON(v)
			}
			return c.printTable(gjson.Parse(`{"data":`+v.Get("members").Raw+`}`), column{"NAME", "name"}, column{"ROLE", "role"}, column{"ID", "id"})
		}),
		createTeamCommand(&workspace),
		clientCommand("rename REF NAME", "Give a team another name", 2, func(cmd *cobra.Command, c *client, args []string) error {
			v, err := c.call(cmd.Context(), http.MethodPut, apiPath("teams", args[0]), workspaceQuery(workspace), body{"name": args[1]})
			if err != nil {
				return err
			}
			return c.printLine(v, "%s is %s now", args[0], args[1])
		}),
		member("add REF MEMBER", "Make a member one of a team", http.MethodPut, "%s belongs to %s"),
		member("remove REF MEMBER", "Take a member out of a team; its keys of the team are refused", http.MethodDelete, "%s no longer belongs to %s"),
		clientCommand("delete REF", "Delete a team that no key belongs to", 1, func(cmd *cobra.Command, c *client, args []string) error {
			v, err := c.call(cmd.Context(), http.MethodDelete, apiPath("teams", args[0]), workspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.printLine(v, "deleted %s", args[0])
		}))
	cmd.PersistentFlags().StringVar(&workspace, "workspace", "", "workspace (default your own)")
	return cmd
}

func createTeamCommand(workspace *string) *cobra.Command {
	var members []string
	cmd := clientCommand("create NAME", "Make a team", 1, func(cmd *cobra.Command, c *client, args []string) error {
		b := body{"name": args[0]}.text("workspace", *workspace)
		if members != nil {
			b["members"] = members
		}
		v, err := c.call(cmd.Context(), http.MethodPost, apiPath("teams"), nil, b)
		if err != nil {
			return err
		}
		return c.printObject(v, column{"id", "id"}, column{"name", "name"}, column{"workspace", "workspace"}, column{"members", "members.#"})
	})
	cmd.Flags().StringSliceVar(&members, "member", nil, "a member of the workspace; repeat it for more")
	return cmd
}
