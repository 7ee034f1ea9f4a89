package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/spf13/cobra"

	"github.com/sluicegate/sluice/internal/config/yamltree"
)

// configsCommand manages saved configs.
func configsCommand() *cobra.Command {
	var workspace, note string
	shown := []column{{"slug", "slug"}, {"name", "name"}, {"version", "version"}}
	cmd := group("configs", "Saved configs: named routing documents",
		clientCommand("list", "List configs", 0, func(cmd *cobra.Command, c *client, _ []string) error {
			v, err := c.call(cmd.Context(), http.MethodGet, apiPath("configs"), workspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.printTable(v, column{"SLUG", "slug"}, column{"NAME", "name"}, column{"VERSION", "version"}, column{"FROM FILE", "from_file"}, column{"UPDATED", "updated_at"})
		}),
		clientCommand("get SLUG", "Print a config's document", 1, func(cmd *cobra.Command, c *client, args []string) error {
			v, err := c.call(cmd.Context(), http.MethodGet, apiPath("configs", args[0]), workspaceQuery(workspace), nil)
			if err == nil && !c.json {
				v = v.Get("config")
			}
			if err != nil {
				return err
			}
			return c.printJSON(v)
		}),
		clientCommand("create SLUG FILE", "Save a new config from a JSON or YAML file, - for standard input", 2, func(cmd *cobra.Command, c *client, args []string) error {
			doc, err := readDocument(cmd, args[1])
			if err != nil {
				return err
			}
			v, err := c.call(cmd.Context(), http.MethodPost, apiPath("configs"), nil, body{"slug": args[0], "config": doc}.text("workspace", workspace).text("note", note))
			if err != nil {
				return err
			}
			return c.printObject(v, shown...)
		}),
		clientCommand("update SLUG FILE", "Save the next version of a config", 2, func(cmd *cobra.Command, c *client, args []string) error {
			doc, err := readDocument(cmd, args[1])
			if err != nil {
				return err
			}
			v, err := c.call(cmd.Context(), http.MethodPut, apiPath("configs", args[0]), nil, body{"config": doc}.text("workspace", workspace).text("note", note))
			if err != nil {
				return err
			}
			return c.printObject(v, shown...)
		}),
		configVersionsCommand(&workspace), rollBackConfigCommand(&workspace), diffConfigCommand(&workspace), dryRunCommand(&workspace),
		clientCommand("delete SLUG", "Delete a config; its versions are kept for the audit", 1, func(cmd *cobra.Command, c *client, args []string) error {
			v, err := c.call(cmd.Context(), http.MethodDelete, apiPath("configs", args[0]), workspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.printLine(v, "deleted %s", args[0])
		}))
	cmd.PersistentFlags().StringVar(&workspace, "workspace", "", "workspace (default your own)")
	for _, sub := range cmd.Commands() {
		if name := sub.Name(); name == "create" || name == "update" {
			sub.Flags().StringVar(&note, "note", "", "why, kept with the version")
		}
	}
	return cmd
}

// readInput reads a file, or standard input for "-".
func readInput(cmd *cobra.Command, file string) ([]byte, error) {
	if file != "-" {
		raw, err := os.ReadFile(file)
		if err != nil {
			return nil, usage("%w", err)
		}
		return raw, nil
	}
	raw, err := io.ReadAll(io.LimitReader(cmd.InOrStdin(), 16<<20))
	if err != nil {
		return nil, fmt.Errorf("read standard input: %w", err)
	}
	return raw, nil
}

// readDocument reads a JSON or YAML file and returns JSON.
func readDocument(cmd *cobra.Command, file string) (json.RawMessage, error) {
	raw, err := readInput(cmd, file)
	if err != nil {
		return nil, err
	}
	if json.Valid(raw) {
		return raw, nil
	}
	root, ps := yamltree.Parse(raw)
	if len(ps) > 0 {
		return nil, &usageError{errors.New(ps.In(file).Error())}
	}
	return root.JSON(), nil
}
