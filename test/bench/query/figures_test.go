package query

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/listing"
	"github.com/sluicegate/sluice/telemetry/sqlite"
)

// TestFigures prints the figures. It runs where `make bench-query` asks for it.
func TestFigures(t *testing.T) {
	if os.Getenv("SLUICE_BENCH_QUERY") == "" {
		t.Skip("make bench-query runs it")
	}
	var lines []line
	var stores []string
	for _, store := range []struct {
		name, rows string
		usual      int
		fill       func(t *testing.T, begin time.Time, rows int) (telemetry.Store, error)
	}{
		{"SQLite", "SLUICE_BENCH_SQLITE_ROWS", 1_000_000, fillSQLite},
		{"ClickHouse", "SLUICE_BENCH_CLICKHOUSE_ROWS", 10_000_000, fillClickHouse},
	} {
		rows := store.usual
		if text := os.Getenv(store.rows); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil || n != 0 && n < 10_000 {
				t.Fatalf("%s must be 0 or at least 10000, not %q", store.rows, text)
			}
			rows = n
		}
		if rows == 0 {
			continue
		}
		end, began := time.Now(), time.Now()
		s, err := store.fill(t, end.Add(-month), rows)
		if err != nil {
			t.Fatal(store.name, err)
		}
		sum, err := s.Analytics(t.Context(), telemetry.AnalyticsQuery{Query: telemetry.Query{Scope: listing.Workspace(workspace), Since: end.Add(-2 * month), Until: end.Add(month)}})
		if err != nil || len(sum) != 1 {
			t.Fatal(sum, err)
		}
		fmt.Printf("%s: %d rows, generated in %s\n", store.name, sum[0].Calls, time.Since(began).Round(time.Second))
		for i, m := range measurements(rows, end) {
			f, err := m.run(t.Context(), s)
			if err != nil {
				t.Fatalf("%s, %s: %v", store.name, m.name, err)
			}
			if len(lines) <= i {
				lines = append(lines, line{question: m.name, target: m.target})
			}
			lines[i].of = append(lines[i].of, f)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		stores = append(stores, store.name)
	}
	print(stores, lines)
	fmt.Printf("\nThe stores and the questions shared this machine with whatever else ran on it.\n")
}

