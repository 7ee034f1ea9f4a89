package spool

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"

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
	for _, f := range files {
		number, ok := strings.CutSuffix(f.Name(), ".seg")
		n, err := strconv.ParseUint(number, 16, 64)
		if !ok || err != nil {
			continue // not ours
		}
		s.next = max(s.next, n+1)
		if err := s.adopt(filepath.Join(s.cfg.Dir, f.Name())); err != nil {
			return err
		}
	}
	return nil
}

// adopt makes a file a sealed segment, without a torn end.
func (s *Spool) adopt(path string) error {
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
	s.sealed = append(s.sealed, &segment{path: path, size: int64(whole), begun: info.ModTime()})
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
