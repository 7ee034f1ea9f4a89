package cli

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/spf13/cobra"
)

// auditCommand lists audit events and verifies their chains.
func auditCommand() *cobra.Command {
	return group("audit", "Who did what: the append-only, chained record", listAuditCommand(),
		clientCommand("verify", "Recompute the chains; exit code 1 if one is broken", 0, func(cmd *cobra.Command, c *client, _ []string) error {
			v, err := c.call(cmd.Context(), http.MethodGet, apiPath("audit-logs", "verify"), nil, nil)
			if err != nil {
				return err
			}
			if err := c.printTable(v, column{"CHAIN", "chain|chain_id"}, column{"ROWS", "rows"}, column{"FIRST", "first"}, column{"LAST", "last"},
				column{"SIGNED HEAD", "head"}, column{"FIRST BAD", "bad"}, column{"REASON", "reason"}); err != nil {
				return err
			}
			if !v.Get("ok").Bool() {
				return errors.New("the audit record is broken")
			}
			return nil
		}))
}

func listAuditCommand() *cobra.Command {
	var query func() url.Values
	cmd := clientCommand("list", "List audit events, newest first", 0, func(cmd *cobra.Command, c *client, _ []string) error {
		v, err := c.call(cmd.Context(), http.MethodGet, apiPath("audit-logs"), query(), nil)
		if err != nil {
			return err
		}
		if err := c.printTable(v, column{"TIME", "time"}, column{"SEQ", "seq"}, column{"MEMBER", "member_name|member"}, column{"ACTION", "action"},
			column{"RESOURCE", "resource"}, column{"ID", "resource_id"}, column{"OUTCOME", "outcome"}, column{"STATUS", "status"},
			column{"CLIENT", "client"}, column{"REQUEST", "request_id"}); err != nil {
			return err
		}
		if next := v.Get("next_cursor").String(); next != "" && !c.json {
			fmt.Fprintf(cmd.ErrOrStderr(), "more: --cursor %s\n", printable(next))
		}
		return nil
	})
	query = filters(cmd,
		filter{"cursor", "cursor", "where the last page ended"},
		filter{"member", "member", "who did it"},
		filter{"key", "api_key", "id of the API key"},
		filter{"action", "action", "such as api_key.create"},
		filter{"resource", "resource", "such as api_key"},
		filter{"id", "resource_id", "of the resource"},
		filter{"outcome", "outcome", "allowed or denied …"},
		filter{"request", "request_id", "id of an exchange"},
		filter{"since", "since", "a time, or a duration back from now such as 24h"},
		filter{"until", "until", "likewise"},
		filter{"workspace", "workspace", "only of this workspace"})
	return cmd
}
