package documents

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sluicegate/sluice/internal/cli/api"
	"github.com/sluicegate/sluice/internal/config/promptfile"
	"github.com/sluicegate/sluice/prompts"
)

// Prompts manages prompt templates.
func Prompts() *cobra.Command {
	var workspace string
	cmd := api.Group("prompts", "Prompt templates, their versions and labels",
		api.Command("list", "List prompts", 0, func(cmd *cobra.Command, c *api.Client, _ []string) error {
			v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("prompts"), api.WorkspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.PrintTable(v, api.Column{"ID", "id"}, api.Column{"SLUG", "slug"}, api.Column{"NAME", "name"}, api.Column{"NEWEST", "newest_version"},
				api.Column{"ACTIVE", "active_version"}, api.Column{"LABELS", "labels"}, api.Column{"FROM FILE", "from_file"})
		}),
		api.Command("get REF", "Print the body that a reference means: support, support@3, support@staging", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
			v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("prompts", args[0]), api.WorkspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			if b := v.Get("body"); !c.JSON && b.Exists() {
				v = b
			}
			return c.PrintJSON(v)
		}),
		api.Command("create FILE", "Make a prompt from a *.prompt.yaml", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
			f, err := readPrompt(cmd, args[0])
			if err != nil {
				return err
			}
			b := api.Body{"slug": f.Slug, "body": f.Body}.Text("name", f.Name).Text("description", f.Description).Text("workspace", workspace)
			v, err := c.Call(cmd.Context(), http.MethodPost, api.Path("prompts"), nil, b)
			if err != nil {
				return err
			}
			return c.PrintObject(v, api.Column{"id", "id"}, api.Column{"slug", "slug"}, api.Column{"version", "newest_version"})
		}),
		api.Command("add REF FILE", "Add the next version from a *.prompt.yaml", 2, func(cmd *cobra.Command, c *api.Client, args []string) error {
			f, err := readPrompt(cmd, args[1])
			if err != nil {
				return err
			}
			b := api.Body{"body": f.Body}.Text("description", f.Description).Text("workspace", workspace)
			v, err := c.Call(cmd.Context(), http.MethodPost, api.Path("prompts", args[0], "versions"), nil, b)
			if err != nil {
				return err
			}
			return c.PrintObject(v, api.Column{"id", "prompt_id"}, api.Column{"version", "version"})
		}),
		api.Command("versions REF", "List versions, newest first", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
			v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("prompts", args[0], "versions"), api.WorkspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.PrintTable(v, api.Column{"VERSION", "version"}, api.Column{"LABELS", "labels"}, api.Column{"DESCRIPTION", "description"}, api.Column{"BY", "created_by"}, api.Column{"CREATED", "created_at"})
		}),
		api.Command("label REF LABEL VERSION", "Point a label at a version; calls without @ get 'published'", 3, func(cmd *cobra.Command, c *api.Client, args []string) error {
			n, err := strconv.Atoi(args[2])
			if err != nil {
				return api.Usage("'%s' is no version number", args[2])
			}
			b := api.Body{"version": n}.Text("workspace", workspace)
			v, err := c.Call(cmd.Context(), http.MethodPut, api.Path("prompts", args[0], "labels", args[1]), nil, b)
			if err != nil {
				return err
			}
			return c.PrintLine(v, "%s@%s is version %d", args[0], args[1], n)
		}),
		renderCommand(&workspace),
		promptTestCommand(&workspace),
		api.Command("delete REF", "Delete a prompt with all its versions", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
			v, err := c.Call(cmd.Context(), http.MethodDelete, api.Path("prompts", args[0]), api.WorkspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.PrintLine(v, "deleted %s", args[0])
		}))
	cmd.PersistentFlags().StringVar(&workspace, "workspace", "", "workspace (default your own)")
	return cmd
}

func renderCommand(workspace *string) *cobra.Command {
	var pairs []string
	var object string
	cmd := api.Command("render REF", "Render a prompt without calling a model", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
		vars := map[string]any{}
		if object != "" {
			if err := json.Unmarshal([]byte(object), &vars); err != nil {
				return api.Usage("--variables must be a JSON object")
			}
		}
		for _, p := range pairs {
			name, value, ok := strings.Cut(p, "=")
			if !ok {
				return api.Usage("--var is written name=value, not %q", p)
			}
			vars[name] = value
		}
		v, err := c.Call(cmd.Context(), http.MethodPost, api.Path("prompts", args[0], "render"), api.WorkspaceQuery(*workspace), api.Body{"variables": vars})
		if err != nil {
			return err
		}
		if data := v.Get("data"); !c.JSON && data.Exists() {
			v = data
		}
		return c.PrintJSON(v)
	})
	cmd.Flags().StringArrayVar(&pairs, "var", nil, "a text variable, name=value; may be repeated")
	cmd.Flags().StringVar(&object, "variables", "", "variables as a JSON object")
	return cmd
}

// readPrompt reads a prompt file. The error lists every problem of it.
func readPrompt(cmd *cobra.Command, file string) (prompts.Declared, error) {
	raw, err := api.ReadInput(cmd, file)
	if err != nil {
		return prompts.Declared{}, err
	}
	f, ps := promptfile.Read(file, raw)
	if len(ps) > 0 {
		return prompts.Declared{}, api.Usage("%s", ps.Error())
	}
	return f, nil
}
