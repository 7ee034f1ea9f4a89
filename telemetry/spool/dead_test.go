package spool_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/audit"
	"github.com/sluicegate/sluice/telemetry/spool"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

// picky refuses what is poison; told decides whether it says which rows those are, after it has
// stored the others, or takes nothing of such a batch.
type picky struct {
	telemetrytest.Sink
	told, cured bool
	away        int // the first calls fail
	poisonAudit uint64
}

func (p *picky) Write(ctx context.Context, b *telemetry.Batch) error {
	if p.away--; p.away >= 0 {
		return errDown
	}
	rest, bad := &telemetry.Batch{ID: b.ID}, &telemetry.Refused{Err: errDown}
	for _, r := range b.Rows {
		if r.Model == "poison" && !p.cured {
			bad.Rows = append(bad.Rows, r)
		} else {
			rest.Rows = append(rest.Rows, r)
		}
	}
	for _, a := range b.Audit {
		if a.Seq == p.poisonAudit && !p.cured {
			bad.Audit = append(bad.Audit, a)
		} else {
			rest.Audit = append(rest.Audit, a)
		}
	}
	if len(bad.Rows)+len(bad.Audit) == 0 {
		return p.Sink.Write(ctx, b)
	}
	if !p.told {
		return &gateway.Error{Kind: gateway.Invalid}
	}
	if err := p.Sink.Write(ctx, rest); err != nil {
		return err
	}
	return bad
}

// TestPoisonIsSetAside: only the rows at fault go, whether the store names them or not, and
// they can come back.
func TestPoisonIsSetAside(t *testing.T) {
	for _, told := range []bool{true, false} {
		dir := t.TempDir()
		p := &picky{told: told, away: 2, poisonAudit: 4}
		s := open(t, spool.Config{Dir: dir, Next: p, SegmentBytes: 1 << 20})
		g, head := telemetrytest.NewGenerator(7, telemetrytest.Begin()), &audit.Head{}
		want := map[string]bool{}
		for i := range 3 { // three segments
			b := &telemetry.Batch{ID: string(rune('a' + i))}
			for j := range 9 {
				r := g.Record()
				if i == 1 && (j == 2 || j == 7) || i == 2 && j == 0 {
					r.Model = "poison"
				} else {
					want[r.ID] = true
				}
				b.Rows = append(b.Rows, r)
			}
			b.Audit = append(b.Audit, telemetrytest.Link(head, "n", 0), telemetrytest.Link(head, "n", 1))
			if err := s.Write(t.Context(), b); err != nil {
				t.Fatal(err)
			}
			within(t, "the segment", func() bool { return s.Stats().Shipped == uint64(i+1) })
		}
		if st := s.Stats(); st.Dead != 4 || st.Bytes != 0 || st.ShipErrors != 2 {
			t.Fatalf("told %v: %+v", told, st)
		}
		if err := s.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		rows := p.Rows()
		for id := range want {
			if rows[id] != 1 {
				t.Errorf("told %v: %s was stored %d times", told, id, rows[id])
			}
		}
		if len(rows) != len(want) || len(p.Audit()) != 5 {
			t.Errorf("told %v: %d rows, %d audit rows", told, len(rows), len(p.Audit()))
		}

		dead, err := filepath.Glob(dir + "/*.dead")
		if err != nil || len(dead) != 2 {
			t.Fatal(dead, err)
		}
		for _, f := range dead {
			if err := os.Rename(f, strings.TrimSuffix(f, ".dead")+".seg"); err != nil {
				t.Fatal(err)
			}
		}
		p.cured = true
		s = open(t, spool.Config{Dir: dir, Next: p})
		if err := s.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if rows := p.Rows(); len(rows) != 27 || len(p.Audit()) != 6 {
			t.Errorf("told %v: %d rows, %d audit rows after the cure", told, len(rows), len(p.Audit()))
		}
	}
}
