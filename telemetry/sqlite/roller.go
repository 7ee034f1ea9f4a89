package sqlite

import (
	"context"
	"database/sql"
	"time"

	"github.com/sluicegate/sluice/telemetry/sqlite/rollup"
)

const (
	rollEvery = time.Minute     // how often the roller looks for buckets that are over
	rollAfter = 5 * time.Minute // how long a bucket waits for exchanges that began in it and last
)

// Lengths of buckets, in microseconds.
var (
	longBucket  = rollup.Lengths[0].Microseconds()
	shortBucket = rollup.Lengths[1].Microseconds()
)

// roller keeps the table rollups. Its fields are guarded by Store.writing, so that they change in
// step with the rows.
type roller struct {
	until map[int64]int64 // by workspace: no bucket that ends later is rolled up
	next  map[int64]int64 // by workspace: buckets that begin earlier are rolled up, or cannot be
	floor int64           // rows before it are deleted, or will be

	reading span // the buckets that are summed up now
	spoilt  bool // an exchange was written into them meanwhile
}

// span is a time of a workspace, in microseconds.
type span struct{ workspace, since, until int64 }

func (p *span) contains(workspace, at int64) bool {
	return workspace == p.workspace && p.since <= at && at < p.until
}

// load reads how far roll-ups reach.
func (r *roller) load(ctx context.Context, db *sql.DB) error {
	r.until, r.next = map[int64]int64{}, map[int64]int64{}
	rows, err := db.QueryContext(ctx, "SELECT workspace, max(start + length) FROM rollups GROUP BY workspace")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var workspace, until int64
		if err := rows.Scan(&workspace, &until); err != nil {
			return err
		}
		r.until[workspace] = until
	}
	return rows.Err()
}

// written deletes the roll-ups of the buckets that an exchange was written into.
func (r *roller) written(ctx context.Context, tx *sql.Tx, workspace, at int64) error {
	r.spoilt = r.spoilt || r.reading.contains(workspace, at)
	if at >= r.until[workspace] {
		return nil
	}
	r.next[workspace] = min(r.next[workspace], bucketOf(at, shortBucket))
	_, err := tx.ExecContext(ctx, "DELETE FROM rollups WHERE workspace = ? AND (length = ? AND start = ? OR length = ? AND start = ?)",
		workspace, longBucket, bucketOf(at, longBucket), shortBucket, bucketOf(at, shortBucket))
	return err
}

// bucketOf is when the bucket begins that a time lies in.
func bucketOf(at, length int64) int64 { return at - ((at%length)+length)%length }

// forgetBefore deletes the roll-ups of buckets that begin before a time: exchanges before it will be
// deleted.
func (s *Store) forgetBefore(ctx context.Context, at int64) error {
	s.writing.Lock()
	s.roller.floor = max(s.roller.floor, at)
	s.writing.Unlock()
	_, err := s.deleteInSteps(ctx, "DELETE FROM rollups WHERE rowid IN (SELECT rowid FROM rollups WHERE start < ? LIMIT ?)", at, pruneStep)
	return err
}

// roll sums up the buckets that are over, until ctx ends.
func (s *Store) roll(ctx context.Context) {
	s.background.Wait() // rows of older versions have their columns then
	for {
		// An error is a file that is locked, or a disk that is full: the buckets stay for the next time.
		_ = s.rollUntil(ctx, time.Now().Add(-rollAfter))
		select {
		case <-ctx.Done():
			return
		case <-time.After(rollEvery):
		}
	}
}

// rollUntil sums up the buckets that end before a time. Half of the time is left to others.
func (s *Store) rollUntil(ctx context.Context, end time.Time) error {
	for _, workspace := range s.workspaceNumbers() {
		for {
			begun := time.Now()
			more, err := s.rollNext(ctx, workspace, bucketOf(end.UnixMicro(), shortBucket))
			if err != nil {
				return err
			}
			if !more {
				break
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(time.Since(begun)):
			}
		}
	}
	return nil
}

// rollNext sums up the next buckets of a workspace, those of one long bucket at most. more is false
// if none is left.
func (s *Store) rollNext(ctx context.Context, workspace, end int64) (more bool, err error) {
	s.writing.Lock()
	next, floor := s.roller.next[workspace], s.roller.floor
	s.writing.Unlock()
	var first sql.NullInt64
	err = s.read.QueryRowContext(ctx, "SELECT min(ts) FROM exchanges INDEXED BY exchanges_by_time WHERE workspace = ? AND ts >= ?", workspace, max(next, floor)).Scan(&first)
	if err != nil || !first.Valid || first.Int64 >= end {
		return false, err
	}
	long := bucketOf(first.Int64, longBucket)
	part := span{workspace, bucketOf(first.Int64, shortBucket), min(long+longBucket, end)}
	if part.until == long+longBucket && long >= floor { // the long one is over, too
		part.since = long
		var rolled bool
		if err := s.read.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM rollups WHERE workspace = ? AND length = ? AND start = ?)", workspace, longBucket, long).Scan(&rolled); err != nil {
			return false, err
		}
		if rolled {
			s.rolledUntil(part)
			return true, nil
		}
	}
	if part.since < floor { // it will lose rows
		part.since += shortBucket
	}
	if part.since >= part.until {
		s.rolledUntil(part)
		return part.until < end, nil
	}
	return true, s.rollSpan(ctx, part)
}

// rolledUntil notes that the buckets before the end of p need no look any more.
func (s *Store) rolledUntil(p span) {
	s.writing.Lock()
	defer s.writing.Unlock()
	s.roller.next[p.workspace] = p.until
}
