package documents

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/internal/cli/api"
)

// dryRunCommand tells who would answer a call.
func dryRunCommand(workspace *string) *cobra.Command {
	var model, file, format string
	cmd := api.Command("dry-run [SLUG|FILE]", "Show who would answer a call, in which order, at what price and why, without calling anyone", 0, func(cmd *cobra.Command, c *api.Client, args []string) error {
		if (model == "") == (file == "") {
			return api.Usage("name the call by either --model or --request")
		}
		var request any = map[string]any{"model": model, "messages": []any{map[string]any{"role": "user", "content": "Hello"}}}
		if file != "" {
			doc, err := readDocument(cmd, file)
			if err != nil {
				return err
			}
			request = doc
		}
		asked := api.Body{"request": request}.Text("format", format)
		if len(args) == 1 {
			asked["config"] = args[0]
			if _, err := os.Stat(args[0]); err == nil || args[0] == "-" {
				doc, err := readDocument(cmd, args[0])
				if err != nil {
					return err
				}
				asked["config"] = doc
			}
		}
		v, err := c.Call(cmd.Context(), http.MethodPost, api.Path("configs", "dry-run"), api.WorkspaceQuery(*workspace), asked)
		if err != nil {
			return err
		}
		if c.JSON {
			return c.PrintJSON(v)
		}
		rows := []map[string]any{}
		for _, t := range v.Get("targets").Array() {
			rows = append(rows, map[string]any{"order": t.Get("order").Int(), "path": t.Get("path").Str, "provider": t.Get("provider").Str, "virtual_key": t.Get("virtual_key").Str,
				"model": t.Get("model").Str, "when": reasons(t), "input": t.Get("price.input").Value(), "output": t.Get("price.output").Value(), "rule": t.Get("price_rule").Str})
		}
		raw, err := json.Marshal(map[string]any{"data": rows})
		if err != nil {
			return err
		}
		return c.PrintTable(gjson.ParseBytes(raw), api.Column{"ORDER", "order"}, api.Column{"TARGET", "path"}, api.Column{"PROVIDER", "provider"}, api.Column{"VIRTUAL KEY", "virtual_key"},
			api.Column{"MODEL", "model"}, api.Column{"WHEN", "when"}, api.Column{"USD/M IN", "input"}, api.Column{"USD/M OUT", "output"}, api.Column{"PRICE RULE", "rule"})
	})
	cmd.Args = cobra.MaximumNArgs(1)
	cmd.Flags().StringVar(&model, "model", "", "the model of the call")
	cmd.Flags().StringVar(&file, "request", "", "file with the body of the call, - for standard input")
	cmd.Flags().StringVar(&format, "format", "", "format of the body: chat (default), messages or responses")
	return cmd
}

// reasons says in one line when a target of a dry run is asked.
func reasons(target gjson.Result) string {
	var out []string
	for _, c := range target.Get("when").Array() {
		if c.Get("kind").Str == "draw" {
			out = append(out, fmt.Sprintf("drawn by %s, share %.3g", c.Get("node").Str, c.Get("share").Float()))
			continue
		}
		if c.Get("kind").Str == "sticky" {
			out = append(out, "kept by "+c.Get("node").Str)
			continue
		}
		if c.Get("kind").Str == "ranked" {
			out = append(out, rankedBy(c))
			continue
		}
		text := "after " + c.Get("node").Str + " failed"
		for _, field := range []string{"on_status", "on_errors"} {
			if list := c.Get(field); list.Exists() {
				text += " with " + strings.Trim(list.Raw, "[]")
			}
		}
		out = append(out, text)
	}
	if target.Get("excluded").Bool() {
		out = append(out, "never: its virtual key does not allow the model")
	}
	if len(out) == 0 {
		return "first"
	}
	return strings.Join(out, ", ")
}

// rankedBy says by what a node that orders its targets has put one where it is.
func rankedBy(c gjson.Result) string {
	out := c.Get("mode").Str + " at " + c.Get("node").Str
	if cost := c.Get("estimated_cost"); cost.Exists() {
		out += fmt.Sprintf(", about %.6f USD", cost.Float())
	}
	if ms := c.Get("time_ms"); ms.Exists() {
		out += fmt.Sprintf(", %.0f ms", ms.Float())
	}
	if because := c.Get("because").Str; because != "" {
		out += ", " + because
	}
	return out
}
