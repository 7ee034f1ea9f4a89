package sqlite

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/listing"
	"github.com/sluicegate/sluice/telemetry/sqlite/rollup"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

// month makes exchanges that lie hours apart, and some at the edges of buckets.
type month struct {
	t     *testing.T
	rnd   *rand.Rand
	store *Store
	g     *telemetrytest.Generator
	begin time.Time
	rows  []*telemetry.Record
}

const monthLength = 40 * time.Hour // long enough for every length of buckets

func newMonth(t *testing.T) *month {
	s, err := Open(t.Context(), t.TempDir()+"/t.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	begin := time.Now().UTC().Truncate(24 * time.Hour).Add(-48 * time.Hour)
	return &month{t, rand.New(rand.NewPCG(1, 2)), s, telemetrytest.NewGenerator(21, begin), begin, nil}
}

// at picks a time, often one at which a bucket begins or ends.
func (m *month) at() time.Time {
	at := m.begin.Add(time.Duration(m.rnd.Int64N(int64(monthLength)))).Truncate(time.Microsecond)
	switch m.rnd.IntN(4) {
	case 0:
		return at.Truncate(rollup.Lengths[m.rnd.IntN(2)])
	case 1:
		return at.Truncate(rollup.Lengths[m.rnd.IntN(2)]).Add(-time.Microsecond)
	}
	return at
}

func (m *month) write(n int) {
	b := &telemetry.Batch{ID: fmt.Sprint(len(m.rows))}
	for range n {
		r := m.g.Record()
		r.Time = m.at()
		b.Rows = append(b.Rows, r)
	}
	if err := m.store.Write(m.t.Context(), b); err != nil {
		m.t.Fatal(err)
	}
	m.rows = append(m.rows, b.Rows...)
}

func (m *month) roll() {
	m.t.Helper()
	if err := m.store.rollUntil(m.t.Context(), m.begin.Add(monthLength)); err != nil {
		m.t.Fatal(err)
	}
}

// rolledUp is how many buckets of each length are rolled up.
func (m *month) rolledUp() (long, short int) {
	m.t.Helper()
	if err := m.store.read.QueryRow("SELECT coalesce(sum(length = ?), 0), coalesce(sum(length = ?), 0) FROM rollups WHERE part = 'result'", longBucket, shortBucket).Scan(&long, &short); err != nil {
		m.t.Fatal(err)
	}
	return long, short
}

// compare asks questions whose answers lie in roll-ups, beside them, or in both.
func (m *month) compare(questions int) {
	m.t.Helper()
	pick := func(of ...string) []string { return of[m.rnd.IntN(len(of)):] } // one value or several
	for range questions {
		q := telemetry.AnalyticsQuery{Latencies: m.rnd.IntN(2) == 0, Users: m.rnd.IntN(2) == 0}
		q.Scope = []listing.Scope{listing.AllWorkspaces(), listing.Workspace("ws1")}[m.rnd.IntN(2)]
		q.Since, q.Until = m.at(), m.at()
		if q.Until.Before(q.Since) {
			q.Since, q.Until = q.Until, q.Since
		}
		q.Interval = []time.Duration{0, 0, 7 * time.Minute, 10 * time.Minute, time.Hour, 3 * time.Hour, 24 * time.Hour}[m.rnd.IntN(7)]
		if m.rnd.IntN(3) > 0 {
			q.GroupBy = telemetry.Dimensions()[m.rnd.IntN(len(telemetry.Dimensions()))]
		}
		for _, set := range []func(){
			func() { q.Member = pick("m1", "ann") }, func() { q.Model = pick("gpt-5", "gpt-5-2026") }, func() { q.Team = []string{"t1"} }, func() { q.Outcome = pick("ok", "error", "denied") },
			func() { q.Status = []int{2, 4, 429}[m.rnd.IntN(3):] }, func() { q.Verdict = pick("deny", "none") }, func() { q.Metadata = map[string]string{telemetry.UserKey: "u1"} },
			func() { q.Config = []string{"prod"} }, func() { q.Session = "s1" }, func() { q.Metadata = map[string]string{"team": "red"} },
		} {
			if m.rnd.IntN(9) == 0 {
				set()
			}
		}
		sum := telemetry.NewAnalyticsSum(&q)
		first := func(of []string) string { return append(of, "")[0] }
		usage := telemetry.UsageQuery{Scope: q.Scope, Since: q.Since, Until: q.Until, Model: first(q.Model), Member: first(q.Member), Team: first(q.Team),
			GroupBy: [][]telemetry.UsageKey{nil, {"day"}, {"member"}, {"day", "model"}, {"team"}, {"member", "api_key"}, {"team", "model"}}[m.rnd.IntN(7)]}
		used, exchanges := telemetry.NewUsageSum(&usage), usage.Exchanges()
		for _, r := range m.rows {
			if q.Match(r) {
				sum.Record(r)
			}
			if exchanges.Match(r) {
				used.Record(r)
			}
		}
		want, err := sum.Rows()
		if err != nil {
			m.t.Fatal(err)
		}
		got, err := m.store.Analytics(m.t.Context(), q)
		if d := telemetrytest.Same(want, got); d != "" || err != nil {
			m.t.Fatalf("%+v: %v: %s", q, err, d)
		}
		wantUsage, err := used.Rows()
		if err != nil {
			m.t.Fatal(err)
		}
		gotUsage, err := m.store.Usage(m.t.Context(), usage)
		if d := telemetrytest.Same(wantUsage, gotUsage); d != "" || err != nil {
			m.t.Fatalf("%+v: %v: %s", usage, err, d)
		}
	}
}

// TestRollUpsAgreeWithRows: sums are the same before and after buckets are rolled up, while some are
// not, after late rows, and after retention.
func TestRollUpsAgreeWithRows(t *testing.T) {
	m := newMonth(t)
	m.write(400)
	m.compare(60)
	m.roll()
	long, short := m.rolledUp()
	if long < 10 || short < 50 {
		t.Fatalf("%d long and %d short buckets are rolled up", long, short)
	}
	m.compare(200)
	m.write(5) // late
	if now, _ := m.rolledUp(); now >= long {
		t.Errorf("%d long buckets of %d are rolled up although rows came late", now, long)
	}
	m.compare(100)
	m.roll()
	if now, _ := m.rolledUp(); now < long {
		t.Errorf("only %d long buckets of %d are rolled up again", now, long)
	}
	m.compare(60)
	cut := m.begin.Add(monthLength/3 + time.Minute)
	if _, err := m.store.Prune(t.Context(), cut, time.Time{}); err != nil {
		t.Fatal(err)
	}
	m.rows = slices.DeleteFunc(m.rows, func(r *telemetry.Record) bool { return r.Time.Before(cut) })
	m.compare(60)
	m.write(30) // some of them before what retention keeps
	m.roll()
	m.compare(100)
}

// TestRollUpsOutliveTheProcess: a file that is opened again knows which late rows spoil roll-ups.
func TestRollUpsOutliveTheProcess(t *testing.T) {
	m := newMonth(t)
	m.write(100)
	m.roll()
	path := t.TempDir() + "/copy.db"
	if _, err := m.store.write.Exec("VACUUM INTO ?", path); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	m.store = s
	m.write(20)
	m.compare(60)
}

// TestSpoiltSums: what is written into a bucket while it is summed up is not missing from its sums.
func TestSpoiltSums(t *testing.T) {
	m := newMonth(t)
	m.write(50)
	number, ok := m.store.workspace("ws1")
	if !ok {
		t.Fatal("no workspace")
	}
	p := span{number, m.begin.UnixMicro(), m.begin.UnixMicro() + longBucket}
	spoilt := false
	for end := time.Now().Add(30 * time.Second); !spoilt && time.Now().Before(end); { // the roller itself may be reading
		m.store.writing.Lock()
		m.store.roller.reading = p
		m.store.writing.Unlock()
		r := m.g.Record()
		r.Workspace, r.Time = "ws1", m.begin.Add(time.Hour)
		write(t, m.store, "meanwhile"+r.ID, r)
		m.store.writing.Lock()
		spoilt = m.store.roller.spoilt
		m.store.writing.Unlock()
	}
	if !spoilt {
		t.Error("nobody noticed")
	}
}

// TestUnsaidColumns: a bucket with rows whose columns do not say all is left to the rows.
func TestUnsaidColumns(t *testing.T) {
	m := newMonth(t)
	for _, d := range m.store.dimensions.all() {
		d.size = maxCombinations
	}
	m.write(40)
	m.store.dimensions.forget()
	m.write(60)
	m.roll()
	m.compare(80)
	for workspace, next := range m.store.roller.next {
		if end := m.begin.Add(monthLength).UnixMicro(); next < end-2*longBucket {
			t.Errorf("the roller of %d stands at %d, long before %d", workspace, next, end)
		}
	}
}
