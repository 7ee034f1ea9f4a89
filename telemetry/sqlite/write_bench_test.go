package sqlite

import (
	"fmt"
	"testing"
	"time"

	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

// BenchmarkWrite writes batches of exchanges, as the recorder does.
func BenchmarkWrite(b *testing.B) {
	s, err := Open(b.Context(), b.TempDir()+"/t.db")
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	g := telemetrytest.NewGenerator(1, time.Now())
	const rows = 500
	batches := make([]*telemetry.Batch, 0, 64)
	for range cap(batches) {
		batch := &telemetry.Batch{}
		for range rows {
			batch.Rows = append(batch.Rows, g.Record())
		}
		batches = append(batches, batch)
	}
	b.ResetTimer()
	for i := range b.N {
		batch := *batches[i%len(batches)]
		batch.ID = fmt.Sprint("batch ", i)
		if err := s.Write(b.Context(), &batch); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*rows)/b.Elapsed().Seconds(), "rows/s")
}
