package sqlite

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"time"

	"github.com/sluicegate/sluice/telemetry/sqlite/rollup"
)

// rollSpan sums up the short buckets of a span, and the long one if p is all of it. Exchanges that are
// written into the span meanwhile spoil the sums, which are then left for the next time.
func (s *Store) rollSpan(ctx context.Context, p span) error {
	s.writing.Lock()
	s.roller.reading, s.roller.spoilt = p, false
	s.writing.Unlock()
	buckets, err := s.sumBuckets(ctx, p)
	s.writing.Lock()
	defer s.writing.Unlock()
	s.roller.reading = span{}
	if err != nil {
		return err
	}
	if s.roller.spoilt || p.since < s.roller.floor {
		return nil
	}
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // fails after a commit
	for _, b := range buckets {
		if err := putBucket(ctx, tx, p.workspace, b); err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	s.roller.until[p.workspace] = max(s.roller.until[p.workspace], p.until)
	s.roller.next[p.workspace] = p.until
	return nil
}

// lengthened is a bucket of some length. One that has exchanges whose columns do not say all is
// incomplete and cannot be kept.
type lengthened struct {
	*rollup.Bucket
	length     int64
	incomplete bool
}

func newBucket(start, length int64) *lengthened {
	return &lengthened{Bucket: rollup.NewBucket(time.UnixMicro(start).UTC()), length: length}
}

func putBucket(ctx context.Context, tx *sql.Tx, workspace int64, b *lengthened) error {
	if b.incomplete {
		return nil
	}
	for _, column := range rollup.Columns {
		p := b.Pack(column)
		if _, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO rollups (workspace, length, start, part, sums, times, users, names) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			workspace, b.length, b.Start.UnixMicro(), string(column), p.Sums, p.Times, p.Users, p.Names); err != nil {
			return err
		}
	}
	return nil
}

// sumBuckets reads the exchanges of a span.
func (s *Store) sumBuckets(ctx context.Context, p span) ([]*lengthened, error) {
	const inSpan = " FROM exchanges INDEXED BY exchanges_by_time WHERE workspace = ? AND ts >= ? AND ts < ? AND "
	unsaid, err := numbersOf(ctx, s.read, "SELECT DISTINCT ts"+inSpan+"("+sampled+") IS NOT TRUE", p.workspace, p.since, p.until)
	if err != nil {
		return nil, err
	}
	hits, err := hits(ctx, s.read, p.workspace)
	if err != nil {
		return nil, err
	}
	rows, err := s.read.QueryContext(ctx, "SELECT "+sampleColumns+", user, caller, target, coalesce(team, -1), coalesce(template, -1), verdict"+inSpan+sampled, p.workspace, p.since, p.until)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	long := newBucket(p.since, longBucket)
	long.incomplete = p.until-p.since != longBucket
	shorts := map[int64]*lengthened{}
	short := func(at int64) *lengthened {
		start := bucketOf(at, shortBucket)
		if shorts[start] == nil {
			shorts[start] = newBucket(start, shortBucket)
		}
		return shorts[start]
	}
	for _, at := range unsaid {
		long.incomplete, short(at).incomplete = true, true
	}
	x := scan{hits: hits}
	for rows.Next() {
		var n [len(rollup.Columns)]int64
		if err := rows.Scan(x.into(&x.user, &n[0], &n[1], &n[2], &n[3], &n[5])...); err != nil {
			return nil, err
		}
		v := x.sample()
		n[4], n[6] = x.result, x.rescued
		short(x.at).Add(v, &n)
		if !long.incomplete {
			long.Add(v, &n)
		}
	}
	return append(slices.Collect(maps.Values(shorts)), long), rows.Err()
}
