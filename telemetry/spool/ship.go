package spool

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"time"

	"github.com/sluicegate/sluice/telemetry"
)

// syncAndSeal syncs the current segment every SyncEvery and seals it after SegmentAge, until
// Close.
func (s *Spool) syncAndSeal() {
	t := time.NewTicker(min(s.cfg.SyncEvery, s.cfg.SegmentAge))
	defer t.Stop()
	for {
		select {
		case <-s.stop:
			return
		case <-t.C:
		}
		s.mu.Lock()
		if seg := s.current; seg != nil {
			if time.Since(seg.begun) >= s.cfg.SegmentAge && seg.size > 0 {
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

// ship hands sealed segments to the store, oldest first. After Close it ends when none is left,
// or when shipCtx ends.
func (s *Spool) ship() {
	pause := time.Duration(0)
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
		err := s.merge()
		if err == nil {
			err = s.shipSegment(s.oldest())
		}
		if err == nil {
			s.storeWorks()
			pause = 0
			continue
		}
		s.mu.Lock()
		s.stats.ShipErrors++
		s.mu.Unlock()
		s.storeFails(err)
		pause = min(max(2*pause, 50*time.Millisecond), 5*time.Second)
		select {
		case <-s.shipCtx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// storeFails notes a failed write to the store, and logs the first.
func (s *Spool) storeFails(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failing.IsZero() {
		s.failing = time.Now()
		s.cfg.Log.Error("the telemetry store takes no rows, they wait in the spool", "error", err.Error())
	}
}

func (s *Spool) storeWorks() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.failing.IsZero() {
		s.failing = time.Time{}
		s.cfg.Log.Info("the telemetry store takes rows again")
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

// shipSegment writes one segment to the store and deletes it. Rows that the store will never
// take are set aside first, so that they do not hold up the others.
func (s *Spool) shipSegment(seg *segment) error {
	raw, err := os.ReadFile(seg.path)
	if err != nil {
		return err
	}
	b := &telemetry.Batch{}
	count, whole := frames(raw, b)
	if count != 1 || b.ID == "" { // else the store may have the batch by its own id
		sum := sha256.Sum256(raw[:whole])
		b.ID = hex.EncodeToString(sum[:])
	}
	if whole < len(raw) { // a sealed segment was whole: the disk lost something
		s.mu.Lock()
		s.stats.TornBytes += uint64(len(raw) - whole)
		s.mu.Unlock()
		s.cfg.Log.Error("a spool segment is damaged", "segment", seg.path, "bytes", len(raw)-whole)
	}
	seg.offered = true
	refused := &telemetry.Batch{}
	if err := s.deliver(b, refused); err != nil {
		return err
	}
	dead := uint64(refused.Len())
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
