package sqlite

import (
	"context"
	"errors"
	"time"

	"github.com/sluicegate/sluice/telemetry"
)

// classifyStep is how many rows one transaction classifies, so that writes never wait for long.
const classifyStep = 500

// classify fills the columns that rows of older versions do not have, and moves their bodies, until
// none is left or ctx ends. Until then listings compare all rows. At least half of the time is left to writes.
func (s *Store) classify(ctx context.Context) {
	for {
		begun := time.Now()
		n, err := s.classifySome(ctx)
		pause := time.Since(begun)
		if err != nil { // the file is locked, or the disk is full: it may not be so later
			pause = time.Minute
		} else if n < classifyStep {
			s.classified.Store(true)
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// classifySome classifies up to classifyStep rows and returns how many it found.
func (s *Store) classifySome(ctx context.Context) (found int, err error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	defer func() {
		if err != nil {
			s.dimensions.forget()
		}
	}()
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback() }() // fails after a commit
	rows, err := tx.QueryContext(ctx, "SELECT n, workspace, facts FROM exchanges INDEXED BY exchanges_unclassified WHERE latency_us IS NULL LIMIT ?", classifyStep)
	if err != nil {
		return 0, err
	}
	type row struct {
		n, workspace int64
		facts        []byte
	}
	var old []row
	for rows.Next() {
		var r row
		if err := rows.Scan(&r.n, &r.workspace, &r.facts); err != nil {
			rows.Close()
			return 0, err
		}
		old = append(old, r)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return 0, err
	}
	for _, o := range old {
		if _, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO bodies (n, packed) SELECT n, bodies FROM exchanges WHERE n = ? AND bodies IS NOT NULL", o.n); err != nil {
			return 0, err
		}
		r, err := telemetry.Unpack(o.facts)
		if err != nil { // a damaged row: it must not be tried for ever
			if _, err := tx.ExecContext(ctx, "UPDATE exchanges SET template = 0, caller = 0, target = 0, result = 0, latency_us = 0, bodies = NULL WHERE n = ?", o.n); err != nil {
				return 0, err
			}
			continue
		}
		columns, err := s.appendSearchColumns(ctx, tx, nil, o.workspace, r)
		if err != nil {
			return 0, err
		}
		_, err = tx.ExecContext(ctx, "UPDATE exchanges SET template = ?, caller = ?, team = ?, target = ?, result = ?, user = ?, stream = ?, chunks = ?, longest_gap_us = ?, "+
			"max_output = ?, temperature = ?, input_tokens = ?, output_tokens = ?, cost_nano = ?, price_nano = ?, session = ?, latency_us = ?, ttft_us = ?, "+
			"saved_nano = ?, rescued = ?, verdict = ?, bodies = NULL WHERE n = ?", append(columns, o.n)...)
		if err != nil {
			return 0, err
		}
	}
	return len(old), tx.Commit()
}
