package access

import (
	"net/http"

	"github.com/spf13/cobra"

	"github.com/sluicegate/sluice/internal/cli/api"
)

// Wallets manages prepaid wallets.
func Wallets() *cobra.Command {
	var workspace, key, reference string
	columns := []api.Column{{"ID", "id"}, {"NAME", "name"}, {"API KEY", "api_key_id"}, {"CREDITED USD", "credited_usd"}, {"SPENT USD", "spent_usd"}, {"RESERVED USD", "reserved_usd"}, {"BALANCE USD", "balance_usd"}}
	create := api.Command("create NAME", "Make an empty wallet that pays for the calls of a workspace or an API key", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
		v, err := c.Call(cmd.Context(), http.MethodPost, api.Path("wallets"), nil, api.Body{"name": args[0]}.Text("workspace", workspace).Text("api_key", key))
		if err != nil {
			return err
		}
		return c.PrintObject(v, columns...)
	})
	create.Flags().StringVar(&key, "key", "", "API key that it pays for (default all of the workspace)")
	credit := api.Command("credit NAME USD", "Pay into a wallet", 2, func(cmd *cobra.Command, c *api.Client, args []string) error {
		v, err := c.Call(cmd.Context(), http.MethodPost, api.Path("wallets", args[0], "credits"), nil, api.Body{"amount_usd": args[1], "reference": reference}.Text("workspace", workspace))
		if err != nil {
			return err
		}
		return c.PrintObject(v, columns...)
	})
	credit.Flags().StringVar(&reference, "reference", "", "number of the payment: the same one again changes nothing")
	cmd := api.Group("wallets", "Prepaid wallets",
		api.Command("list", "List wallets", 0, func(cmd *cobra.Command, c *api.Client, _ []string) error {
			v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("wallets"), api.WorkspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.PrintTable(v, columns...)
		}),
		create, credit,
		api.Command("delete NAME", "Delete a wallet: calls are no longer paid from it", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
			v, err := c.Call(cmd.Context(), http.MethodDelete, api.Path("wallets", args[0]), api.WorkspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.PrintLine(v, "deleted %s", args[0])
		}))
	cmd.PersistentFlags().StringVar(&workspace, "workspace", "", "workspace (default your own)")
	return cmd
}
