package cli

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/internal/cli/api"
)

// doctorCommand looks for the reasons why clients fail.
func doctorCommand() *cobra.Command {
	var last int
	cmd := api.Command("doctor", "List the unknown paths that clients asked for, such as a wrong base URL makes", 0, func(cmd *cobra.Command, c *api.Client, _ []string) error {
		v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("logs"), url.Values{"status": {"404"}, "limit": {strconv.Itoa(last)}}, nil)
		if err != nil {
			return err
		}
		found, err := unknownPaths(v.Get("data").Array())
		if err != nil {
			return err
		}
		if err := c.PrintTable(found, api.Column{"CALLS", "calls"}, api.Column{"METHOD", "method"}, api.Column{"PATH", "path"},
			api.Column{"LAST", "last"}, api.Column{"TRACE", "trace_id"}); err != nil {
			return err
		}
		if len(found.Get("data").Array()) == 0 && !c.JSON {
			fmt.Fprintln(cmd.ErrOrStderr(), "no client asked for an unknown path")
		}
		return nil
	})
	cmd.Flags().IntVar(&last, "last", 1000, "how many of the newest answers with status 404 are looked at")
	cmd.Flags().Lookup("last").NoOptDefVal = "1000"
	return api.AddServerFlags(cmd)
}

// unknownPath counts the calls of one path. Last and Trace are of the newest call.
type unknownPath struct {
	Calls  int    `json:"calls"`
	Method string `json:"method"`
	Path   string `json:"path"`
	Last   string `json:"last"`
	Trace  string `json:"trace_id"`
}

// unknownPaths groups exchanges, newest first, by method and path.
func unknownPaths(exchanges []gjson.Result) (gjson.Result, error) {
	list, at := []unknownPath{}, map[string]int{}
	for _, ex := range exchanges {
		if ex.Get("operation").String() != "unknown_path" {
			continue
		}
		method, path := ex.Get("method").String(), ex.Get("route").String()
		i, ok := at[method+" "+path]
		if !ok {
			i = len(list)
			at[method+" "+path] = i
			list = append(list, unknownPath{Method: method, Path: path, Last: ex.Get("time").String(), Trace: ex.Get("trace_id").String()})
		}
		list[i].Calls++
	}
	raw, err := json.Marshal(map[string]any{"object": "list", "data": list})
	return gjson.ParseBytes(raw), err
}
