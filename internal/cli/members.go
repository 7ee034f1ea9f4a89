package cli

import (
	"net/http"

	"github.com/spf13/cobra"
)

// membersCommand manages members and service accounts of a workspace.
func membersCommand() *cobra.Command {
	var workspace string
	act := func(use, short, method string, with body, done string) *cobra.Command {
		return clientCommand(use, short, 1, func(cmd *cobra.Command, c *client, args []string) error {
			var b any // nil: no body
			if with != nil {
				b = with
			}
			v, err := c.call(cmd.Context(), method, apiPath("members", args[0]), workspaceQuery(workspace), b)
			if err != nil {
				return err
			}
			return c.printLine(v, done, args[0])
		})
	}
	cmd := group("members", "Members and service accounts",
		listMembersCommand(&workspace), createMemberCommand(&workspace), updateMemberCommand(&workspace),
		act("disable REF", "Refuse all keys and sessions of a member", http.MethodPut, body{"disabled": true}, "disabled %s"),
		act("enable REF", "Let a disabled member act again", http.MethodPut, body{"disabled": false}, "enabled %s"),
		act("delete REF", "Take a member's role in the workspace away", http.MethodDelete, nil, "%s no longer belongs to the workspace"))
	cmd.PersistentFlags().StringVar(&workspace, "workspace", "", "workspace (default your own)")
	return cmd
}

func listMembersCommand(workspace *string) *cobra.Command {
	var service bool
	cmd := clientCommand("list", "List members", 0, func(cmd *cobra.Command, c *client, _ []string) error {
		q := workspaceQuery(*workspace)
		if cmd.Flags().Changed("service") {
			q.Set("service", map[bool]string{true: "true", false: "false"}[service])
		}
		v, err := c.call(cmd.Context(), http.MethodGet, apiPath("members"), q, nil)
		if err != nil {
			return err
		}
		return c.printTable(v, column{"NAME", "name"}, column{"ROLE", "role"}, column{"EVERYWHERE", "everywhere"}, column{"SERVICE", "service"},
			column{"DISABLED", "disabled"}, column{"ID", "id"}, column{"CREATED", "created_at"})
	})
	cmd.Flags().BoolVar(&service, "service", false, "service accounts alone; --service=false: people alone")
	return cmd
}

func createMemberCommand(workspace *string) *cobra.Command {
	var role string
	var service bool
	cmd := clientCommand("create NAME", "Add a member to the workspace", 1, func(cmd *cobra.Command, c *client, args []string) error {
		b := body{"name": args[0]}.text("role", role).text("workspace", *workspace)
		if service {
			b["service"] = true
		}
		v, err := c.call(cmd.Context(), http.MethodPost, apiPath("members"), nil, b)
		if err != nil {
			return err
		}
		return c.printObject(v, column{"id", "id"}, column{"name", "name"}, column{"role", "role"}, column{"service", "service"})
	})
	cmd.Flags().StringVar(&role, "role", "", "owner, admin, manager, member, viewer, auditor or billing (default member)")
	cmd.Flags().BoolVar(&service, "service", false, "a service account, as whom nobody signs in")
	return cmd
}

func updateMemberCommand(workspace *string) *cobra.Command {
	var role string
	var everywhere bool
	cmd := clientCommand("update REF", "Change a member's role", 1, func(cmd *cobra.Command, c *client, args []string) error {
		b := body{}.text("role", role)
		if cmd.Flags().Changed("everywhere") {
			b["everywhere"] = everywhere
		}
		if len(b) == 0 {
			return usage("nothing to change: give --role or --everywhere")
		}
		v, err := c.call(cmd.Context(), http.MethodPut, apiPath("members", args[0]), workspaceQuery(*workspace), b)
		if err != nil {
			return err
		}
		return c.printObject(v, column{"id", "id"}, column{"name", "name"}, column{"role", "role"}, column{"everywhere", "everywhere"})
	})
	cmd.Flags().StringVar(&role, "role", "", "owner, admin, manager, member, viewer, auditor or billing")
	cmd.Flags().BoolVar(&everywhere, "everywhere", false, "in all workspaces; --everywhere=false takes such a role away")
	return cmd
}
