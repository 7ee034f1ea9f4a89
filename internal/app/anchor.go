package app

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential/seal"
	"github.com/sluicegate/sluice/internal/app/control"
	"github.com/sluicegate/sluice/internal/config"
	sqlstore "github.com/sluicegate/sluice/internal/store/sql"
	"github.com/sluicegate/sluice/telemetry/audit"
	"github.com/sluicegate/sluice/telemetry/clickhouse"
	"github.com/sluicegate/sluice/telemetry/sqlite"
)

// telemetryFile is where a telemetry store in SQLite is.
func telemetryFile(cfg config.Config) string { return filepath.Join(cfg.DataDir, "telemetry.db") }

// auditChains is a store that is open to read the audit chains.
type auditChains interface {
	audit.HeadReader
	io.Closer
}

// openAuditChains opens the store that the server's file names. A server may run meanwhile.
func openAuditChains(ctx context.Context, cfg config.Config) (auditChains, error) {
	if remoteTelemetry(cfg) {
		return clickhouse.Open(ctx, cfg.Telemetry.DSN.Reveal())
	}
	if _, err := os.Stat(telemetryFile(cfg)); err != nil {
		return nil, gateway.InvalidField("app.openAuditChains", "data_dir", "There is no telemetry database in "+cfg.DataDir+".")
	}
	return sqlite.OpenAudit(ctx, telemetryFile(cfg))
}

// AnchorAudit exports the signed heads of all audit chains to a file or a URL, and returns the public
// key that verifies them.
func AnchorAudit(ctx context.Context, cfg config.Config, to string) (publicKey string, err error) {
	chains, err := openAuditChains(ctx, cfg)
	if err != nil {
		return "", err
	}
	seed, err := anchorSeed(ctx, cfg)
	if err != nil {
		return "", errors.Join(err, chains.Close())
	}
	return audit.PublicKey(seed), errors.Join(exportAnchor(ctx, chains, seed, &audit.Exporter{To: to}), chains.Close())
}

// VerifyAnchors compares the audit chains in the store with anchors. keys are the public keys that are
// trusted; if there are none, the one that signed the first anchor.
func VerifyAnchors(ctx context.Context, cfg config.Config, anchors io.Reader, keys []string) ([]audit.Verdict, error) {
	read, err := audit.ReadAnchors(anchors, keys...)
	if err != nil {
		return nil, err
	}
	chains, err := openAuditChains(ctx, cfg)
	if err != nil {
		return nil, err
	}
	verdicts, err := audit.Verify(ctx, chains, withRetention(cfg, audit.VerifyOptions{Anchors: read}))
	return verdicts, errors.Join(err, chains.Close())
}

// withRetention accepts what the configured retention deletes.
func withRetention(cfg config.Config, opt audit.VerifyOptions) audit.VerifyOptions {
	if keep := cfg.Telemetry.AuditRetention; keep > 0 {
		opt.Pruned, opt.PrunedBefore = true, time.Now().Add(-keep)
	}
	return opt
}

// anchorSeed reads the seed of the key that signs anchors from the control store.
func anchorSeed(ctx context.Context, cfg config.Config) (seed []byte, err error) {
	keys, err := loadMasterKeys(cfg, environment{masterKey: gateway.NewSecret(os.Getenv("SLUICE_MASTER_KEY")), previousMasterKey: gateway.NewSecret(os.Getenv("SLUICE_MASTER_KEY_PREVIOUS"))})
	if err != nil {
		return nil, err
	}
	err = control.With(ctx, cfg, func(store *sqlstore.Store) error {
		return errors.Join(keys.open(ctx, store, false, slog.New(slog.DiscardHandler)), keys.close(ctx))
	})
	return keys.purposes[seal.PurposeAuditAnchors], err
}

func exportAnchor(ctx context.Context, chains audit.HeadReader, seed []byte, to *audit.Exporter) error {
	anchor, err := audit.MakeAnchor(ctx, chains, seed, time.Now())
	if err != nil {
		return err
	}
	return to.Export(ctx, anchor)
}

// anchoring exports anchors as the server's file says.
type anchoring struct {
	chains  audit.HeadReader
	seed    []byte
	to      audit.Exporter
	every   time.Duration
	log     *slog.Logger
	failing atomic.Bool
}

// start exports until the function that it returns is called, which waits for the goroutine.
func (a *anchoring) start(ctx context.Context) (stop func(context.Context) error) {
	running, end := context.WithCancel(ctx)
	var done sync.WaitGroup
	done.Go(func() { a.run(running) })
	return func(context.Context) error {
		end()
		done.Wait()
		return nil
	}
}

// run exports one anchor at once and one in each period, until ctx ends.
func (a *anchoring) run(ctx context.Context) {
	tick := time.NewTicker(a.every)
	defer tick.Stop()
	a.log.Info("audit heads are anchored", "every", a.every, "public_key", audit.PublicKey(a.seed))
	for {
		err := exportAnchor(ctx, a.chains, a.seed, &a.to)
		if ctx.Err() != nil {
			return
		}
		if failing := err != nil; a.failing.Swap(failing) != failing {
			if failing {
				a.log.Error("audit heads cannot be anchored", "error", err.Error())
			} else {
				a.log.Info("audit heads are anchored again")
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
