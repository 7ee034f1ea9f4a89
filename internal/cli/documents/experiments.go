package documents

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/internal/cli/api"
)

// Experiments shows what the variants of prompts do, and ends their comparison.
func Experiments() *cobra.Command {
	var workspace, since, until string
	show := api.Command("show REF", "What each variant of a prompt does, and whether it differs from the first by more than chance", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
		q := api.WorkspaceQuery(workspace)
		for name, value := range map[string]string{"since": since, "until": until} {
			if value != "" {
				q.Set(name, value)
			}
		}
		v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("experiments", args[0]), q, nil)
		if err != nil {
			return err
		}
		if c.JSON {
			return c.PrintJSON(v)
		}
		return printResults(c, v)
	})
	show.Flags().StringVar(&since, "since", "", "a time, or a duration back from now such as 7d (default the begin of the experiment)")
	show.Flags().StringVar(&until, "until", "", "likewise (default now)")
	cmd := api.Group("experiments", "Comparisons of the variants of prompts",
		api.Command("list", "List experiments", 0, func(cmd *cobra.Command, c *api.Client, _ []string) error {
			v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("experiments"), api.WorkspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.PrintTable(v, api.Column{"PROMPT", "slug"}, api.Column{"STATE", "state"}, api.Column{"VERSION", "version"}, api.Column{"VARIANTS", "arms.#.name"}, api.Column{"WEIGHTS", "arms.#.weight"},
				api.Column{"BY", "by"}, api.Column{"STARTED", "started_at"})
		}),
		show,
		experimentWeights(&workspace),
		api.Command("end REF VARIANT", "End an experiment: everybody gets this variant", 2, func(cmd *cobra.Command, c *api.Client, args []string) error {
			v, err := c.Call(cmd.Context(), http.MethodPost, api.Path("experiments", args[0], "end"), nil, api.Body{"variant": args[1]}.Text("workspace", workspace))
			if err != nil {
				return err
			}
			return c.PrintLine(v, "%s: version %s is %s for everybody", args[0], v.Get("active_version").Raw, args[1])
		}))
	cmd.PersistentFlags().StringVar(&workspace, "workspace", "", "workspace (default your own)")
	return cmd
}

func experimentWeights(workspace *string) *cobra.Command {
	var given []string
	cmd := api.Command("weights REF", "Change the weights of variants; those that are not named keep theirs", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
		weights := map[string]float64{}
		for _, pair := range given {
			name, text, ok := strings.Cut(pair, "=")
			weight, err := strconv.ParseFloat(text, 64)
			if !ok || name == "" || err != nil {
				return api.Usage("--weight is written name=number, not %q", pair)
			}
			weights[name] = weight
		}
		v, err := c.Call(cmd.Context(), http.MethodPut, api.Path("experiments", args[0]), nil, api.Body{"weights": weights}.Text("workspace", *workspace))
		if err != nil {
			return err
		}
		return c.PrintLine(v, "%s: version %s compares %s by %s", args[0], v.Get("version").Raw, api.CellText(v.Get("arms.#.name")), api.CellText(v.Get("arms.#.weight")))
	})
	cmd.Flags().StringArrayVar(&given, "weight", nil, "name=number; may be repeated")
	return cmd
}

// measures are what variants are compared by.
var measures = []struct{ field, name string }{
	{"score", "the feedback"}, {"error_rate", "the share of errors"}, {"cost_per_call", "the cost of a call"}, {"latency", "the latency"},
}

// printResults prints a row for each variant, and a sentence for each comparison with the first one.
func printResults(c *api.Client, v gjson.Result) error {
	if err := c.PrintLine(v, "%s, version %s, %s; %s to %s", api.Printable(v.Get("slug").String()), v.Get("version").Raw, v.Get("state").String(), v.Get("since").String(), v.Get("until").String()); err != nil {
		return err
	}
	heads := []string{"VARIANT", "SHARE", "CALLS", "ERRORS", "INPUT", "OUTPUT", "COST USD", "P50 MS", "P90 MS", "P99 MS", "FEEDBACK", "SCORE", "95 %"}
	var rows [][]string
	for i, r := range v.Get("results").Array() {
		row := []string{api.Printable(r.Get("name").String()), fmt.Sprintf("%.0f %%", 100*v.Get("arms."+strconv.Itoa(i)+".share").Num)}
		for _, path := range []string{"calls", "errors", "input_tokens", "output_tokens", "cost_usd", "latency_p50_ms", "latency_p90_ms", "latency_p99_ms", "feedback"} {
			row = append(row, api.CellText(r.Get(path)))
		}
		rows = append(rows, append(row, fmt.Sprintf("%.3g", r.Get("score.mean").Num), intervalText(r.Get("score"))))
	}
	if err := api.WriteTable(c.Out, api.IsTerminal(c.Out), heads, rows); err != nil {
		return err
	}
	control := v.Get("control").String()
	for i, r := range v.Get("results").Array() {
		if i == 0 { // the control
			continue
		}
		for _, m := range measures {
			if err := c.PrintLine(v, "%s: %s", api.Printable(r.Get("name").String()), differenceText(m.name, api.Printable(control), r.Get(m.field+".difference"))); err != nil {
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
