// Package documents holds the commands about what users write and the server versions: configs,
// prompts with their test cases and experiments, and guardrail checks.
//
// A document comes from a file or from standard input and is sent as it is: the server parses it and
// reports all its problems with their places, and each change makes a new version. What tries a document
// without storing it (dry runs, test cases, checks) is here, too.
package documents

import (
	"encoding/json"
	"net/http"

	"github.com/spf13/cobra"

	"github.com/sluicegate/sluice/internal/cli/api"
	"github.com/sluicegate/sluice/internal/config/yamltree"
)

// Configs manages saved configs.
func Configs() *cobra.Command {
	var workspace, note string
	shown := []api.Column{{"slug", "slug"}, {"name", "name"}, {"version", "version"}}
	cmd := api.Group("configs", "Saved configs: named routing documents",
		api.Command("list", "List configs", 0, func(cmd *cobra.Command, c *api.Client, _ []string) error {
			v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("configs"), api.WorkspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.PrintTable(v, api.Column{"SLUG", "slug"}, api.Column{"NAME", "name"}, api.Column{"VERSION", "version"}, api.Column{"FROM FILE", "from_file"}, api.Column{"UPDATED", "updated_at"})
		}),
		api.Command("get SLUG", "Print a config's document", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
			v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("configs", args[0]), api.WorkspaceQuery(workspace), nil)
			if err == nil && !c.JSON {
				v = v.Get("config")
			}
			if err != nil {
				return err
			}
			return c.PrintJSON(v)
		}),
		api.Command("create SLUG FILE", "Save a new config from a JSON or YAML file, - for standard input", 2, func(cmd *cobra.Command, c *api.Client, args []string) error {
			doc, err := readDocument(cmd, args[1])
			if err != nil {
				return err
			}
			v, err := c.Call(cmd.Context(), http.MethodPost, api.Path("configs"), nil, api.Body{"slug": args[0], "config": doc}.Text("workspace", workspace).Text("note", note))
			if err != nil {
				return err
			}
			return c.PrintObject(v, shown...)
		}),
		api.Command("update SLUG FILE", "Save the next version of a config", 2, func(cmd *cobra.Command, c *api.Client, args []string) error {
			doc, err := readDocument(cmd, args[1])
			if err != nil {
				return err
			}
			v, err := c.Call(cmd.Context(), http.MethodPut, api.Path("configs", args[0]), nil, api.Body{"config": doc}.Text("workspace", workspace).Text("note", note))
			if err != nil {
				return err
			}
			return c.PrintObject(v, shown...)
		}),
		configVersionsCommand(&workspace), rollBackConfigCommand(&workspace), diffConfigCommand(&workspace), dryRunCommand(&workspace),
		api.Command("delete SLUG", "Delete a config; its versions are kept for the audit", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
			v, err := c.Call(cmd.Context(), http.MethodDelete, api.Path("configs", args[0]), api.WorkspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.PrintLine(v, "deleted %s", args[0])
		}))
	cmd.PersistentFlags().StringVar(&workspace, "workspace", "", "workspace (default your own)")
	for _, sub := range cmd.Commands() {
		if name := sub.Name(); name == "create" || name == "update" {
			sub.Flags().StringVar(&note, "note", "", "why, kept with the version")
		}
	}
	return cmd
}

// readDocument reads a JSON or YAML file and returns JSON.
func readDocument(cmd *cobra.Command, file string) (json.RawMessage, error) {
	raw, err := api.ReadInput(cmd, file)
	if err != nil {
		return nil, err
	}
	if json.Valid(raw) {
		return raw, nil
	}
	root, ps := yamltree.Parse(raw)
	if len(ps) > 0 {
		return nil, api.Usage("%s", ps.In(file).Error())
	}
	return root.JSON(), nil
}
