package spool

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/audit"
)

// keep syncs and seals by the clock.
func (s *Spool) keep() {
	defer s.done.Done()
	t := time.NewTicker(min(s.set.SyncEvery, s.set.SegmentAge))
	defer t.Stop()
	for {
		select {
		case <-s.stop:
			return
		case <-t.C:
		}
		s.mu.Lock()
		if seg := s.current; seg != nil {
			if time.Since(seg.begun) >= s.set.SegmentAge && seg.size > 0 {
				s.seal()
			} else if seg.dirty {
				seg.dirty = false
				if err := seg.file.Sync(); err != nil {
					s.stats.SyncErrors++
				}
			}
		}
		s.mu.Unlock()
	}
}

// ship hands sealed segments on, oldest first. After Close it ends when none is left or ctx
// has ended.
func (s *Spool) ship() {
	defer s.done.Done()
	pause, down := time.Duration(0), false
	for {
		seg := s.oldest()
		if seg == nil {
			select {
			case <-s.wake:
				continue
			case <-s.stop:
				if s.oldest() == nil {
					return
				}
				continue
			}
		}
		err := s.hand(seg)
		if err == nil {
			if down {
				s.set.Log.Info("the telemetry store takes rows again")
			}
			pause, down = 0, false
			continue
		}
		s.mu.Lock()
		s.stats.ShipErrors++
		s.mu.Unlock()
		if !down {
			s.set.Log.Error("the telemetry store takes no rows, they wait in the spool", "error", err.Error())
			down = true
		}
		pause = min(max(2*pause, 50*time.Millisecond), 5*time.Second)
		select {
		case <-s.ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

func (s *Spool) oldest() *segment {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.sealed) == 0 {
		return nil
	}
	return s.sealed[0]
}

// hand writes one segment to the store and deletes it. Rows that the store will never take are
// set aside first, so that they do not stand in the way of the rest.
func (s *Spool) hand(seg *segment) error {
	raw, err := os.ReadFile(seg.path)
	if err != nil {
		return err
	}
	b := &telemetry.Batch{}
	whole := frames(raw, b)
	sum := sha256.Sum256(raw[:whole])
	b.ID = hex.EncodeToString(sum[:])
	if whole < len(raw) { // a sealed segment was whole once: the disk lost something
		s.mu.Lock()
		s.stats.TornBytes += uint64(len(raw) - whole)
		s.mu.Unlock()
		s.set.Log.Error("a spool segment is damaged", "segment", seg.path, "bytes", len(raw)-whole)
	}
	refused := &telemetry.Batch{}
	if err := s.deliver(b, refused); err != nil {
		return err
	}
	dead := uint64(len(refused.Rows) + len(refused.Audit))
	if dead > 0 {
		if err := s.setAside(seg, refused); err != nil {
			return err
		}
	}
	if err := s.saveHeads(b); err != nil {
		return err
	}
	if err := os.Remove(seg.path); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sealed = s.sealed[1:]
	s.stats.Bytes -= seg.size
	s.stats.Segments--
	s.stats.Shipped++
	s.stats.Dead += dead
	return nil
}

const headsFile = "heads.json"

// saveHeads notes where the chains of b end before their segment goes: it may hold the
// last link that this disk knows.
func (s *Spool) saveHeads(b *telemetry.Batch) error {
	if len(b.Audit) == 0 {
		return nil
	}
	path := filepath.Join(s.set.Dir, headsFile)
	saved, err := readHeads(path)
	if err != nil {
		return err
	}
	for i := range b.Audit {
		a := &b.Audit[i]
		if a.Seq > saved[a.Chain].Seq {
			saved[a.Chain] = audit.Head{Seq: a.Seq, Hash: a.Hash, Time: a.Time}
		}
	}
	raw, err := json.Marshal(saved)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err = f.Write(raw); err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err == nil {
		err = s.syncDir()
	}
	return err
}

func readHeads(path string) (map[string]audit.Head, error) {
	heads := map[string]audit.Head{}
	raw, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return heads, nil
	}
	if err != nil {
		return nil, err
	}
	return heads, json.Unmarshal(raw, &heads)
}

// recover reads what an earlier process left.
func (s *Spool) recover() error {
	heads, err := readHeads(filepath.Join(s.set.Dir, headsFile))
	if err != nil {
		return err
	}
	s.heads = heads
	files, err := os.ReadDir(s.set.Dir) // sorted: the numbers have one length
	if err != nil {
		return err
	}
	for _, f := range files {
		number, ok := strings.CutSuffix(f.Name(), ".seg")
		n, err := strconv.ParseUint(number, 16, 64)
		if !ok || err != nil {
			continue // not ours
		}
		s.next = max(s.next, n+1)
		if err := s.adopt(filepath.Join(s.set.Dir, f.Name())); err != nil {
			return err
		}
	}
	return nil
}

func (s *Spool) adopt(path string) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	b := &telemetry.Batch{}
	whole := frames(raw, b)
	if whole < len(raw) {
		s.stats.TornBytes += uint64(len(raw) - whole)
		s.set.Log.Warn("a spool segment has a torn end", "segment", path, "bytes", len(raw)-whole)
		if err := os.Truncate(path, int64(whole)); err != nil {
			return err
		}
	}
	if whole == 0 {
		return os.Remove(path)
	}
	for i := range b.Audit {
		a := &b.Audit[i]
		if a.Seq > s.heads[a.Chain].Seq {
			s.heads[a.Chain] = audit.Head{Seq: a.Seq, Hash: a.Hash, Time: a.Time}
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	s.sealed = append(s.sealed, &segment{path: path, size: int64(whole), begun: info.ModTime()})
	s.stats.Segments++
	s.stats.Bytes += int64(whole)
	return nil
}
