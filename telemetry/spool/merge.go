package spool

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/telemetry"
)

// mergedBytes bounds a merged segment: it is read into memory as a whole.
const mergedBytes = 64 << 20

// A slow store takes one large insert in the time of one small one. So sealed segments that have
// piled up are merged into one file before they are handed over, which is named after its first
// and last segment. The file is complete before the segments are deleted, and a segment is merged
// only if it was never handed over: the store would not know its rows again in another batch.

// merge replaces the oldest segments by one, if several fit into one insert.
func (s *Spool) merge() error {
	group := s.mergeable()
	if len(group) < 2 {
		return nil
	}
	var content []byte
	merged := &segment{begun: group[0].begun, first: group[0].first, last: group[len(group)-1].last, offered: true}
	for _, seg := range group {
		raw, err := os.ReadFile(seg.path)
		if err != nil {
			return err
		}
		if _, whole := frames(raw, &telemetry.Batch{}); whole < len(raw) {
			seg.offered = true // it is damaged: shipped alone, so that the damage is told
			return nil
		}
		content = append(content, raw...)
		merged.rows += seg.rows
	}
	merged.size, merged.path = int64(len(content)), filepath.Join(s.cfg.Dir, fmt.Sprintf("%016x-%016x.seg", merged.first, merged.last))
	if err := s.create(merged.path, content); err != nil {
		return err
	}
	for _, seg := range group {
		if err := os.Remove(seg.path); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sealed = append([]*segment{merged}, s.sealed[len(group):]...)
	s.stats.Segments -= int64(len(group) - 1)
	return nil
}

// mergeable returns the oldest sealed segments that fit into one insert.
func (s *Spool) mergeable() []*segment {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cfg.Direct { // the store knows each batch by its id
		return nil
	}
	n, rows, bytes := 0, 0, int64(0)
	for _, seg := range s.sealed {
		if seg.offered || rows+seg.rows > s.cfg.InsertRows || bytes+seg.size > mergedBytes {
			break
		}
		n, rows, bytes = n+1, rows+seg.rows, bytes+seg.size
	}
	return append([]*segment(nil), s.sealed[:n]...)
}

// create writes a whole file durably: a crash leaves all of it or nothing.
func (s *Spool) create(path string, content []byte) error {
	f, err := os.OpenFile(path+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err = f.Write(content); err == nil {
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

// numbers returns the numbers of the first and the last segment that a file holds.
func numbers(name string) (first, last uint64, ok bool) {
	text, ok := strings.CutSuffix(name, ".seg")
	if !ok {
		return 0, 0, false
	}
	from, to, merged := strings.Cut(text, "-")
	if !merged {
		to = from
	}
	first, err := strconv.ParseUint(from, 16, 64)
	last, lerr := strconv.ParseUint(to, 16, 64)
	return first, last, err == nil && lerr == nil
}
