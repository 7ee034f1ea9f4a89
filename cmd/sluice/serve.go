package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/config"
	"github.com/sluicegate/sluice/internal/httpapi/listen"
)

// grace is how long running answers may take to end, and what is queued to be written,
// after the first signal. The second one ends the process.
const grace = 30 * time.Second

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
				if cfg, err = config.Load(file, os.LookupEnv, checks()); err != nil {
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
			return errors.Join(serve(cmd.Context(), cfg), stop())
		},
	}
	cmd.Flags().StringVar(&file, "config", "", "the server's file; without it embedded defaults apply")
	cmd.Flags().StringVar(&listen, "listen", "", "address to listen on, instead of the file's")
	cmd.Flags().StringVar(&data, "data", "", "folder for data, instead of the file's")
	cmd.Flags().StringVar(&profile, "cpuprofile", "", "write a CPU profile of the whole run here, in pprof's format")
	return cmd
}

// serve runs until a signal and then drains: no new connections, running answers end,
// what is queued is written.
func serve(ctx context.Context, cfg config.Config) error {
	if ctx == nil {
		ctx = context.Background()
	}
	stop, cancel := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer cancel()
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(200) // requests are short-lived garbage beside a small live heap
	}
	detector := &cleanser{}
	logger := newLogger(os.Stderr, detector)

	// Listening comes first: a second instance on the same address must not touch the data.
	listener, err := net.Listen("tcp", cfg.Listen)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w", cfg.Listen, err)
	}
	defer listener.Close()
	env := environment{apiKey: gateway.NewSecret(os.Getenv("SLUICE_API_KEY")), masterKey: gateway.NewSecret(os.Getenv("SLUICE_MASTER_KEY"))}
	a, err := newApp(stop, cfg, env, logger)
	if err == nil {
		detector.set(a.cleanse, cfg.Hosts())
	}
	if err != nil {
		return err
	}
	cfg.HTTP.Log = logger
	server, err := listen.New(a.handler, cfg.HTTP)
	if err != nil {
		return errors.Join(err, a.close(context.WithoutCancel(ctx)))
	}
	welcome(os.Stdout, listener.Addr(), ownKey{made: a.firstKey, set: !env.apiKey.Empty()}, os.Args[0])
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	logger.Info("listening", "address", listener.Addr().String(), "version", version(), "data", cfg.DataDir)

	select {
	case err = <-failed:
	case <-stop.Done():
		logger.Info("draining", "grace", grace)
		cancel() // the second signal is not ours: it ends the process
		err = nil
	}
	end, done := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer done()
	if shut := server.Shutdown(end); shut != nil {
		err = errors.Join(err, fmt.Errorf("some answers did not end in %v: %w", grace, shut), server.Close())
	}
	return errors.Join(err, a.close(end))
}
