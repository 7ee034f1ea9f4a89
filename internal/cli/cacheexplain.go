package cli

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/internal/cli/api"
)

func explainCacheCommand(workspace *string) *cobra.Command {
	var request, model, config, namespace string
	cmd := api.Command("explain [TEXT]", "Tell what the cache would do with a question, and why", 0, func(cmd *cobra.Command, c *api.Client, args []string) error {
		if (len(args) == 1) == (request != "") {
			return api.Usage("give a text, or --request with the id of a request")
		}
		b := api.Body{}.Text("workspace", *workspace).Text("request_id", request).Text("model", model).Text("namespace", namespace)
		if len(args) == 1 {
			if model == "" {
				return api.Usage("--model is missing: the question is looked up among the answers of a model")
			}
			b["text"] = args[0]
		}
		if !strings.HasPrefix(config, "{") {
			b.Text("config", config)
		} else if gjson.Valid(config) {
			b["config"] = json.RawMessage(config)
		} else {
			return api.Usage("--config is no valid JSON")
		}
		v, err := c.Call(cmd.Context(), http.MethodPost, api.Path("cache", "explain"), nil, b)
		if err != nil {
			return err
		}
		if c.JSON {
			return c.PrintJSON(v)
		}
		return printCacheExplanation(c, v)
	})
	cmd.Args = func(_ *cobra.Command, args []string) error {
		if len(args) > 1 {
			return api.Usage("quote the text: it is one argument")
		}
		return nil
	}
	cmd.Flags().StringVar(&request, "request", "", "explain the request with this id, as it would be answered now")
	cmd.Flags().StringVar(&model, "model", "", "model of the text, as a call names it")
	cmd.Flags().StringVar(&config, "config", "", `slug of a saved config, or one as JSON such as {"cache":"semantic"} (default your own)`)
	cmd.Flags().StringVar(&namespace, "namespace", "", "cache namespace")
	return cmd
}

// printCacheExplanation prints the fields of an explanation, then its neighbours.
func printCacheExplanation(c *api.Client, v gjson.Result) error {
	if err := c.PrintObject(v, api.Column{"mode", "mode"}, api.Column{"tier that would answer", "tier"}, api.Column{"reason", "reason"}, api.Column{"question", "question"},
		api.Column{"entry", "entry"}, api.Column{"partition", "partition"}, api.Column{"threshold", "threshold"}, api.Column{"max age in seconds", "max_age"}, api.Column{"max age is the default", "max_age_is_default"},
		api.Column{"promised error", "promise.max_error"}, api.Column{"least probability", "promise.threshold"}, api.Column{"alarmed", "promise.alarmed"},
		api.Column{"recorded", "recorded.status"}, api.Column{"recorded reason", "recorded.reason"}); err != nil {
		return err
	}
	for i, n := range v.Get("neighbours").Array() {
		serves := "serves"
		if !n.Get("serves").Bool() {
			var without []string
			for _, w := range n.Get("serves_without").Array() {
				without = append(without, api.Printable(w.String()))
			}
			serves = "does not serve; it would without: " + strings.Join(without, ", ")
		}
		var features []string
		for _, f := range n.Get("features").Array() {
			features = append(features, fmt.Sprintf("%s %+.1f", api.Printable(f.Get("feature").String()), f.Get("effect").Num))
		}
		if _, err := fmt.Fprintf(c.Out, "\n%d. %s\n   similarity %.3f, probability %.3f: %s\n   entry %s, stored by request %s\n   %s\n", i+1, api.Printable(n.Get("question").String()),
			n.Get("similarity").Num, n.Get("probability").Num, serves, api.Printable(n.Get("entry").String()), api.Printable(n.Get("origin_request_id").String()), strings.Join(features, ", ")); err != nil {
			return err
		}
	}
	if next := nextCacheStep(v); next != "" {
		_, err := fmt.Fprintf(c.Out, "\n%s\n", next)
		return err
	}
	return nil
}

// nextCacheStep says which command leads further where no stored answer came into question, "" elsewhere.
func nextCacheStep(v gjson.Result) string {
	switch {
	case v.Get("tier").String() != "" || len(v.Get("neighbours").Array()) > 0:
		return ""
	case v.Get("mode").String() == "off":
		return `The config that applies has no cache. Name the one that calls use: --config SLUG, or --config '{"cache":"semantic"}' for calls that choose the cache by header.`
	case v.Get("mode").String() == "exact":
		return `The mode exact compares no near questions. What the semantic cache would do: --config '{"cache":"semantic"}'.`
	case v.Get("partition").String() == "":
		return "The question is compared with none; the reason stands above."
	}
	return "No answer to a near question is stored in this partition. To see why an earlier call does not count, run `sluice cache explain --request ID` with its id (`sluice logs` lists them) and compare the partition:\n" +
		"another model, target, system prompt, parameter or namespace is another partition. `sluice logs --cache 'SEMANTIC MISS'` lists the calls that stored answers."
}

func reportCacheCommand(workspace *string) *cobra.Command {
	return api.Command("report", "Hits by tier, what they saved, and the realised error against the promise", 0, func(cmd *cobra.Command, c *api.Client, _ []string) error {
		v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("cache", "report"), api.WorkspaceQuery(*workspace), nil)
		if err != nil {
			return err
		}
		if c.JSON {
			return c.PrintJSON(v)
		}
		if err := c.PrintObject(v, api.Column{"embedder", "embedder"}, api.Column{"compares meaning", "compares_meaning"}, api.Column{"missing", "missing"}, api.Column{"requests", "requests"},
			api.Column{"exact hits", "exact_hits"}, api.Column{"alias hits", "alias_hits"}, api.Column{"semantic hits", "semantic_hits"}, api.Column{"misses", "misses"}, api.Column{"refreshes", "refreshes"},
			api.Column{"observed hits", "observed_hits"}, api.Column{"saved USD", "saved_usd"}, api.Column{"checks USD", "checks_usd"}, api.Column{"net saved USD", "net_saved_usd"}, api.Column{"judge calls", "judge_calls"}, api.Column{"shadow calls", "shadow_calls"}, api.Column{"saved seconds", "saved_seconds"},
			api.Column{"would save USD", "would_save_usd"}, api.Column{"would save seconds", "would_save_seconds"}); err != nil {
			return err
		}
		rows := [][]string{}
		percent := func(x gjson.Result) string { return fmt.Sprintf("%.2f%%", 100*x.Num) }
		for _, g := range v.Get("groups").Array() {
			of := func(name string) string {
				x := g.Get(name)
				return percent(x.Get("estimate")) + " (" + percent(x.Get("least")) + " to " + percent(x.Get("most")) + ")"
			}
			rows = append(rows, []string{api.CellText(g.Get("config")), api.CellText(g.Get("model")), api.CellText(g.Get("prompt")), percent(g.Get("max_error")), api.CellText(g.Get("promise")),
				of("wrong_of_all"), of("wrong_of_served"), api.CellText(g.Get("requests")), api.CellText(g.Get("served")), api.CellText(g.Get("checked")), api.CellText(g.Get("reported")), fmt.Sprintf("%.3f", g.Get("threshold").Num)})
		}
		if len(rows) == 0 {
			return nil
		}
		if _, err := fmt.Fprintln(c.Out); err != nil {
			return err
		}
		return api.WriteTable(c.Out, api.IsTerminal(c.Out), []string{"CONFIG", "MODEL", "PROMPT", "PROMISED", "IS", "WRONG/ALL", "WRONG/SERVED", "REQUESTS", "SERVED", "CHECKED", "REPORTED", "LEAST PROBABILITY"}, rows)
	})
}
