package sqlite

import (
	"reflect"
	"testing"
	"time"

	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

// TestPackedBeforehand: rows that were packed when they were made are stored as those that were
// not, with bodies and without.
func TestPackedBeforehand(t *testing.T) {
	s, err := Open(t.Context(), t.TempDir()+"/t.db")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	g := telemetrytest.NewGenerator(1, time.Now())
	before, now := &telemetry.Batch{ID: "before"}, &telemetry.Batch{ID: "now"}
	for i := range 2*together + 3 {
		r := g.Record()
		if i%3 == 0 {
			r.Request, r.Response = nil, nil
		}
		packed := r.Clone()
		packed.ID = "b" + r.ID[1:]
		before.Packed = append(before.Packed, s.PackRow(nil, packed))
		packed.Request, packed.Response = nil, nil
		before.Rows, now.Rows = append(before.Rows, packed), append(now.Rows, r)
	}
	for _, b := range []*telemetry.Batch{before, now} {
		if err := s.Write(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	for i, r := range now.Rows {
		rs, err := s.full(t.Context(), "id IN (?, ?)", r.ID, before.Rows[i].ID)
		if err != nil || len(rs) != 2 {
			t.Fatal(len(rs), err)
		}
		rs[0].ID = rs[1].ID
		if !reflect.DeepEqual(rs[0], rs[1]) || string(rs[1].Request) != string(r.Request) {
			t.Errorf("%+v\n%+v", rs[0], rs[1])
		}
	}
}
