package cli

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"
)

func configVersionsCommand(workspace *string) *cobra.Command {
	return clientCommand("versions SLUG", "List the versions of a config, also of a deleted one", 1, func(cmd *cobra.Command, c *client, args []string) error {
		v, err := c.call(cmd.Context(), http.MethodGet, apiPath("configs", args[0], "versions"), workspaceQuery(*workspace), nil)
		if err != nil {
			return err
		}
		return c.printTable(v, column{"VERSION", "version"}, column{"MADE", "created_at"}, column{"BY", "created_by"}, column{"NOTE", "note"}, column{"DELETED", "deleted_at"})
	})
}

func rollBackConfigCommand(workspace *string) *cobra.Command {
	var note string
	cmd := clientCommand("rollback SLUG VERSION", "Save the document of an older version as the next version", 2, func(cmd *cobra.Command, c *client, args []string) error {
		version, err := strconv.Atoi(args[1])
		if err != nil {
			return usage("the version must be a whole number, not '%s'", args[1])
		}
		v, err := c.call(cmd.Context(), http.MethodPost, apiPath("configs", args[0], "rollback"), nil, body{"version": version}.text("workspace", *workspace).text("note", note))
		if err != nil {
			return err
		}
		return c.printObject(v, column{"slug", "slug"}, column{"version", "version"}, column{"note", "note"})
	})
	cmd.Flags().StringVar(&note, "note", "", "why, kept with the version")
	return cmd
}

func diffConfigCommand(workspace *string) *cobra.Command {
	return clientCommand("diff SLUG OLD NEW", "Show what differs between two versions of a config", 3, func(cmd *cobra.Command, c *client, args []string) error {
		var sides [2]map[string]string
		for i, version := range args[1:] {
			v, err := c.call(cmd.Context(), http.MethodGet, apiPath("configs", args[0]+"@"+version), workspaceQuery(*workspace), nil)
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
		return c.printTable(gjson.ParseBytes(raw), column{"FIELD", "field"}, column{"OLD", "old"}, column{"NEW", "new"})
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
