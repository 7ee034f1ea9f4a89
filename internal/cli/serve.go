package cli

import (
	"errors"
	"os"

	"github.com/spf13/cobra"

	"github.com/sluicegate/sluice/internal/app"
	"github.com/sluicegate/sluice/internal/config"
)

// serveCommand runs the gateway. Flags override the file.
func serveCommand() *cobra.Command {
	var file, listen, data, profile string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the gateway",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg := config.Default()
			if file != "" {
				var err error
				if cfg, err = config.Load(file, os.LookupEnv, app.Checks()); err != nil {
					return usage("%w", err)
				}
			}
			if cmd.Flags().Changed("listen") {
				if problem := config.ListenProblem(listen); problem != "" {
					return usage("--listen: %s", problem)
				}
				cfg.Listen = listen
			}
			if cmd.Flags().Changed("data") {
				cfg.DataDir = data
			}
			stop, err := startProfile(profile)
			if err != nil {
				return err
			}
			process := app.Process{Version: version(), Name: os.Args[0], Stdout: os.Stdout, Stderr: os.Stderr}
			return errors.Join(app.Serve(cmd.Context(), cfg, process), stop())
		},
	}
	f := cmd.Flags()
	f.StringVar(&file, "config", "", "the server's file; without it embedded defaults apply")
	f.StringVar(&listen, "listen", "", "address to listen on, instead of the file's")
	f.StringVar(&data, "data", "", "folder for data, instead of the file's")
	f.StringVar(&profile, "cpuprofile", "", "write a CPU profile of the whole run here, in pprof's format")
	return cmd
}
