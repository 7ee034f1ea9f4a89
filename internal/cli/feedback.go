package cli

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
)

// feedbackCommand keeps what somebody thinks of an answer.
func feedbackCommand() *cobra.Command {
	var weight float64
	var metadata []string
	fields := func(cmd *cobra.Command, b body) (body, error) {
		if cmd.Flags().Changed("weight") {
			b["weight"] = weight
		}
		if cmd.Flags().Changed("metadata") {
			pairs := map[string]string{}
			for _, m := range metadata {
				key, value, ok := strings.Cut(m, "=")
				if !ok || key == "" {
					return nil, usage("--metadata is written key=value, not %q", m)
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
	add := clientCommand("add TRACE VALUE", "Keep a value from -10 to 10 for a call, by its trace or request id", 2, func(cmd *cobra.Command, c *client, args []string) error {
		value, err := strconv.Atoi(args[1])
		if err != nil {
			return usage("VALUE is a whole number from -10 to 10, not %q", args[1])
		}
		b, err := fields(cmd, body{"trace_id": args[0], "value": value})
		if err != nil {
			return err
		}
		v, err := c.call(cmd.Context(), http.MethodPost, apiPath("feedback"), nil, b)
		if err != nil {
			return err
		}
		return c.printLine(v, "kept %s", printable(v.Get("feedback_ids.0").String()))
	})
	value := 0
	update := clientCommand("update ID", "Change a feedback: what is not given stays", 1, func(cmd *cobra.Command, c *client, args []string) error {
		b := body{}
		if cmd.Flags().Changed("value") {
			b["value"] = value
		}
		b, err := fields(cmd, b)
		if err != nil {
			return err
		}
		v, err := c.call(cmd.Context(), http.MethodPut, apiPath("feedback", args[0]), nil, b)
		if err != nil {
			return err
		}
		return c.printLine(v, "changed %s", args[0])
	})
	update.Flags().IntVar(&value, "value", 0, "from -10 to 10")
	return group("feedback", "What users think of answers", flags(add), flags(update))
}
