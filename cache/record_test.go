package cache

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/sluicegate/sluice/cache/key"
	"github.com/sluicegate/sluice/gateway"
)

func TestRecords(t *testing.T) {
	for _, e := range []entry{
		{stored: time.Unix(0, 1), expires: time.Unix(0, 2), body: []byte{}},
		{id: key.Digest{1}, alias: key.Digest{2}, partition: key.Partition{Workspace: key.Digest{3}, Context: key.Digest{4}}, text: "Why?", body: []byte("{}"),
			output: []gateway.Verdict{{Guardrail: "g", Checks: []gateway.CheckResult{{ID: "c"}}}}, usage: gateway.Usage{Input: 1, Output: 2, CacheRead: 3, CacheWrite: 4, Reasoning: 5},
			usageKnown: true, cost: -6, origin: "ex", stored: time.Unix(7, 8), expires: time.Unix(9, 10)},
	} {
		record := e.appendRecord(nil)
		if got, err := readEntry(record); err != nil || !reflect.DeepEqual(*got, e) {
			t.Errorf("%+v, %v, want %+v", got, err, e)
		}
		if p, err := readPartition(record); err != nil || p != e.partition {
			t.Errorf("partition %+v, %v, want %+v", p, err, e.partition)
		}
		for n := range record {
			if _, err := readEntry(record[:n]); err == nil {
				t.Errorf("%d of %d bytes were an entry", n, len(record))
			}
		}
	}
	p := Point{Partition: key.Partition{Workspace: key.Digest{1}, Context: key.Digest{2}}, ID: key.Digest{3}, Vector: []float32{.5, -1}, Expires: time.Unix(4, 5)}
	got, model, err := readPoint(p.appendRecord(nil, "m"))
	if err != nil || model != "m" || got.Partition != p.Partition || got.ID != p.ID || !got.Expires.Equal(p.Expires) || !slices.Equal(got.Vector, p.Vector) {
		t.Errorf("%+v, %q, %v", got, model, err)
	}
}

// FuzzRecords reads arbitrary bytes: the result is an error, or an entry that survives being
// written and read again.
func FuzzRecords(f *testing.F) {
	e := entry{text: "a", body: []byte("b"), origin: "c", stored: time.Unix(1, 0), expires: time.Unix(2, 0)}
	f.Add(e.appendRecord(nil))
	f.Add((&Point{Vector: []float32{1}}).appendRecord(nil, "m"))
	f.Add([]byte(`{"ID":[1]}`))
	f.Fuzz(func(t *testing.T, record []byte) {
		_, _, _ = readPoint(record)
		e, err := readEntry(record)
		if err != nil {
			return
		}
		if again, err := readEntry(e.appendRecord(nil)); err != nil || again.text != e.text || again.id != e.id || again.cost != e.cost {
			t.Errorf("%+v became %+v, %v", e, again, err)
		}
	})
}
