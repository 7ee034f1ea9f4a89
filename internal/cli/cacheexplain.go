package cli

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"
)

func explainCacheCommand(workspace *string) *cobra.Command {
	var request, model, config, namespace string
	cmd := clientCommand("explain [TEXT]", "Tell what the cache would do with a question, and why", 0, func(cmd *cobra.Command, c *client, args []string) error {
		if (len(args) == 1) == (request != "") {
			return usage("give a text, or --request with the id of a request")
		}
		b := body{}.text("workspace", *workspace).text("request_id", request).text("model", model).text("namespace", namespace)
		if len(args) == 1 {
			if model == "" {
				return usage("--model is missing: the question is looked up among the answers of a model")
			}
			b["text"] = args[0]
		}
		if !strings.HasPrefix(config, "{") {
			b.text("config", config)
		} else if gjson.Valid(config) {
			b["config"] = json.RawMessage(config)
		} else {
			return usage("--config is no valid JSON")
		}
		v, err := c.call(cmd.Context(), http.MethodPost, apiPath("cache", "explain"), nil, b)
		if err != nil {
			return err
		}
		if c.json {
			return c.printJSON(v)
		}
		return printCacheExplanation(c, v)
	})
	cmd.Args = func(_ *cobra.Command, args []string) error {
		if len(args) > 1 {
			return usage("quote the text: it is one argument")
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
func printCacheExplanation(c *client, v gjson.Result) error {
	if err := c.printObject(v, column{"mode", "mode"}, column{"tier that would answer", "tier"}, column{"reason", "reason"}, column{"question", "question"},
		column{"entry", "entry"}, column{"partition", "partition"}, column{"threshold", "threshold"}, column{"max age in seconds", "max_age"}, column{"max age is the default", "max_age_is_default"},
		column{"promised error", "promise.max_error"}, column{"least probability", "promise.threshold"}, column{"alarmed", "promise.alarmed"},
		column{"recorded", "recorded.status"}, column{"recorded reason", "recorded.reason"}); err != nil {
		return err
	}
	for i, n := range v.Get("neighbours").Array() {
		serves := "serves"
		if !n.Get("serves").Bool() {
			var without []string
			for _, w := range n.Get("serves_without").Array() {
				without = append(without, printable(w.String()))
			}
			serves = "does not serve; it would without: " + strings.Join(without, ", ")
		}
		var features []string
		for _, f := range n.Get("features").Array() {
			features = append(features, fmt.Sprintf("%s %+.1f", printable(f.Get("feature").String()), f.Get("effect").Num))
		}
		if _, err := fmt.Fprintf(c.out, "\n%d. %s\n   similarity %.3f, probability %.3f: %s\n   entry %s, stored by request %s\n   %s\n", i+1, printable(n.Get("question").String()),
			n.Get("similarity").Num, n.Get("probability").Num, serves, printable(n.Get("entry").String()), printable(n.Get("origin_request_id").String()), strings.Join(features, ", ")); err != nil {
			return err
		}
	}
	return nil
}

func reportCacheCommand(workspace *string) *cobra.Command {
	return clientCommand("report", "Hits by tier, what they saved, and the realised error against the promise", 0, func(cmd *cobra.Command, c *client, _ []string) error {
		v, err := c.call(cmd.Context(), http.MethodGet, apiPath("cache", "report"), workspaceQuery(*workspace), nil)
		if err != nil {
			return err
		}
		if c.json {
			return c.printJSON(v)
		}
		if err := c.printObject(v, column{"embedder", "embedder"}, column{"compares meaning", "compares_meaning"}, column{"missing", "missing"}, column{"requests", "requests"},
			column{"exact hits", "exact_hits"}, column{"alias hits", "alias_hits"}, column{"semantic hits", "semantic_hits"}, column{"misses", "misses"}, column{"refreshes", "refreshes"},
			column{"observed hits", "observed_hits"}, column{"saved USD", "saved_usd"}, column{"checks USD", "checks_usd"}, column{"net saved USD", "net_saved_usd"}, column{"judge calls", "judge_calls"}, column{"shadow calls", "shadow_calls"}, column{"saved seconds", "saved_seconds"},
			column{"would save USD", "would_save_usd"}, column{"would save seconds", "would_save_seconds"}); err != nil {
			return err
		}
		rows := [][]string{}
		percent := func(x gjson.Result) string { return fmt.Sprintf("%.2f%%", 100*x.Num) }
		for _, g := range v.Get("groups").Array() {
			of := func(name string) string {
				x := g.Get(name)
				return percent(x.Get("estimate")) + " (" + percent(x.Get("least")) + " to " + percent(x.Get("most")) + ")"
			}
			rows = append(rows, []string{cellText(g.Get("config")), cellText(g.Get("model")), cellText(g.Get("prompt")), percent(g.Get("max_error")), cellText(g.Get("promise")),
				of("wrong_of_all"), of("wrong_of_served"), cellText(g.Get("requests")), cellText(g.Get("served")), cellText(g.Get("checked")), cellText(g.Get("reported")), fmt.Sprintf("%.3f", g.Get("threshold").Num)})
		}
		if len(rows) == 0 {
			return nil
		}
		if _, err := fmt.Fprintln(c.out); err != nil {
			return err
		}
		return writeTable(c.out, isTerminal(c.out), []string{"CONFIG", "MODEL", "PROMPT", "PROMISED", "IS", "WRONG/ALL", "WRONG/SERVED", "REQUESTS", "SERVED", "CHECKED", "REPORTED", "LEAST PROBABILITY"}, rows)
	})
}
