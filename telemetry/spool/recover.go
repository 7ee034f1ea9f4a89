package spool

import (
	"encoding/json"
	"os"
	"path/filepath"

	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/audit"
)

// recover reads what an earlier process left. It runs before the goroutines.
func (s *Spool) recover() error {
	heads, err := readHeads(filepath.Join(s.cfg.Dir, headsFile))
	if err != nil {
		return err
	}
	s.heads = heads
	files, err := os.ReadDir(s.cfg.Dir) // sorted: the numbers have one length
	if err != nil {
		return err
	}
	var merged uint64 // segments up to this number are in a merged file
	for _, f := range files {
		first, last, ok := numbers(f.Name())
		if !ok {
			continue // not ours
		}
		path := filepath.Join(s.cfg.Dir, f.Name())
		s.next = max(s.next, last+1)
		if last <= merged && merged > 0 { // a crash came before it was deleted
			if err := os.Remove(path); err != nil {
				return err
			}
			continue
		}
		if last > first {
			merged = last
		}
		if err := s.adopt(path, first, last); err != nil {
			return err
		}
	}
	if len(s.sealed) > 0 {
		s.sealed[0].offered = true
	}
	return nil
}

// adopt makes a file a sealed segment, without a torn end.
func (s *Spool) adopt(path string, first, last uint64) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	b := &telemetry.Batch{}
	_, whole := frames(raw, b)
	if whole < len(raw) {
		s.stats.TornBytes += uint64(len(raw) - whole)
		s.cfg.Log.Warn("a spool segment has a torn end", "segment", path, "bytes", len(raw)-whole)
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
			s.heads[a.Chain] = a.Head()
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	s.sealed = append(s.sealed, &segment{path: path, size: int64(whole), begun: info.ModTime(),
		first: first, last: last, rows: max(len(b.Rows), len(b.Audit), len(b.Foreign)), offered: last > first})
	s.stats.Segments++
	s.stats.Bytes += int64(whole)
	return nil
}

// headsFile holds the head of every chain, as JSON by chain id.
const headsFile = "heads.json"

// saveHeads notes where the chains of b end, before their segment is deleted: it may hold the
// last link that is on this disk.
func (s *Spool) saveHeads(b *telemetry.Batch) error {
	if len(b.Audit) == 0 {
		return nil
	}
	path := filepath.Join(s.cfg.Dir, headsFile)
	saved, err := readHeads(path)
	if err != nil {
		return err
	}
	for i := range b.Audit {
		a := &b.Audit[i]
		if a.Seq > saved[a.Chain].Seq {
			saved[a.Chain] = a.Head()
		}
	}
	raw, err := json.Marshal(saved)
	if err != nil {
		return err
	}
	return s.create(path, raw)
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
