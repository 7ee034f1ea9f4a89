package documents

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/internal/cli/api"
)

func configVersionsCommand(workspace *string) *cobra.Command {
	return api.Command("versions SLUG", "List the versions of a config, also of a deleted one", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
		v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("configs", args[0], "versions"), api.WorkspaceQuery(*workspace), nil)
		if err != nil {
			return err
		}
		return c.PrintTable(v, api.Column{"VERSION", "version"}, api.Column{"MADE", "created_at"}, api.Column{"BY", "created_by"}, api.Column{"NOTE", "note"}, api.Column{"DELETED", "deleted_at"})
	})
}

func rollBackConfigCommand(workspace *string) *cobra.Command {
	var note string
	cmd := api.Command("rollback SLUG VERSION", "Save the document of an older version as the next version", 2, func(cmd *cobra.Command, c *api.Client, args []string) error {
		version, err := strconv.Atoi(args[1])
		if err != nil {
			return api.Usage("the version must be a whole number, not '%s'", args[1])
		}
		v, err := c.Call(cmd.Context(), http.MethodPost, api.Path("configs", args[0], "rollback"), nil, api.Body{"version": version}.Text("workspace", *workspace).Text("note", note))
		if err != nil {
			return err
		}
		return c.PrintObject(v, api.Column{"slug", "slug"}, api.Column{"version", "version"}, api.Column{"note", "note"})
	})
	cmd.Flags().StringVar(&note, "note", "", "why, kept with the version")
	return cmd
}

func diffConfigCommand(workspace *string) *cobra.Command {
	return api.Command("diff SLUG OLD NEW", "Show what differs between two versions of a config", 3, func(cmd *cobra.Command, c *api.Client, args []string) error {
		var sides [2]map[string]string
		for i, version := range args[1:] {
			v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("configs", args[0]+"@"+version), api.WorkspaceQuery(*workspace), nil)
			if err != nil {
				return err
			}
			sides[i] = map[string]string{}
			flatten("config", v.Get("config"), sides[i])
		}
		raw, err := json.Marshal(map[string]any{"object": "list", "data": differences(sides[0], sides[1])})
		if err != nil {
			return err
		}
		return c.PrintTable(gjson.ParseBytes(raw), api.Column{"FIELD", "field"}, api.Column{"OLD", "old"}, api.Column{"NEW", "new"})
	})
}

// flatten notes every value of a document by its path.
func flatten(path string, v gjson.Result, to map[string]string) {
	if !v.IsObject() && !v.IsArray() || v.Raw == "{}" || v.Raw == "[]" {
		to[path] = v.Raw
		return
	}
	n := 0
	v.ForEach(func(k, item gjson.Result) bool {
		at := path + "." + k.String()
		if v.IsArray() {
			at = path + "[" + strconv.Itoa(n) + "]"
		}
		n++
		flatten(at, item, to)
		return true
	})
}

// difference is a field that two versions have differently; one of them may lack it.
type difference struct {
	Field string `json:"field"`
	Old   string `json:"old,omitempty"` // JSON
	New   string `json:"new,omitempty"`
}

func differences(before, after map[string]string) []difference {
	out := []difference{}
	for field, old := range before {
		if after[field] != old {
			out = append(out, difference{field, old, after[field]})
		}
	}
	for field, value := range after {
		if _, known := before[field]; !known {
			out = append(out, difference{Field: field, New: value})
		}
	}
	slices.SortFunc(out, func(a, b difference) int { return strings.Compare(a.Field, b.Field) })
	return out
}
