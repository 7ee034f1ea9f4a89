// Package spool is the write-ahead log in front of a store that may be down.
//
// # Flow
//
//	Write ─► current segment ─(age or size)─► sealed segment ─► next Writer ─► file deleted
//
// Sealed segments that pile up in front of a slow store are merged. With Config.Direct, Write first offers each batch to the next Writer and appends it to the log
// only if that fails. While the log holds anything, later batches go to the log as well, so that
// the store gets them in order.
//
// Write appends a batch to the current segment file and returns: what is in the page cache
// survives kill -9. It survives a power cut after at most Config.SyncEvery, or at once if the
// batch has Sync set or Config.Direct is. One goroutine seals segments. Another hands each sealed segment to the next
// Writer, as one batch and until that takes it, and then deletes the file.
//
// # Invariants
//
//   - A sealed segment never changes. The id of its batch is the hash of its bytes, so a repeated
//     hand-over, after a lost answer or a crash, is the same batch and the store drops it.
//   - At the start the whole frames of every segment count, and a torn end is cut off.
//   - The last link of each audit chain is kept beside the segments, so that a chain continues
//     while the store is down.
//   - Rows that the store refuses for good go into a file with the suffix ".dead" and do not hold
//     up the others.
//   - The directory is bounded: beyond Config.BodiesBytes rows lose their bodies, beyond
//     Config.MaxBytes Write fails and its caller keeps the batch.
//
// # Ownership
//
// Open starts the goroutines and takes a lock file, which keeps a second instance out. Close
// waits for the goroutines. The next Writer belongs to the caller.
package spool

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/audit"
	"github.com/sluicegate/sluice/telemetry/internal/lock"
)

// Config of a Spool. Dir and Next are required; the zero value of any other field means its
// default.
type Config struct {
	Dir          string
	Next         telemetry.Writer // the store
	Direct       bool             // the log is only for batches that Next does not take
	SegmentBytes int64            // a larger segment is sealed; default 4 MiB
	SegmentAge   time.Duration    // an older segment is sealed; default 400 ms
	InsertRows   int              // segments that wait are merged up to so many rows; default 10,000
	SyncEvery    time.Duration    // default 200 ms
	BodiesBytes  int64            // beyond it bodies are dropped; default 1 GiB
	MaxBytes     int64            // beyond it Write fails; default 4 GiB
	Log          *slog.Logger     // default: discards
}

func (c Config) withDefaults() Config {
	c.SegmentBytes = cmp.Or(c.SegmentBytes, 4<<20)
	c.SegmentAge = cmp.Or(c.SegmentAge, 400*time.Millisecond)
	c.InsertRows = cmp.Or(c.InsertRows, 10_000)
	c.SyncEvery = cmp.Or(c.SyncEvery, 200*time.Millisecond)
	c.BodiesBytes = cmp.Or(c.BodiesBytes, 1<<30)
	c.MaxBytes = cmp.Or(c.MaxBytes, 4<<30)
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

// Stats are counters since the start, and the state now.
type Stats struct {
	Bytes, Segments     int64   // on disk
	OldestSeconds       float64 // age of the oldest segment
	FailingSeconds      float64 // how long the store has been taking nothing, 0 while it works
	Shipped, ShipErrors uint64  // segments that the store took; failed attempts
	Dead                uint64  // rows that the store refused for good
	Spilled             uint64  // with Config.Direct: batches that went to the log
	BodiesDropped       uint64  // rows written without their bodies
	TornBytes           uint64  // cut off damaged segments
	SyncErrors          uint64
}

// Spool is a telemetry.Writer.
type Spool struct {
	cfg  Config
	lock *lock.File

	writing sync.Mutex // held during Write: batches keep their order

	mu      sync.Mutex            // guards the fields below
	current *segment              // nil: none is open
	sealed  []*segment            // oldest first
	next    uint64                // number of the next segment
	heads   map[string]audit.Head // of the chains on this disk
	last    string                // id of the last batch written
	stats   Stats
	failing time.Time // since when the store takes nothing; zero while it works
	closed  bool

	wake    chan struct{}   // capacity 1: a segment was sealed
	stop    chan struct{}   // closed by Close
	shipCtx context.Context // of writes to the store; ends when Close runs out of time
	cancel  context.CancelFunc
	done    sync.WaitGroup // the two goroutines
}

// segment is one file of the log.
type segment struct {
	path  string
	file  *os.File // nil once sealed
	size  int64
	begun time.Time
	dirty bool // has bytes that are not synced

	first, last uint64 // numbers of the segments that it was merged of; of others both are its own
	rows        int    // exchanges, audit rows or foreign spans, whichever are most
	offered     bool   // the store may have it, or a part: it must not change any more
}

var _ telemetry.Writer = (*Spool)(nil)

// Open locks the directory, recovers what an earlier process left in it, and starts to ship.
func Open(cfg Config) (*Spool, error) {
	const op = "spool.Open"
	cfg = cfg.withDefaults()
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, &gateway.Error{Op: op, Kind: gateway.Internal, Public: "The spool " + cfg.Dir + " cannot be created.", Err: err}
	}
	l, err := lock.Take(filepath.Join(cfg.Dir, "lock"))
	if err != nil {
		return nil, err
	}
	s := &Spool{cfg: cfg, lock: l, heads: map[string]audit.Head{}, wake: make(chan struct{}, 1), stop: make(chan struct{})}
	if err := s.recover(); err != nil {
		l.Close()
		return nil, &gateway.Error{Op: op, Kind: gateway.Internal, Public: "The spool " + cfg.Dir + " cannot be read.", Err: err}
	}
	s.shipCtx, s.cancel = context.WithCancel(context.Background())
	s.done.Go(s.ship)
	s.done.Go(s.syncAndSeal)
	return s, nil
}

