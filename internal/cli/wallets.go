package cli

import (
	"net/http"

	"github.com/spf13/cobra"
)

// walletsCommand manages prepaid wallets.
func walletsCommand() *cobra.Command {
	var workspace, key, reference string
	columns := []column{{"ID", "id"}, {"NAME", "name"}, {"API KEY", "api_key_id"}, {"CREDITED USD", "credited_usd"}, {"SPENT USD", "spent_usd"}, {"RESERVED USD", "reserved_usd"}, {"BALANCE USD", "balance_usd"}}
	create := clientCommand("create NAME", "Make an empty wallet that pays for the calls of a workspace or an API key", 1, func(cmd *cobra.Command, c *client, args []string) error {
		v, err := c.call(cmd.Context(), http.MethodPost, apiPath("wallets"), nil, body{"name": args[0]}.text("workspace", workspace).text("api_key", key))
		if err != nil {
			return err
		}
		return c.printObject(v, columns...)
	})
	create.Flags().StringVar(&key, "key", "", "API key that it pays for (default all of the workspace)")
	credit := clientCommand("credit NAME USD", "Pay into a wallet", 2, func(cmd *cobra.Command, c *client, args []string) error {
		v, err := c.call(cmd.Context(), http.MethodPost, apiPath("wallets", args[0], "credits"), nil, body{"amount_usd": args[1], "reference": reference}.text("workspace", workspace))
		if err != nil {
			return err
		}
		return c.printObject(v, columns...)
	})
	credit.Flags().StringVar(&reference, "reference", "", "number of the payment: the same one again changes nothing")
	cmd := group("wallets", "Prepaid wallets",
		clientCommand("list", "List wallets", 0, func(cmd *cobra.Command, c *client, _ []string) error {
			v, err := c.call(cmd.Context(), http.MethodGet, apiPath("wallets"), workspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.printTable(v, columns...)
		}),
		create, credit,
		clientCommand("delete NAME", "Delete a wallet: calls are no longer paid from it", 1, func(cmd *cobra.Command, c *client, args []string) error {
			v, err := c.call(cmd.Context(), http.MethodDelete, apiPath("wallets", args[0]), workspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.printLine(v, "deleted %s", args[0])
		}))
	cmd.PersistentFlags().StringVar(&workspace, "workspace", "", "workspace (default your own)")
	return cmd
}
