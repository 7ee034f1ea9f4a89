package sqlite

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/listing"
	"github.com/sluicegate/sluice/telemetry/search"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

// BenchmarkTextSearch searches rows with 4 KB of text for a word that none has.
func BenchmarkTextSearch(b *testing.B) {
	s, err := Open(b.Context(), b.TempDir()+"/t.db")
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	const rows = 10_000
	g := telemetrytest.NewGenerator(1, time.Now())
	for i := range rows / 100 {
		batch := &telemetry.Batch{ID: fmt.Sprint(i)}
		for j := range 100 {
			r := g.Record()
			r.Body, r.Request = telemetry.BodyFull, []byte(fmt.Sprintf(`{"messages":[{"role":"user","content":"%d %s"}]}`, j, strings.Repeat("Some words of a question, ", 160)))
			batch.Rows = append(batch.Rows, r)
		}
		if err := s.Write(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
	}
	searcher := search.New(s)
	read := 0
	for b.Loop() {
		got, err := searcher.Logs(b.Context(), telemetry.Query{Scope: listing.AllWorkspaces()}, telemetry.Words{"needle"})
		if err != nil || got.Read == 0 {
			b.Fatal(got.Read, err)
		}
		read += got.Read
	}
	b.ReportMetric(float64(read)/b.Elapsed().Seconds(), "rows/s")
}
