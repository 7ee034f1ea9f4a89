package cli

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/app"
	"github.com/sluicegate/sluice/internal/cli/api"
)

// demoCommand fills a data directory of its own, in this process.
func demoCommand() *cobra.Command {
	d := app.Demo{}
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Fill a new data directory with made-up traffic to look at",
		Long: "Fill a new data directory with made-up traffic to look at. It is in a workspace named demo,\n" +
			"and each row has the metadata demo=true. Nothing is called over the network.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			out := cmd.ErrOrStderr()
			d.Until, d.Log = time.Now(), slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: slog.LevelWarn}))
			d.Done = func(int, int) {}
			if api.IsTerminal(out) {
				d.Done = func(done, of int) { api.DrawProgress(out, done, of) }
			}
			filled, err := app.FillDemo(cmd.Context(), d)
			if e := gateway.AsError(err); e != nil && e.Kind == gateway.Invalid {
				return api.Usage("%s", e.Public)
			}
			if err != nil {
				return err
			}
			printDemo(cmd.OutOrStdout(), d, filled)
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&d.DataDir, "data", "demo-data", "folder to fill: a new or an empty one")
	f.Uint64Var(&d.Seed, "seed", 1, "another number makes other traffic")
	f.IntVar(&d.Days, "days", 7, "how many days of traffic, until now; at most 28")
	return cmd
}

// printDemo tells what was made, and how to look at it and to remove it.
func printDemo(out io.Writer, d app.Demo, filled app.DemoFilled) {
	folder := shellWord(d.DataDir)
	fmt.Fprintf(out, "%d calls of %d days and %d judgements of answers are in %s, all made up.\n\n", filled.Rows, d.Days, filled.Feedback, api.Printable(d.DataDir))
	fmt.Fprintf(out, "Look at them:    sluice serve --data %s\n", folder)
	fmt.Fprintf(out, "Sign in with:    %s\n", filled.AdminKey.Reveal())
	if !filled.OwnerKey.Empty() {
		fmt.Fprintf(out, "Owner's API key: %s\n", filled.OwnerKey.Reveal())
	}
	fmt.Fprintf(out, "Remove them:     rm -r %s\n\nThe API keys are shown this once and stored as hashes only.\n", folder)
}

// shellWord returns s as one word of a POSIX shell.
func shellWord(s string) string { return "'" + strings.ReplaceAll(api.Printable(s), "'", `'\''`) + "'" }
