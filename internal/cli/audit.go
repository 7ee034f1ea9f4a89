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
	"github.com/sluicegate/sluice/internal/cli/api"
	"github.com/sluicegate/sluice/telemetry/audit"
)

// auditCommand lists audit events, verifies their chains, and exports their heads.
func auditCommand() *cobra.Command {
	return api.Group("audit", "Who did what: the append-only, chained record", listAuditCommand(), verifyAuditCommand(), anchorAuditCommand())
}

// verifyAuditCommand asks a server, or with anchors reads the store itself.
func verifyAuditCommand() *cobra.Command {
	var flags controlFlags
	var anchors string
	var keys []string
	print := func(c *api.Client, v gjson.Result) error {
		if err := c.PrintTable(v, api.Column{"CHAIN", "chain|chain_id"}, api.Column{"ROWS", "rows"}, api.Column{"FIRST", "first"}, api.Column{"LAST", "last"},
			api.Column{"SIGNED HEAD", "head"}, api.Column{"FIRST BAD", "bad"}, api.Column{"REASON", "reason"}); err != nil {
			return err
		}
		if !v.Get("ok").Bool() {
			return errors.New("the audit record is broken")
		}
		return nil
	}
	cmd := &cobra.Command{Use: "verify", Short: "Recompute the chains; exit code 1 if one is broken", Args: api.Exactly(0), RunE: func(cmd *cobra.Command, _ []string) error {
		if anchors == "" {
			c, err := api.NewClient(cmd)
			if err != nil {
				return err
			}
			v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("audit-logs", "verify"), nil, nil)
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
		local := &api.Client{Out: cmd.OutOrStdout()}
		local.JSON, _ = cmd.Flags().GetBool("json")
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
				return api.Usage("anchor needs one file or URL")
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
	cmd := api.Command("list", "List audit events, newest first", 0, func(cmd *cobra.Command, c *api.Client, _ []string) error {
		v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("audit-logs"), query(), nil)
		if err != nil {
			return err
		}
		if err := c.PrintTable(v, api.Column{"TIME", "time"}, api.Column{"SEQ", "seq"}, api.Column{"MEMBER", "member_name|member"}, api.Column{"ACTION", "action"},
			api.Column{"RESOURCE", "resource"}, api.Column{"ID", "resource_id"}, api.Column{"OUTCOME", "outcome"}, api.Column{"STATUS", "status"},
			api.Column{"CLIENT", "client"}, api.Column{"REQUEST", "request_id"}); err != nil {
			return err
		}
		if next := v.Get("next_cursor").String(); next != "" && !c.JSON {
			fmt.Fprintf(cmd.ErrOrStderr(), "more: --cursor %s\n", api.Printable(next))
		}
		return nil
	})
	query = api.Filters(cmd,
		api.Filter{"cursor", "cursor", "where the last page ended"},
		api.Filter{"member", "member", "who did it"},
		api.Filter{"key", "api_key", "id of the API key"},
		api.Filter{"action", "action", "such as api_key.create"},
		api.Filter{"resource", "resource", "such as api_key"},
		api.Filter{"id", "resource_id", "of the resource"},
		api.Filter{"outcome", "outcome", "allowed or denied …"},
		api.Filter{"request", "request_id", "id of an exchange"},
		api.Filter{"since", "since", "a time, or a duration back from now such as 24h or 7d"},
		api.Filter{"until", "until", "likewise"},
		api.Filter{"workspace", "workspace", "only of this workspace"})
	return cmd
}
