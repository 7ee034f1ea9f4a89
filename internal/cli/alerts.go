package cli

import (
	"errors"
	"net/http"
	"os"

	"github.com/spf13/cobra"
)

// alertsCommand manages where alerts about budgets are sent.
func alertsCommand() *cobra.Command {
	var workspace string
	cmd := group("alerts", "Where alerts about budgets are sent",
		clientCommand("list", "List alert targets", 0, func(cmd *cobra.Command, c *client, _ []string) error {
			v, err := c.call(cmd.Context(), http.MethodGet, apiPath("alert-targets"), workspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.printTable(v, column{"ID", "id"}, column{"NAME", "name"}, column{"WORKSPACE", "workspace_id"}, column{"FORMAT", "format"}, column{"ADDRESS", "address"}, column{"FROM FILE", "from_file"})
		}),
		createAlertCommand(&workspace),
		clientCommand("test ID", "Send a target a test", 1, func(cmd *cobra.Command, c *client, args []string) error {
			v, err := c.call(cmd.Context(), http.MethodPost, apiPath("alert-targets", args[0], "test"), workspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			if err := c.printObject(v, column{"delivered", "delivered"}, column{"problem", "problem"}); err != nil {
				return err
			}
			if !v.Get("delivered").Bool() {
				return errors.New("the target did not take it")
			}
			return nil
		}),
		clientCommand("delete ID", "Delete an alert target", 1, func(cmd *cobra.Command, c *client, args []string) error {
			v, err := c.call(cmd.Context(), http.MethodDelete, apiPath("alert-targets", args[0]), workspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.printLine(v, "deleted %s", args[0])
		}))
	cmd.PersistentFlags().StringVar(&workspace, "workspace", "", "workspace (default your own); '*' for all, with create")
	return cmd
}

func createAlertCommand(workspace *string) *cobra.Command {
	var url, format, secretEnv string
	cmd := clientCommand("create NAME", "Tell a webhook or Slack about budgets", 1, func(cmd *cobra.Command, c *client, args []string) error {
		secret := ""
		if secretEnv != "" {
			if secret = os.Getenv(secretEnv); secret == "" {
				return usage("the environment variable %s is not set", secretEnv)
			}
		}
		v, err := c.call(cmd.Context(), http.MethodPost, apiPath("alert-targets"), nil,
			body{"name": args[0], "url": url}.text("format", format).text("secret", secret).text("workspace", *workspace))
		if err != nil {
			return err
		}
		return c.printObject(v, column{"id", "id"}, column{"name", "name"}, column{"format", "format"}, column{"address", "address"})
	})
	cmd.Flags().StringVar(&url, "to", "", "the URL to send it to")
	cmd.Flags().StringVar(&format, "format", "", "webhook (default) or slack")
	cmd.Flags().StringVar(&secretEnv, "secret-env", "", "environment variable with the secret that signs what a webhook gets")
	return cmd
}
