package access

import (
	"errors"
	"net/http"
	"os"

	"github.com/spf13/cobra"

	"github.com/sluicegate/sluice/internal/cli/api"
)

// Alerts manages where alerts about budgets are sent.
func Alerts() *cobra.Command {
	var workspace string
	cmd := api.Group("alerts", "Where alerts about budgets are sent",
		api.Command("list", "List alert targets", 0, func(cmd *cobra.Command, c *api.Client, _ []string) error {
			v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("alert-targets"), api.WorkspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.PrintTable(v, api.Column{"ID", "id"}, api.Column{"NAME", "name"}, api.Column{"WORKSPACE", "workspace_id"}, api.Column{"FORMAT", "format"}, api.Column{"ADDRESS", "address"}, api.Column{"FROM FILE", "from_file"})
		}),
		createAlertCommand(&workspace),
		api.Command("test ID", "Send a target a test", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
			v, err := c.Call(cmd.Context(), http.MethodPost, api.Path("alert-targets", args[0], "test"), api.WorkspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			if err := c.PrintObject(v, api.Column{"delivered", "delivered"}, api.Column{"problem", "problem"}); err != nil {
				return err
			}
			if !v.Get("delivered").Bool() {
				return errors.New("the target did not take it")
			}
			return nil
		}),
		api.Command("delete ID", "Delete an alert target", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
			v, err := c.Call(cmd.Context(), http.MethodDelete, api.Path("alert-targets", args[0]), api.WorkspaceQuery(workspace), nil)
			if err != nil {
				return err
			}
			return c.PrintLine(v, "deleted %s", args[0])
		}))
	cmd.PersistentFlags().StringVar(&workspace, "workspace", "", "workspace (default your own); '*' for all, with create")
	return cmd
}

func createAlertCommand(workspace *string) *cobra.Command {
	var url, format, secretEnv string
	cmd := api.Command("create NAME", "Tell a webhook or Slack about budgets", 1, func(cmd *cobra.Command, c *api.Client, args []string) error {
		secret := ""
		if secretEnv != "" {
			if secret = os.Getenv(secretEnv); secret == "" {
				return api.Usage("the environment variable %s is not set", secretEnv)
			}
		}
		v, err := c.Call(cmd.Context(), http.MethodPost, api.Path("alert-targets"), nil,
			api.Body{"name": args[0], "url": url}.Text("format", format).Text("secret", secret).Text("workspace", *workspace))
		if err != nil {
			return err
		}
		return c.PrintObject(v, api.Column{"id", "id"}, api.Column{"name", "name"}, api.Column{"format", "format"}, api.Column{"address", "address"})
	})
	cmd.Flags().StringVar(&url, "to", "", "the URL to send it to")
	cmd.Flags().StringVar(&format, "format", "", "webhook (default) or slack")
	cmd.Flags().StringVar(&secretEnv, "secret-env", "", "environment variable with the secret that signs what a webhook gets")
	return cmd
}
