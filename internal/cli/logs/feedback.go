package logs

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sluicegate/sluice/internal/cli/api"
)

// Feedback keeps what somebody thinks of an answer.
func Feedback() *cobra.Command {
	var weight float64
	var metadata []string
	fields := func(cmd *cobra.Command, b api.Body) (api.Body, error) {
		if cmd.Flags().Changed("weight") {
			b["weight"] = weight
		}
		if cmd.Flags().Changed("metadata") {
			pairs := map[string]string{}
			for _, m := range metadata {
				key, value, ok := strings.Cut(m, "=")
				if !ok || key == "" {
					return nil, api.Usage("--metadata is written key=value, not %q", m)
				}
				pairs[key] = value
			}
			b["metadata"] = pairs
		}
		return b, nil
	}
	flags := func(cmd *cobra.Command) *cobra.Command {
		cmd.Flags().Float64Var(&weight, "weight", 1, "from 0 to 1")
		cmd.Flags().StringArrayVar(&metadata, "metadata", nil, "key=value; may be repeated")
		return cmd
	}
	add := api.Command("add TRACE VALUE", "Keep a value from -10 to 10 for a call, by its trace or request id", 2, func(cmd *cobra.Command, c *api.Client, args []string) error {
		value, err := strconv.Atoi(args[1])
		if err != nil {
			return api.Usage("VALUE is a whole number from -10 to 10, not %q", args[1])
		}
		b, err := fields(cmd, api.Body{"trace_id": args[0], "value": value})
		if err != nil {
			return err
		}
		v, err := c.Call(cmd.Context(), http.MethodPost, api.Path("feedback"), nil, b)
		if err != nil {
			return err
		}
		return c.PrintLine(v, "kept %s", api.Printable(v.Get("feedback_ids.0").String()))
	})
	value := 0
	update := api.Command("update ID", "Change a feedback: what is not given stays", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
		b := api.Body{}
		if cmd.Flags().Changed("value") {
			b["value"] = value
		}
		b, err := fields(cmd, b)
		if err != nil {
			return err
		}
		v, err := c.Call(cmd.Context(), http.MethodPut, api.Path("feedback", args[0]), nil, b)
		if err != nil {
			return err
		}
		return c.PrintLine(v, "changed %s", args[0])
	})
	update.Flags().IntVar(&value, "value", 0, "from -10 to 10")
	return api.Group("feedback", "What users think of answers", flags(add), flags(update))
}
