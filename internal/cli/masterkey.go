package cli

import (
	"errors"
	"net/http"
	"time"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"
)

// masterKeyCommand manages the key that seals credentials and kept responses.
func masterKeyCommand() *cobra.Command {
	return group("master-key", "The key that seals what Sluice stores", masterKeyStatusCommand(), rotateMasterKeyCommand())
}

func printMasterKey(c *client, v gjson.Result) error {
	return c.printObject(v, column{"active", "active"}, column{"known", "known"}, column{"running", "running"}, column{"resealed", "resealed"},
		column{"left", "left"}, column{"problem", "problem"})
}

func masterKeyStatusCommand() *cobra.Command {
	return clientCommand("status", "Tell which master key is active, and how far a rotation is", 0, func(cmd *cobra.Command, c *client, _ []string) error {
		v, err := c.call(cmd.Context(), http.MethodGet, apiPath("master-key"), nil, nil)
		if err != nil {
			return err
		}
		return printMasterKey(c, v)
	})
}

func rotateMasterKeyCommand() *cobra.Command {
	cmd := clientCommand("rotate", "Seal everything with another master key, while calls run", 0, func(cmd *cobra.Command, c *client, _ []string) error {
		v, err := c.call(cmd.Context(), http.MethodPost, apiPath("master-key", "rotate"), nil, body{})
		for err == nil && v.Get("running").Bool() {
			select {
			case <-cmd.Context().Done():
				return cmd.Context().Err()
			case <-time.After(200 * time.Millisecond):
			}
			v, err = c.call(cmd.Context(), http.MethodGet, apiPath("master-key"), nil, nil)
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
