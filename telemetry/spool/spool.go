// Package spool is the write-ahead log before a store that can be away.
//
// Write appends a batch to the current segment file and returns: what is in the page cache
// survives kill -9, and SyncEvery later the power cut too (a batch with Sync set at once). A
// goroutine seals the segment after SegmentAge or SegmentBytes and hands it, as one batch, to
// the next Writer until that takes it; only then is the file deleted. A sealed segment never
// changes, and the batch's id is the hash of its bytes, so a hand-over that is repeated, after
// a lost answer or a crash, is the same batch again and the store drops it.
//
// On the way up, whole frames of every segment count and a torn tail is cut off. The last link
// of each audit chain is kept beside the segments, so that a chain goes on while the store is
// away. Rows that the store refuses for good (gateway.Invalid) go into a file "….dead" beside the
// segments and stand in nobody's way. A lock file keeps a second instance out. The directory is bounded: beyond BodiesBytes
// rows lose their bodies, beyond MaxBytes Write fails and its caller holds on to the batch.
package spool

import (
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

// Settings of a Spool. Dir and Next are needed.
type Settings struct {
	Dir          string
	Next         telemetry.Writer
	SegmentBytes int64         // default 4 MiB
	SegmentAge   time.Duration // default 400ms
	SyncEvery    time.Duration // default 200ms
	BodiesBytes  int64         // default 1 GiB
	MaxBytes     int64         // default 4 GiB
	Log          *slog.Logger
}

// Stats are counters since the start, and the state now.
type Stats struct {
	Bytes, Segments                   int64
	Shipped, ShipErrors               uint64 // segments
	Dead                              uint64 // rows that the store refused for good
	BodiesShed, TornBytes, SyncErrors uint64
	OldestSeconds                     float64 // age of the oldest segment
}

// Spool is a telemetry.Writer.
type Spool struct {
	set  Settings
	lock *lock.File

	mu      sync.Mutex
	current *segment // nil: none is open
	sealed  []*segment
	next    uint64 // number of the next segment
	heads   map[string]audit.Head
	last    string // id of the last batch written
	buf     []byte
	stats   Stats
	closed  bool

	wake   chan struct{}
	stop   chan struct{}
	ctx    context.Context
	cancel context.CancelFunc
	done   sync.WaitGroup
}

type segment struct {
	path  string
	file  *os.File // nil once sealed
	size  int64
	begun time.Time
	dirty bool
}

var _ telemetry.Writer = (*Spool)(nil)

// Open takes the directory, recovers what is in it and begins to ship.
func Open(set Settings) (*Spool, error) {
	const op = "spool.Open"
	for _, d := range []struct {
		v *int64
		n int64
	}{{&set.SegmentBytes, 4 << 20}, {&set.BodiesBytes, 1 << 30}, {&set.MaxBytes, 4 << 30}} {
		if *d.v == 0 {
			*d.v = d.n
		}
	}
	if set.SegmentAge == 0 {
		set.SegmentAge = 400 * time.Millisecond
	}
	if set.SyncEvery == 0 {
		set.SyncEvery = 200 * time.Millisecond
	}
	if set.Log == nil {
		set.Log = slog.New(slog.DiscardHandler)
	}
	if err := os.MkdirAll(set.Dir, 0o700); err != nil {
		return nil, &gateway.Error{Op: op, Kind: gateway.Internal, Public: "The spool " + set.Dir + " cannot be made.", Err: err}
	}
	l, err := lock.Take(filepath.Join(set.Dir, "lock"))
	if err != nil {
		return nil, err
	}
	s := &Spool{set: set, lock: l, heads: map[string]audit.Head{}, wake: make(chan struct{}, 1), stop: make(chan struct{})}
	if err := s.recover(); err != nil {
		l.Close()
		return nil, &gateway.Error{Op: op, Kind: gateway.Internal, Public: "The spool " + set.Dir + " cannot be read.", Err: err}
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.done.Add(2)
	go s.ship()
	go s.keep()
	return s, nil
}

// Write appends b to the log.
func (s *Spool) Write(_ context.Context, b *telemetry.Batch) error {
	const op = "spool.Write"
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: "The spool is closed."}
	case b.ID == s.last && b.ID != "":
		return nil
	case s.stats.Bytes >= s.set.MaxBytes:
		return &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: fmt.Sprintf("The spool holds %d bytes and takes no more.", s.stats.Bytes)}
	}
	if err := s.append(b); err != nil {
		return &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: "The spool cannot be written.", Err: err}
	}
	s.last = b.ID
	for i := range b.Audit {
		a := &b.Audit[i]
		s.heads[a.Chain] = audit.Head{Seq: a.Seq, Hash: a.Hash, Time: a.Time}
	}
	if s.current.size >= s.set.SegmentBytes {
		s.seal()
	}
	return nil
}

// append writes one frame, or nothing.
func (s *Spool) append(b *telemetry.Batch) error {
	if s.current == nil {
		if err := s.begin(); err != nil {
			return err
		}
	}
	var lost int
	s.buf, lost = appendFrame(s.buf[:0], b, s.stats.Bytes >= s.set.BodiesBytes)
	seg := s.current
	_, err := seg.file.Write(s.buf)
	if err == nil && b.Sync {
		err = seg.file.Sync()
	} else {
		seg.dirty = true
	}
	if err != nil {
		// Half a frame must not stay before whole ones.
		if terr := seg.file.Truncate(seg.size); terr != nil {
			s.seal()
		} else if _, terr := seg.file.Seek(seg.size, 0); terr != nil {
			s.seal()
		}
		return err
	}
	seg.size += int64(len(s.buf))
	s.stats.Bytes += int64(len(s.buf))
	s.stats.BodiesShed += uint64(lost)
	if cap(s.buf) > 8<<20 {
		s.buf = nil
	}
	return nil
}

func (s *Spool) begin() error {
	path := filepath.Join(s.set.Dir, fmt.Sprintf("%016x.seg", s.next))
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := s.syncDir(); err != nil {
		f.Close()
		os.Remove(path) // empty: recovery would drop it too
		return err
	}
	s.next++
	s.current = &segment{path: path, file: f, begun: time.Now()}
	s.stats.Segments++
	return nil
}

// seal ends the current segment. The lock is held.
func (s *Spool) seal() {
	seg := s.current
	if seg == nil {
		return
	}
	if err := seg.file.Sync(); err != nil {
		s.stats.SyncErrors++
	}
	seg.file.Close() // synced: nothing is left to fail
	seg.file, s.current = nil, nil
	s.sealed = append(s.sealed, seg)
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *Spool) syncDir() error {
	d, err := os.Open(s.set.Dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// Head gives the last link of a chain: the log's own, or the store's.
func (s *Spool) Head(ctx context.Context, chain string) (audit.Head, error) {
	s.mu.Lock()
	h, ok := s.heads[chain]
	s.mu.Unlock()
	if ok {
		return h, nil
	}
	return s.set.Next.Head(ctx, chain)
}

// Stats reads the counters.
func (s *Spool) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.stats
	switch {
	case len(s.sealed) > 0:
		out.OldestSeconds = time.Since(s.sealed[0].begun).Seconds()
	case s.current != nil:
		out.OldestSeconds = time.Since(s.current.begun).Seconds()
	}
	return out
}

// Close seals, ships what it can until ctx ends, and leaves the rest on disk for the next
// start: nothing is lost by that.
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
