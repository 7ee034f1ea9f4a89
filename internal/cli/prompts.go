package cli

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sluicegate/sluice/internal/config/promptfile"
	"github.com/sluicegate/sluice/prompts"
)

// promptsCommand manages prompt templates.
func promptsCommand() *cobra.Command {
	var workspace string
	cmd := group("prompts", "Prompt templates, their versions and labels",
		clientCommand("list", "List prompts", 0, func(cmd *cobra.Command, c *client, _ []string) error {
			v, err := c.call(cmd.Context(), http.MethodGet, apiPath("prompts"), workspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.printTable(v, column{"ID", "id"}, column{"SLUG", "slug"}, column{"NAME", "name"}, column{"NEWEST", "newest_version"},
				column{"ACTIVE", "active_version"}, column{"LABELS", "labels"}, column{"FROM FILE", "from_file"})
		}),
		clientCommand("get REF", "Print the body that a reference means: support, support@3, support@staging", 1, func(cmd *cobra.Command, c *client, args []string) error {
			v, err := c.call(cmd.Context(), http.MethodGet, apiPath("prompts", args[0]), workspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			if b := v.Get("body"); !c.json && b.Exists() {
				v = b
			}
			return c.printJSON(v)
		}),
		clientCommand("create FILE", "Make a prompt from a *.prompt.yaml", 1, func(cmd *cobra.Command, c *client, args []string) error {
			f, err := readPrompt(cmd, args[0])
			if err != nil {
				return err
			}
			b := body{"slug": f.Slug, "body": f.Body}.text("name", f.Name).text("description", f.Description).text("workspace", workspace)
			v, err := c.call(cmd.Context(), http.MethodPost, apiPath("prompts"), nil, b)
			if err != nil {
				return err
			}
			return c.printObject(v, column{"id", "id"}, column{"slug", "slug"}, column{"version", "newest_version"})
		}),
		clientCommand("add REF FILE", "Add the next version from a *.prompt.yaml", 2, func(cmd *cobra.Command, c *client, args []string) error {
			f, err := readPrompt(cmd, args[1])
			if err != nil {
				return err
			}
			b := body{"body": f.Body}.text("description", f.Description).text("workspace", workspace)
			v, err := c.call(cmd.Context(), http.MethodPost, apiPath("prompts", args[0], "versions"), nil, b)
			if err != nil {
				return err
			}
			return c.printObject(v, column{"id", "prompt_id"}, column{"version", "version"})
		}),
		clientCommand("versions REF", "List versions, newest first", 1, func(cmd *cobra.Command, c *client, args []string) error {
			v, err := c.call(cmd.Context(), http.MethodGet, apiPath("prompts", args[0], "versions"), workspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.printTable(v, column{"VERSION", "version"}, column{"LABELS", "labels"}, column{"DESCRIPTION", "description"}, column{"BY", "created_by"}, column{"CREATED", "created_at"})
		}),
		clientCommand("label REF LABEL VERSION", "Point a label at a version; calls without @ get 'published'", 3, func(cmd *cobra.Command, c *client, args []string) error {
			n, err := strconv.Atoi(args[2])
			if err != nil {
				return usage("'%s' is no version number", args[2])
			}
			b := body{"version": n}.text("workspace", workspace)
			v, err := c.call(cmd.Context(), http.MethodPut, apiPath("prompts", args[0], "labels", args[1]), nil, b)
			if err != nil {
				return err
			}
			return c.printLine(v, "%s@%s is version %d", args[0], args[1], n)
		}),
		renderCommand(&workspace),
		promptTestCommand(&workspace),
		clientCommand("delete REF", "Delete a prompt with all its versions", 1, func(cmd *cobra.Command, c *client, args []string) error {
			v, err := c.call(cmd.Context(), http.MethodDelete, apiPath("prompts", args[0]), workspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.printLine(v, "deleted %s", args[0])
		}))
	cmd.PersistentFlags().StringVar(&workspace, "workspace", "", "workspace (default your own)")
	return cmd
}

func renderCommand(workspace *string) *cobra.Command {
	var pairs []string
	var object string
	cmd := clientCommand("render REF", "Render a prompt without calling a model", 1, func(cmd *cobra.Command, c *client, args []string) error {
		vars := map[string]any{}
		if object != "" {
			if err := json.Unmarshal([]byte(object), &vars); err != nil {
				return usage("--variables must be a JSON object")
			}
		}
		for _, p := range pairs {
			name, value, ok := strings.Cut(p, "=")
			if !ok {
				return usage("--var is written name=value, not %q", p)
			}
			vars[name] = value
		}
		v, err := c.call(cmd.Context(), http.MethodPost, apiPath("prompts", args[0], "render"), workspaceQuery(*workspace), body{"variables": vars})
		if err != nil {
			return err
		}
		if data := v.Get("data"); !c.json && data.Exists() {
			v = data
		}
		return c.printJSON(v)
	})
	cmd.Flags().StringArrayVar(&pairs, "var", nil, "a text variable, name=value; may be repeated")
	cmd.Flags().StringVar(&object, "variables", "", "variables as a JSON object")
	return cmd
}

// readPrompt reads a prompt file. The error lists every problem of it.
func readPrompt(cmd *cobra.Command, file string) (prompts.Declared, error) {
	raw, err := readInput(cmd, file)
	if err != nil {
		return prompts.Declared{}, err
	}
	f, ps := promptfile.Read(file, raw)
	if len(ps) > 0 {
		return prompts.Declared{}, &usageError{errors.New(ps.Error())}
	}
	return f, nil
}
