package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/internal/app/logging"
	"github.com/sluicegate/sluice/internal/config"
	"github.com/sluicegate/sluice/internal/httpapi/listen"
)

// Bounds of the drain after the first signal. The second signal ends the process.
const (
	answersTime = 30 * time.Second // for running answers to end
	closeTime   = 5 * time.Second  // for the parts to write what they have queued, also if answers took all of their time
)

// Process describes the process that a server runs in.
type Process struct {
	Version string // of the binary
	Name    string // the name that the binary was called by, for commands that are printed
	Stdout  io.Writer
	Stderr  io.Writer // for log lines
}

// Serve runs a gateway until ctx ends or the process gets SIGINT or SIGTERM. It then drains:
// it is not ready, for a configured time still serves, accepts no new connections, lets running answers end, and writes queued rows.
func Serve(ctx context.Context, cfg config.Config, process Process) error {
	stop, cancel := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer cancel()
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(200) // requests are short-lived garbage next to a small live heap
	}
	redactor := &logging.Redactor{}
	logger := logging.New(process.Stderr, redactor)

	// Listen before the data is opened: a second instance on the same address must not touch it.
	listener, err := net.Listen("tcp", cfg.Listen)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w", cfg.Listen, err)
	}
	defer listener.Close()
	env := environment{apiKey: gateway.NewSecret(os.Getenv("SLUICE_API_KEY")), masterKey: gateway.NewSecret(os.Getenv("SLUICE_MASTER_KEY")), previousMasterKey: gateway.NewSecret(os.Getenv("SLUICE_MASTER_KEY_PREVIOUS")), lookup: os.LookupEnv}
	fromFile := env.apiKey.Empty() && !cfg.OwnerKey.Empty()
	switch {
	case fromFile:
		env.apiKey = cfg.OwnerKey
	case !cfg.OwnerKey.Empty() && !env.apiKey.Equal(cfg.OwnerKey): // the environment fixes the first owner's; both are good
		cfg.Identity.APIKeys = append(cfg.Identity.APIKeys, identity.DeclaredAPIKey{Name: "master_key", Key: cfg.OwnerKey, Weak: true, Role: gateway.RoleOwner})
	}
	a, err := newApp(stop, cfg, env, logger)
	if err != nil {
		return err
	}
	redactor.Set(a.redact, cfg.Hosts())
	cfg.HTTP.Log = logger
	server, err := listen.New(a.handler, cfg.HTTP)
	if err != nil {
		return errors.Join(err, a.close(context.WithoutCancel(ctx)))
	}
	server.OnShutdown(a.services.realtime.Drain)
	firstKey, err := a.firstKey(stop)
	if err != nil {
		return errors.Join(err, a.close(context.WithoutCancel(ctx)))
	}
	welcome(process.Stdout, server.Scheme(), listener.Addr(), ownKey{made: firstKey, set: !env.apiKey.Empty() && !fromFile}, process.Name)
	debug.FreeOSMemory() // what starting left behind
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	logger.Info("listening", "address", listener.Addr().String(), "version", process.Version, "data", cfg.DataDir)

	select {
	case err = <-failed:
	case <-stop.Done():
		logger.Info("draining", "delay", cfg.DrainDelay, "grace", answersTime)
		cancel() // the second signal has its default effect
		err = a.leave(cfg.DrainDelay, failed)
	}
	return errors.Join(err, a.drain(context.WithoutCancel(ctx), server, answersTime))
}

// errLeaving is why a server that has got the signal to end is not ready.
var errLeaving = errors.New("the server is about to end")

// leave tells load balancers that traffic should go elsewhere, and goes on serving for as long as they
// need to notice: until then they send new connections, which would be refused. failed ends the wait.
func (a *app) leave(delay time.Duration, failed <-chan error) error {
	a.leaving.Store(true)
	if delay <= 0 {
		return nil
	}
	select {
	case err := <-failed:
		return err
	case <-time.After(delay):
		return nil
	}
}

// drain lets running answers end, cuts those that do not within the time for answers, and closes the
// parts. These get closeTime in any case: what a cut answer cost is settled only then.
func (a *app) drain(ctx context.Context, server *listen.Server, answers time.Duration) (err error) {
	ending, cancel := context.WithTimeout(ctx, answers)
	defer cancel()
	if shut := server.Shutdown(ending); shut != nil {
		err = errors.Join(fmt.Errorf("some answers did not end in %v: %w", answers, shut), server.Close())
	}
	closing, cancel := context.WithTimeout(ctx, closeTime)
	defer cancel()
	return errors.Join(err, a.close(closing))
}
