package cli

import (
	"errors"
	"net/http"
	"time"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/internal/cli/api"
)

// masterKeyCommand manages the key that seals credentials and kept responses.
func masterKeyCommand() *cobra.Command {
	return api.Group("master-key", "The key that seals what Sluice stores", masterKeyStatusCommand(), rotateMasterKeyCommand())
}

func printMasterKey(c *api.Client, v gjson.Result) error {
	return c.PrintObject(v, api.Column{"active", "active"}, api.Column{"known", "known"}, api.Column{"running", "running"}, api.Column{"resealed", "resealed"},
		api.Column{"left", "left"}, api.Column{"problem", "problem"})
}

func masterKeyStatusCommand() *cobra.Command {
	return api.Command("status", "Tell which master key is active, and how far a rotation is", 0, func(cmd *cobra.Command, c *api.Client, _ []string) error {
		v, err := c.Call(cmd.Context(), http.MethodGet, api.Path("master-key"), nil, nil)
		if err != nil {
			return err
		}
		return printMasterKey(c, v)
	})
}

func rotateMasterKeyCommand() *cobra.Command {
	cmd := api.Command("rotate", "Seal everything with another master key, while calls run", 0, func(cmd *cobra.Command, c *api.Client, _ []string) error {
		v, err := c.Call(cmd.Context(), http.MethodPost, api.Path("master-key", "rotate"), nil, api.Body{})
		for err == nil && v.Get("running").Bool() {
			select {
			case <-cmd.Context().Done():
				return cmd.Context().Err()
			case <-time.After(200 * time.Millisecond):
			}
			v, err = c.Call(cmd.Context(), http.MethodGet, api.Path("master-key"), nil, nil)
		}
		if err != nil {
			return err
		}
		if err := printMasterKey(c, v); err != nil {
			return err
		}
		if v.Get("problem").String() != "" || v.Get("left").Int() > 0 {
			return errors.New("the rotation is not complete: run it again once the problem is gone")
		}
		return nil
	})
	cmd.Long = "Seal everything with another master key, while calls run.\n\n" +
		"Where the key is in the data directory, a new one is made and takes its place in the end; the\n" +
		"earlier file stays, for backups of its time. With SLUICE_MASTER_KEY, start every replica with the\n" +
		"new key there and the one of today in SLUICE_MASTER_KEY_PREVIOUS first. The command waits for the\n" +
		"end; if it is interrupted, or the server is, run it again."
	return cmd
}
