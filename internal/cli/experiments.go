package cli

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"
)

// experimentsCommand shows what the variants of prompts do, and ends their comparison.
func experimentsCommand() *cobra.Command {
	var workspace, since, until string
	show := clientCommand("show REF", "What each variant of a prompt does, and whether it differs from the first by more than chance", 1, func(cmd *cobra.Command, c *client, args []string) error {
		q := workspaceQuery(workspace)
		for name, value := range map[string]string{"since": since, "until": until} {
			if value != "" {
				q.Set(name, value)
			}
		}
		v, err := c.call(cmd.Context(), http.MethodGet, apiPath("experiments", args[0]), q, nil)
		if err != nil {
			return err
		}
		if c.json {
			return c.printJSON(v)
		}
		return printResults(c, v)
	})
	show.Flags().StringVar(&since, "since", "", "a time, or a duration back from now such as 168h (default the begin of the experiment)")
	show.Flags().StringVar(&until, "until", "", "likewise (default now)")
	cmd := group("experiments", "Comparisons of the variants of prompts",
		clientCommand("list", "List experiments", 0, func(cmd *cobra.Command, c *client, _ []string) error {
			v, err := c.call(cmd.Context(), http.MethodGet, apiPath("experiments"), workspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.printTable(v, column{"PROMPT", "slug"}, column{"STATE", "state"}, column{"VERSION", "version"}, column{"VARIANTS", "arms.#.name"}, column{"WEIGHTS", "arms.#.weight"},
				column{"BY", "by"}, column{"STARTED", "started_at"})
		}),
		show,
		experimentWeights(&workspace),
		clientCommand("end REF VARIANT", "End an experiment: everybody gets this variant", 2, func(cmd *cobra.Command, c *client, args []string) error {
			v, err := c.call(cmd.Context(), http.MethodPost, apiPath("experiments", args[0], "end"), nil, body{"variant": args[1]}.text("workspace", workspace))
			if err != nil {
				return err
			}
			return c.printLine(v, "%s: version %s is %s for everybody", args[0], v.Get("active_version").Raw, args[1])
		}))
	cmd.PersistentFlags().StringVar(&workspace, "workspace", "", "workspace (default your own)")
	return cmd
}

func experimentWeights(workspace *string) *cobra.Command {
	var given []string
	cmd := clientCommand("weights REF", "Change the weights of variants; those that are not named keep theirs", 1, func(cmd *cobra.Command, c *client, args []string) error {
		weights := map[string]float64{}
		for _, pair := range given {
			name, text, ok := strings.Cut(pair, "=")
			weight, err := strconv.ParseFloat(text, 64)
			if !ok || name == "" || err != nil {
				return usage("--weight is written name=number, not %q", pair)
			}
			weights[name] = weight
		}
		v, err := c.call(cmd.Context(), http.MethodPut, apiPath("experiments", args[0]), nil, body{"weights": weights}.text("workspace", *workspace))
		if err != nil {
			return err
		}
		return c.printLine(v, "%s: version %s compares %s by %s", args[0], v.Get("version").Raw, cellText(v.Get("arms.#.name")), cellText(v.Get("arms.#.weight")))
	})
	cmd.Flags().StringArrayVar(&given, "weight", nil, "name=number; may be repeated")
	return cmd
}

// measures are what variants are compared by.
var measures = []struct{ field, name string }{
	{"score", "the feedback"}, {"error_rate", "the share of errors"}, {"cost_per_call", "the cost of a call"}, {"latency", "the latency"},
}

// printResults prints a row for each variant, and a sentence for each comparison with the first one.
func printResults(c *client, v gjson.Result) error {
	if err := c.printLine(v, "%s, version %s, %s; %s to %s", printable(v.Get("slug").String()), v.Get("version").Raw, v.Get("state").String(), v.Get("since").String(), v.Get("until").String()); err != nil {
		return err
	}
	heads := []string{"VARIANT", "SHARE", "CALLS", "ERRORS", "INPUT", "OUTPUT", "COST USD", "P50 MS", "P90 MS", "P99 MS", "FEEDBACK", "SCORE", "95 %"}
	var rows [][]string
	for i, r := range v.Get("results").Array() {
		row := []string{printable(r.Get("name").String()), fmt.Sprintf("%.0f %%", 100*v.Get("arms."+strconv.Itoa(i)+".share").Num)}
		for _, path := range []string{"calls", "errors", "input_tokens", "output_tokens", "cost_usd", "latency_p50_ms", "latency_p90_ms", "latency_p99_ms", "feedback"} {
			row = append(row, cellText(r.Get(path)))
		}
		rows = append(rows, append(row, fmt.Sprintf("%.3g", r.Get("score.mean").Num), intervalText(r.Get("score"))))
	}
	if err := writeTable(c.out, isTerminal(c.out), heads, rows); err != nil {
		return err
	}
	control := v.Get("control").String()
	for i, r := range v.Get("results").Array() {
		if i == 0 { // the control
			continue
		}
		for _, m := range measures {
			if err := c.printLine(v, "%s: %s", printable(r.Get("name").String()), differenceText(m.name, printable(control), r.Get(m.field+".difference"))); err != nil {
				return err
			}
		}
	}
	return nil
}

func intervalText(v gjson.Result) string {
	if v.Get("low").Type == gjson.Null {
		return "-"
	}
	return fmt.Sprintf("%.3g to %.3g", v.Get("low").Num, v.Get("high").Num)
}

// differenceText says in words whether a difference is more than chance.
func differenceText(what, control string, d gjson.Result) string {
	switch verdict := d.Get("verdict").String(); verdict {
	case "higher", "lower":
		return fmt.Sprintf("%s is %s than that of %s, by more than chance: the difference is %s", what, verdict, control, intervalText(d))
	case "chance":
		return fmt.Sprintf("%s may be that of %s: the difference is %s", what, control, intervalText(d))
	default:
		return "too few observations to compare " + what
	}
}
