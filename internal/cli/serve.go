package cli

import (
	"errors"
	"net"
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/sluicegate/sluice/internal/app"
	"github.com/sluicegate/sluice/internal/cli/api"
	"github.com/sluicegate/sluice/internal/config"
)

// serveCommand runs the gateway. Flags override the file.
func serveCommand() *cobra.Command {
	var file, listen, data, profile string
	var port uint16
	var strict bool
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the gateway",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg := config.Default()
			if file != "" {
				var err error
				if cfg, err = loadFile(file, strict, cmd.ErrOrStderr()); err != nil {
					return err
				}
			}
			if cmd.Flags().Changed("listen") {
				if problem := config.ListenProblem(listen); problem != "" {
					return api.Usage("--listen: %s", problem)
				}
				cfg.Listen = listen
			}
			if cmd.Flags().Changed("port") {
				host, _, err := net.SplitHostPort(cfg.Listen)
				if err != nil {
					return api.Usage("--port: %w", err)
				}
				cfg.Listen = net.JoinHostPort(host, strconv.Itoa(int(port)))
			}
			if cmd.Flags().Changed("data") {
				cfg.DataDir = data
			}
			if err := checkOwnerKey(cfg, cmd.ErrOrStderr()); err != nil {
				return err
			}
			stop, err := startProfile(profile)
			if err != nil {
				return err
			}
			process := app.Process{Version: api.Version(), Name: os.Args[0], Stdout: os.Stdout, Stderr: os.Stderr}
			return errors.Join(app.Serve(cmd.Context(), cfg, process), stop())
		},
	}
	f := cmd.Flags()
	f.StringVar(&file, "config", "", "the server's file, or that of LiteLLM's proxy; without it embedded defaults apply")
	f.BoolVar(&strict, "strict", false, "do not start with a file of LiteLLM's proxy of which something is unsupported or missing")
	f.StringVar(&listen, "listen", "", "address to listen on, instead of the file's")
	f.Uint16Var(&port, "port", 0, "port to listen on, instead of that of the address; 0 = any free one")
	f.StringVar(&data, "data", "", "folder for data, instead of the file's")
	f.StringVar(&profile, "cpuprofile", "", "write a CPU profile of the whole run here, in pprof's format")
	return cmd
}