// fillSQLite writes generated exchanges into a file, and waits until what is over is rolled up.
func fillSQLite(t *testing.T, begin time.Time, rows int) (telemetry.Store, error) {
	path := t.TempDir() + "/telemetry.db"
	s, err := sqlite.Open(t.Context(), path)
	if err != nil {
		return nil, err
	}
	const batch, last = 5000, 6 * time.Hour // what began later may not be over
	for g := newGenerator(begin, rows); g.n < rows; {
		b := &telemetry.Batch{ID: fmt.Sprint("batch ", g.n)}
		for len(b.Rows) < batch && g.n < rows {
			b.Rows = append(b.Rows, g.record())
		}
		if err := s.Write(t.Context(), b); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	if err := rolledUp(t.Context(), path, time.Now().Add(-last)); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// rolledUp waits until sums reach a time.
func rolledUp(ctx context.Context, path string, at time.Time) error {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)")
	if err != nil {
		return err
	}
	defer db.Close()
	for {
		var until int64
		if err := db.QueryRowContext(ctx, "SELECT coalesce(max(start + length), 0) FROM rollups").Scan(&until); err != nil || until >= at.UnixMicro() {
			return err
		}
		time.Sleep(time.Second)
	}
}

// measurement is a question that is asked several times, about something else each time.
type measurement struct {
	name   string
	n      int
	target time.Duration
	ask    func(ctx context.Context, s telemetry.Store, i int) error
}

// run measures the median and the 95th percentile.
func (m *measurement) run(ctx context.Context, s telemetry.Store) (figure, error) {
	var took []time.Duration
	for i := range m.n {
		began := time.Now()
		if err := m.ask(ctx, s, i); err != nil {
			return figure{}, err
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	return figure{took[len(took)/2], took[len(took)*95/100]}, nil
}

func rounded(d time.Duration) time.Duration {
	if d < 10*time.Millisecond {
		return d.Round(100 * time.Microsecond)
	}
	return d.Round(time.Millisecond)
}

// filters are one indexed filter each, of which values are frequent and rare.
func filters(i int) []telemetry.Query {
	return []telemetry.Query{
		{Member: []string{fmt.Sprintf("member%d@example.com", i*9%members)}}, {Team: []string{fmt.Sprint("team ", i%12)}}, {APIKey: []string{fmt.Sprintf("01KEY%021d", i*7%keys)}}, {Model: []string{fmt.Sprint("model-", i%models)}},
		{Provider: []string{fmt.Sprint("provider", i%6)}}, {VirtualKey: []string{fmt.Sprint("vk_", i%6)}}, {Status: []int{[]int{429, 502, 5, 4}[i%4]}}, {Outcome: []string{[]string{"ok", "error", "rate_limited"}[i%3]}},
		{Cache: []string{[]string{"HIT", "MISS"}[i%2]}}, {Config: []string{fmt.Sprint("config-", i%9)}}, {Verdict: []string{[]string{"flag", "allow"}[i%2]}}, {Metadata: map[string]string{telemetry.UserKey: fmt.Sprint("user-", i*31%users)}},
	}
}

func page(ctx context.Context, s telemetry.Store, q telemetry.Query, least int) error {
	q.Scope = listing.Workspace(workspace)
	p, err := s.Logs(ctx, q)
	if err == nil && len(p.Records) < least {
		err = fmt.Errorf("a page of %d exchanges, not of %d", len(p.Records), least)
	}
	return err
}

func facets(ctx context.Context, s telemetry.Store, q telemetry.Query) error {
	q.Scope = listing.Workspace(workspace)
	_, err := s.Facets(ctx, telemetry.FacetQuery{Query: q, Dimensions: telemetry.UsualFacets()})
	return err
}

// graph asks for sums over the last so many days.
func graph(end time.Time, days int, q telemetry.AnalyticsQuery) func(context.Context, telemetry.Store, int) error {
	return func(ctx context.Context, s telemetry.Store, i int) error {
		q.Scope = listing.Workspace(workspace)
		q.Until = end.Add(-time.Duration(i) * time.Minute)
		q.Since = q.Until.AddDate(0, 0, -days)
		_, err := s.Analytics(ctx, q)
		return err
	}
}

func measurements(rows int, end time.Time) []measurement {
	kinds := len(filters(0))
	const usual = 200 * time.Millisecond
	return []measurement{
		{"page of 50, newest first", 40, usual, func(ctx context.Context, s telemetry.Store, i int) error { return page(ctx, s, telemetry.Query{}, 50) }},
		{"page of 50, one indexed filter (12 kinds)", 12 * 15, usual, func(ctx context.Context, s telemetry.Store, i int) error {
			return page(ctx, s, filters(i / kinds)[i%kinds], 0)
		}},
		{"page of 50, one indexed filter, a page of 12 days ago", 12 * 5, usual, func(ctx context.Context, s telemetry.Store, i int) error {
			q := filters(i / kinds)[i%kinds]
			q.Until = end.AddDate(0, 0, -12)
			return page(ctx, s, q, 0)
		}},
		{"a session of 30 turns, with all rows", 40, 300 * time.Millisecond, func(ctx context.Context, s telemetry.Store, i int) error {
			return page(ctx, s, telemetry.Query{Session: session(rows / 50 * (i + 5) / (turns * turns * workflow) * (turns * turns * workflow)), Limit: 100}, turns)
		}},
		{"all facets, no filter", 10, usual, func(ctx context.Context, s telemetry.Store, i int) error { return facets(ctx, s, telemetry.Query{}) }},
		{"all facets, one indexed filter", 24, usual, func(ctx context.Context, s telemetry.Store, i int) error {
			return facets(ctx, s, filters(i / kinds)[i%kinds])
		}},
		{"requests, cost and tokens of a day by 30 minutes", 20, usual, graph(end, 1, telemetry.AnalyticsQuery{Interval: 30 * time.Minute})},
		{"latency percentiles and users of a day by 30 minutes", 20, usual, graph(end, 1, telemetry.AnalyticsQuery{Interval: 30 * time.Minute, Latencies: true, Users: true})},
		{"requests, cost and tokens of 7 days by 3 hours and model", 10, usual, graph(end, 7, telemetry.AnalyticsQuery{Interval: 3 * time.Hour, GroupBy: telemetry.DimensionModel})},
		{"requests, cost and tokens of 30 days by 12 hours", 5, usual, graph(end, 30, telemetry.AnalyticsQuery{Interval: 12 * time.Hour})},
		{"groups of 30 days by member, with percentiles", 5, usual, graph(end, 30, telemetry.AnalyticsQuery{GroupBy: telemetry.DimensionMember, Latencies: true})},
		{"groups of a day by a metadata key", 5, 0, graph(end, 1, telemetry.AnalyticsQuery{GroupBy: telemetry.DimensionOfMetadata("env")})},
	}
}
