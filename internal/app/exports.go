package app

import (
	"log/slog"
	"path/filepath"

	"github.com/sluicegate/sluice/internal/config"
	"github.com/sluicegate/sluice/telemetry/export"
)

// startExports starts the runner of log exports, whose files are in the data directory or in a
// bucket.
func (a *app) startExports(cfg config.Config, s *services, log *slog.Logger) error {
	settings := export.Config{Store: s.control, Reader: s.records.reader, Dir: filepath.Join(cfg.DataDir, "exports"), Node: s.records.node, NewID: newID, Limits: cfg.Exports.Limits, Log: log}
	if b := cfg.Exports.S3; b != nil {
		bucket, err := newBucket(b)
		if err != nil {
			return err
		}
		settings.Bucket = bucket
	}
	s.exports = export.New(settings)
	s.exports.Start()
	a.onClose(s.exports.Close) // while the stores are open
	return nil
}
