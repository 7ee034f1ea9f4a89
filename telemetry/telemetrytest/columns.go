package telemetrytest

import (
	"testing"

	"github.com/sluicegate/sluice/telemetry"
)

// Columns are the columns of a stored exchange that users filter and aggregate by in SQL.
type Columns struct {
	Stream      bool
	Chunks      int64
	LongestGap  int64 // microseconds
	MaxOutput   *int64
	Temperature *float64
}

// StoresColumns writes exchanges and compares what read finds of each in the store's own columns.
func StoresColumns(t *testing.T, s telemetry.Writer, read func(id string) (Columns, error)) {
	for _, r := range Fill(t, s, NewGenerator(8, Begin()), 40) {
		want := Columns{Stream: r.Stream}
		for _, a := range r.Attempts {
			want.Chunks += int64(a.Chunks)
			want.LongestGap = max(want.LongestGap, a.LongestGap.Microseconds())
		}
		if n, ok := r.MaxOutput(); ok {
			want.MaxOutput = &n
		}
		if v, ok := r.Parameter("temperature"); ok {
			want.Temperature = &v
		}
		got, err := read(r.ID)
		if err != nil {
			t.Fatal(err)
		}
		if d := Same(want, got); d != "" {
			t.Errorf("%s: %s", r.ID, d)
		}
	}
}
