package cli

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
)

// filter is a flag that narrows a list and the API parameter that it sets.
type filter struct{ flag, param, help string }

// filters adds the flags to cmd and returns the function that reads them as a query.
func filters(cmd *cobra.Command, list ...filter) func() url.Values {
	values := make([]string, len(list))
	for i, f := range list {
		cmd.Flags().StringVar(&values[i], f.flag, "", f.help)
	}
	limit := cmd.Flags().Int("limit", 50, "how many at most")
	return func() url.Values {
		q := url.Values{"limit": {strconv.Itoa(*limit)}}
		for i, f := range list {
			if values[i] != "" {
				q.Set(f.param, values[i])
			}
		}
		return q
	}
}

// logsCommand lists exchanges, newest first.
func logsCommand() *cobra.Command {
	var query func() url.Values
	var metadata []string
	cmd := clientCommand("logs", "List exchanges, newest first", 0, func(cmd *cobra.Command, c *client, _ []string) error {
		q := query()
		for _, m := range metadata {
			key, value, ok := strings.Cut(m, "=")
			if !ok || key == "" {
				return usage("--metadata is written key=value, not %q", m)
			}
			q.Set("metadata."+key, value)
		}
		v, err := c.call(cmd.Context(), http.MethodGet, apiPath("logs"), q, nil)
		if err != nil {
			return err
		}
		if err := c.printTable(v, column{"TIME", "time"}, column{"ID", "id"}, column{"STATUS", "status"}, column{"PROVIDER", "provider"}, column{"MODEL", "model"},
			column{"MS", "latency_ms"}, column{"IN", "usage.input_tokens"}, column{"OUT", "usage.output_tokens"}, column{"USD", "cost_usd"}, column{"PRICE", "price_usd"},
			column{"CACHE", "cache.status"}, column{"MEMBER", "member_name|member"}, column{"TRACE", "trace_id"}); err != nil {
			return err
		}
		if next := v.Get("next_cursor").String(); next != "" && !c.json {
			fmt.Fprintf(cmd.ErrOrStderr(), "more: --cursor %s\n", printable(next))
		}
		return nil
	})
	query = filters(cmd,
		filter{"cursor", "cursor", "where the last page ended"},
		filter{"model", "model", "asked for or served"},
		filter{"provider", "provider", "vendor"},
		filter{"virtual-key", "virtual_key", "name"},
		filter{"status", "status", "HTTP status, or a class such as 4xx"},
		filter{"outcome", "outcome", "ok, error, or one of its kinds"},
		filter{"member", "member", "who asked"},
		filter{"key", "api_key", "id of the API key"},
		filter{"trace", "trace_id", "trace id, as the caller sent it"},
		filter{"session", "session_id", "session, as the caller named it"},
		filter{"cache", "cache", "HIT, MISS …"},
		filter{"config", "config", "slug"},
		filter{"prompt", "prompt", "id or slug"},
		filter{"since", "since", "a time, or a duration back from now such as 24h"},
		filter{"until", "until", "likewise"},
		filter{"workspace", "workspace", "only of this workspace"})
	cmd.Flags().StringArrayVar(&metadata, "metadata", nil, "key=value; may be repeated")
	return addServerFlags(cmd)
}
