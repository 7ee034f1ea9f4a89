package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/internal/app"
	"github.com/sluicegate/sluice/telemetry/audit"
)

// auditCommand lists audit events, verifies their chains, and exports their heads.
func auditCommand() *cobra.Command {
	return group("audit", "Who did what: the append-only, chained record", listAuditCommand(), verifyAuditCommand(), anchorAuditCommand())
}

// verifyAuditCommand asks a server, or with anchors reads the store itself.
func verifyAuditCommand() *cobra.Command {
	var flags controlFlags
	var anchors string
	var keys []string
	print := func(c *client, v gjson.Result) error {
		if err := c.printTable(v, column{"CHAIN", "chain|chain_id"}, column{"ROWS", "rows"}, column{"FIRST", "first"}, column{"LAST", "last"},
			column{"SIGNED HEAD", "head"}, column{"FIRST BAD", "bad"}, column{"REASON", "reason"}); err != nil {
			return err
		}
		if !v.Get("ok").Bool() {
			return errors.New("the audit record is broken")
		}
		return nil
	}
	cmd := &cobra.Command{Use: "verify", Short: "Recompute the chains; exit code 1 if one is broken", Args: exactly(0), RunE: func(cmd *cobra.Command, _ []string) error {
		if anchors == "" {
			c, err := newClient(cmd)
			if err != nil {
				return err
			}
			v, err := c.call(cmd.Context(), http.MethodGet, apiPath("audit-logs", "verify"), nil, nil)
			if err != nil {
				return err
			}
			return print(c, v)
		}
		cfg, err := flags.config(cmd)
		if err != nil {
			return err
		}
		f, err := os.Open(anchors)
		if err != nil {
			return err
		}
		defer f.Close()
		verdicts, err := app.VerifyAnchors(cmd.Context(), cfg, f, keys)
		if err != nil {
			return err
		}
		whole := !slices.ContainsFunc(verdicts, func(v audit.Verdict) bool { return v.Bad != 0 })
		raw, _ := json.Marshal(map[string]any{"object": "list", "ok": whole, "data": verdicts}) // plain data always encodes
		local := &client{out: cmd.OutOrStdout()}
		local.json, _ = cmd.Flags().GetBool("json")
		return print(local, gjson.ParseBytes(raw))
	}}
	flags.add(cmd)
	cmd.Flags().StringVar(&anchors, "anchors", "", "file of exported heads to compare with; the store is read without a server")
	cmd.Flags().StringArrayVar(&keys, "public-key", nil, "key that signed the anchors; without it the first anchor's (repeatable)")
	return cmd
}

func anchorAuditCommand() *cobra.Command {
	var flags controlFlags
	cmd := &cobra.Command{
		Use:   "anchor FILE|URL",
		Short: "Export the signed heads of the chains: append them to a file, or POST them",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("anchor needs one file or URL")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := flags.config(cmd)
			if err != nil {
				return err
			}
			key, err := app.AnchorAudit(cmd.Context(), cfg, args[0])
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "The heads are exported. The public key is %s\n", key)
			return nil
		},
	}
	flags.add(cmd)
	return cmd
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
