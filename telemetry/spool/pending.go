package spool

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"

	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/audit"
)

// WithPending returns a reader of store's chains that continues them with the rows in the log, as
// the log is now.
func (s *Spool) WithPending(store audit.ChainReader) (audit.ChainReader, error) {
	p := &pendingReader{store: store, rows: map[string][]audit.Row{}}
	for _, path := range s.paths() {
		raw, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue // the store has it by now
		}
		if err != nil {
			return nil, err
		}
		b := &telemetry.Batch{}
		frames(raw, b) // the end of the current segment may be half written
		for _, r := range b.Audit {
			p.rows[r.Chain] = append(p.rows[r.Chain], r)
		}
	}
	for _, rows := range p.rows {
		slices.SortFunc(rows, func(a, b audit.Row) int { return cmp.Compare(a.Seq, b.Seq) })
	}
	return p, nil
}

// paths lists the segments, oldest first.
func (s *Spool) paths() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, seg := range s.sealed {
		out = append(out, seg.path)
	}
	if s.current != nil {
		out = append(out, s.current.path)
	}
	return out
}

// pendingReader reads the chains of a store and of the log behind it.
type pendingReader struct {
	store audit.ChainReader
	rows  map[string][]audit.Row // of the log, by chain, ascending
}

// Chains lists the ids of all chains.
func (p *pendingReader) Chains(ctx context.Context) ([]string, error) {
	ids, err := p.store.Chains(ctx)
	if err != nil {
		return nil, err
	}
	for id := range p.rows {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// Chain returns rows of one chain, first those of the store.
func (p *pendingReader) Chain(ctx context.Context, chain string, after uint64, limit int) ([]audit.Row, error) {
	out, err := p.store.Chain(ctx, chain, after, limit)
	if err != nil {
		return nil, err
	}
	if n := len(out); n > 0 {
		after = out[n-1].Seq
	}
	for _, r := range p.rows[chain] {
		if len(out) < limit && r.Seq > after {
			out, after = append(out, r), r.Seq
		}
	}
	return out, nil
}