// Write stores b, in the log or with Config.Direct in the next Writer. It ignores a batch with the
// id of the one before.
func (s *Spool) Write(ctx context.Context, b *telemetry.Batch) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.cfg.Direct && s.empty() {
		err := s.cfg.Next.Write(ctx, b)
		if err == nil {
			s.noteHeads(b)
			s.storeWorks()
			return nil
		}
		s.storeFails(err)
	}
	return s.log(b)
}

// empty reports whether the open log holds no batch that the next Writer must get first.
func (s *Spool) empty() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.closed && s.current == nil && len(s.sealed) == 0
}

func (s *Spool) noteHeads(b *telemetry.Batch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range b.Audit {
		a := &b.Audit[i]
		s.heads[a.Chain] = a.Head()
	}
}

// log appends b to the log. With Config.Direct each batch is a segment of its own, which is
// handed over at once.
func (s *Spool) log(b *telemetry.Batch) error {
	const op = "spool.Write"
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: "The spool is closed."}
	case b.ID == s.last && b.ID != "":
		return nil
	case s.stats.Bytes >= s.cfg.MaxBytes:
		return &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: fmt.Sprintf("The spool holds %d bytes and takes no more.", s.stats.Bytes)}
	}
	if err := s.append(b); err != nil {
		return &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: "The spool cannot be written.", Err: err}
	}
	s.last = b.ID
	for i := range b.Audit {
		a := &b.Audit[i]
		s.heads[a.Chain] = a.Head()
	}
	if s.cfg.Direct {
		s.stats.Spilled++
	}
	if s.cfg.Direct || s.current.size >= s.cfg.SegmentBytes {
		s.seal()
	}
	return nil
}

// append writes one frame, or nothing. The caller holds mu.
func (s *Spool) append(b *telemetry.Batch) error {
	if s.current == nil {
		if err := s.begin(); err != nil {
			return err
		}
	}
	frame, dropped := appendFrame(nil, b, s.stats.Bytes >= s.cfg.BodiesBytes)
	seg := s.current
	_, err := seg.file.Write(frame)
	if err == nil && (b.Sync || s.cfg.Direct) {
		err = seg.file.Sync()
	} else {
		seg.dirty = true
	}
	if err != nil {
		// Half a frame must not stay in front of whole ones.
		if terr := seg.file.Truncate(seg.size); terr != nil {
			s.seal()
		} else if _, terr := seg.file.Seek(seg.size, 0); terr != nil {
			s.seal()
		}
		return err
	}
	seg.size += int64(len(frame))
	seg.rows += max(len(b.Rows), len(b.Audit), len(b.Foreign))
	s.stats.Bytes += int64(len(frame))
	s.stats.BodiesDropped += uint64(dropped)
	return nil
}

// begin opens the next segment. The caller holds mu.
func (s *Spool) begin() error {
	path := filepath.Join(s.cfg.Dir, fmt.Sprintf("%016x.seg", s.next))
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := s.syncDir(); err != nil {
		f.Close()
		os.Remove(path) // it is empty, recovery would delete it too
		return err
	}
	s.current = &segment{path: path, file: f, begun: time.Now(), first: s.next, last: s.next}
	s.next++
	s.stats.Segments++
	return nil
}

// seal ends the current segment. The caller holds mu.
func (s *Spool) seal() {
	seg := s.current
	if seg == nil {
		return
	}
	if err := seg.file.Sync(); err != nil {
		s.stats.SyncErrors++
	}
	seg.file.Close() // it is synced: nothing is left to fail
	seg.file, s.current = nil, nil
	s.sealed = append(s.sealed, seg)
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// syncDir makes created, renamed and deleted files durable.
func (s *Spool) syncDir() error {
	d, err := os.Open(s.cfg.Dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// Head returns the last link of a chain, from the log if that has the chain, else from the store.
// With Config.Direct the store may be ahead of the log, and is always asked.
func (s *Spool) Head(ctx context.Context, chain string) (audit.Head, error) {
	s.mu.Lock()
	h, ok := s.heads[chain]
	s.mu.Unlock()
	if ok && !s.cfg.Direct {
		return h, nil
	}
	stored, err := s.cfg.Next.Head(ctx, chain)
	if stored.Seq > h.Seq {
		h = stored
	}
	return h, err
}

// Stats reads the counters.
func (s *Spool) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.stats
	if !s.failing.IsZero() {
		out.FailingSeconds = time.Since(s.failing).Seconds()
	}
	switch {
	case len(s.sealed) > 0:
		out.OldestSeconds = time.Since(s.sealed[0].begun).Seconds()
	case s.current != nil:
		out.OldestSeconds = time.Since(s.current.begun).Seconds()
	}
	return out
}

// Close seals the current segment and ships until ctx ends. What is left stays on disk, for the
// next Open.
func (s *Spool) Close(ctx context.Context) error {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		s.seal()
		close(s.stop)
	}
	s.mu.Unlock()
	ended := make(chan struct{})
	go func() { s.done.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-ctx.Done():
		s.cancel()
		<-ended
	}
	s.cancel()
	return s.lock.Close()
}
