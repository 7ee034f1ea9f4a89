// Package access holds the commands about who may call a server, with which keys, and how much
// they may spend: members, teams, workspaces, keys, sign-ins, limits, budgets and wallets.
//
// A file holds the commands of one resource, as one function that returns the group. A command turns its
// flags into one or two calls of the admin API through package api, which also prints: it decides nothing
// that the server decides, so that console, scripts and commands meet the same checks.
package access

import (
	"net/http"

	"github.com/spf13/cobra"

	"github.com/sluicegate/sluice/internal/cli/api"
)

// Members manages members and service accounts of a workspace.
func Members() *cobra.Command {
	var workspace string
	act := func(use, short, method string, with api.Body, done string) *cobra.Command {
		return api.Command(use, short, 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
			var b any // nil: no body
			if with != nil {
				b = with
			}
			v, err := c.Call(cmd.Context(), method, api.Path("members", args[0]), api.WorkspaceQuery(workspace), b)
			if err != nil {
				return err
			}
			return c.PrintLine(v, done, args[0])
		})
	}
	cmd := api.Group("members", "Members and service accounts",
		listMembersCommand(&workspace), createMemberCommand(&workspace), updateMemberCommand(&workspace),
		act("disable REF", "Refuse all keys and sessions of a member", http.MethodPut, api.Body{"disabled": true}, "disabled %s"),
		act("enable REF", "Let a disabled member act again", http.MethodPut, api.Body{"disabled": false}, "enabled %s"),
		act("delete REF", "Take a member's role in the workspace away", http.MethodDelete, nil, "%s no longer belongs to the workspace"))
	cmd.PersistentFlags().StringVar(&workspace, "workspace", "", "workspace (default your own)")
	return cmd
}

func listMembersCommand(workspace *string) *cobra.Command {
	var service bool
	cmd := api.Command("list", "List members", 0, func(cmd *cobra.Command, c *api.Client, _ []string) error {
		q := api.WorkspaceQuery(*workspace)
		if cmd.Flags().Changed("service") {
			q.Set("service", map[bool]string{true: "true", false: "false"}[service])
		}
		v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("members"), q, nil)
		if err != nil {
			return err
		}
		return c.PrintTable(v, api.Column{"NAME", "name"}, api.Column{"ROLE", "role"}, api.Column{"EVERYWHERE", "everywhere"}, api.Column{"SERVICE", "service"},
			api.Column{"DISABLED", "disabled"}, api.Column{"ID", "id"}, api.Column{"CREATED", "created_at"})
	})
	cmd.Flags().BoolVar(&service, "service", false, "service accounts alone; --service=false: people alone")
	return cmd
}

func createMemberCommand(workspace *string) *cobra.Command {
	var role string
	var service bool
	cmd := api.Command("create NAME", "Add a member to the workspace", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
		b := api.Body{"name": args[0]}.Text("role", role).Text("workspace", *workspace)
		if service {
			b["service"] = true
		}
		v, err := c.Call(cmd.Context(), http.MethodPost, api.Path("members"), nil, b)
		if err != nil {
			return err
		}
		return c.PrintObject(v, api.Column{"id", "id"}, api.Column{"name", "name"}, api.Column{"role", "role"}, api.Column{"service", "service"})
	})
	cmd.Flags().StringVar(&role, "role", "", "owner, admin, manager, member, viewer, auditor or billing (default member)")
	cmd.Flags().BoolVar(&service, "service", false, "a service account, as whom nobody signs in")
	return cmd
}

func updateMemberCommand(workspace *string) *cobra.Command {
	var role string
	var everywhere bool
	cmd := api.Command("update REF", "Change a member's role", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
		b := api.Body{}.Text("role", role)
		if cmd.Flags().Changed("everywhere") {
			b["everywhere"] = everywhere
		}
		if len(b) == 0 {
			return api.Usage("nothing to change: give --role or --everywhere")
		}
		v, err := c.Call(cmd.Context(), http.MethodPut, api.Path("members", args[0]), api.WorkspaceQuery(*workspace), b)
		if err != nil {
			return err
		}
		return c.PrintObject(v, api.Column{"id", "id"}, api.Column{"name", "name"}, api.Column{"role", "role"}, api.Column{"everywhere", "everywhere"})
	})
	cmd.Flags().StringVar(&role, "role", "", "owner, admin, manager, member, viewer, auditor or billing")
	cmd.Flags().BoolVar(&everywhere, "everywhere", false, "in all workspaces; --everywhere=false takes such a role away")
	return cmd
}
