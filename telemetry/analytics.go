package telemetry

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// Bounds of a question about analytics.
const (
	MaxBuckets       = 1000 // of time
	MaxAnalyticsRows = 10_000
)

// AnalyticsQuery asks for sums over the exchanges that Query selects. Its Cursor and Limit are not used.
type AnalyticsQuery struct {
	Query                   // Since and Until are set
	Interval  time.Duration // of the buckets of time, counted from 1970 UTC; 0: one for all
	GroupBy   Dimension     // "": one group for all
	Latencies bool          // percentiles are wanted
	Users     bool          // the number of users is wanted
	Spread    bool          // the spread of cost and latency is wanted
}

// AnalyticsRow is the sum over the exchanges of one group in one bucket.
type AnalyticsRow struct {
	Bucket      time.Time // its beginning, UTC; zero without an Interval
	Value, Name string    // of the group: the value of the dimension, and the latest name

	Calls, Errors, Hits, Rescued int64 // Errors: outcome not OutcomeOK; Hits: answered by the cache
	Input, Output                int64 // tokens
	Cost, Charged                int64 // nano-USD: what vendors bill and what the caller pays, where that is known
	Saved                        int64 // nano-USD, by the cache
	Unpriced                     int64 // calls that used tokens and have no known price
	Latency                      Distribution
	FirstChunk                   Distribution // of streams
	Users                        int64        // different ones, 0 unless wanted
	Last                         time.Time    // start of the latest exchange
	Spread                       Spread       // zero unless wanted
}

// Distribution describes times in whole microseconds. Percentiles are 0 unless wanted; they are rounded as Times is.
type Distribution struct {
	Count              int64
	Sum                time.Duration
	P50, P90, P95, P99 time.Duration
}

// Spread holds the sums from which the spread of cost and latency follows.
type Spread struct {
	Costed  int64   // exchanges whose cost is known
	Cost    float64 // sum of the squares of the costs, in USD
	Latency float64 // sum of the squares of the latencies, in seconds
}

func (s *Spread) add(other Spread) {
	s.Costed += other.Costed
	s.Cost += other.Cost
	s.Latency += other.Latency
}

// Mean returns the arithmetic mean; 0 of none.
func (d *Distribution) Mean() time.Duration {
	if d.Count == 0 {
		return 0
	}
	return d.Sum / time.Duration(d.Count)
}

// Check returns an Invalid or Forbidden error for a query that no store can answer.
func (q *AnalyticsQuery) Check() error {
	const op = "telemetry.AnalyticsQuery.Check"
	if err := q.Query.Check(); err != nil {
		return err
	}
	if q.Since.IsZero() || q.Until.IsZero() || q.Until.Sub(q.Since) > MaxUsagePeriod {
		return gateway.InvalidField(op, "since", "The period from 'since' to 'until' must be at most 400 days.")
	}
	if q.Interval < 0 || q.Interval%time.Microsecond != 0 || q.Interval > 0 && q.Until.Sub(q.Since)/q.Interval >= MaxBuckets {
		return gateway.InvalidField(op, "interval", "The 'interval' must divide the period into at most 1000 parts.")
	}
	if q.GroupBy != "" && !q.GroupBy.Known() {
		return gateway.InvalidField(op, "group_by", "The 'group_by' must be one of "+dimensionNames()+" or metadata.<key>.")
	}
	return nil
}

func dimensionNames() string {
	var names []string
	for _, d := range Dimensions() {
		names = append(names, string(d))
	}
	return strings.Join(names, ", ")
}

// Previous is the same question about the period of the same length before.
func (q *AnalyticsQuery) Previous() AnalyticsQuery {
	p := *q
	p.Since, p.Until = q.Since.Add(-q.Until.Sub(q.Since)), q.Since
	return p
}

// Sample is what analytics use of one exchange.
type Sample struct {
	Time                 time.Time
	Value, Name          string // of the query's dimension
	Error, Hit           bool
	Rescued              int
	Input, Output        int64
	Cost, Charged, Saved int64
	Unpriced, Costed     bool          // Costed: the cost is known
	Latency, FirstChunk  time.Duration // FirstChunk: -1 if there is none
	User                 string
}

// AnalyticsSum adds up samples. It defines the answer for all stores.
type AnalyticsSum struct {
	query *AnalyticsQuery
	rows  map[analyticsKey]*AnalyticsPart
}

type analyticsKey struct {
	bucket int64 // number of the interval
	value  string
}

// NewAnalyticsSum returns an empty sum.
func NewAnalyticsSum(q *AnalyticsQuery) *AnalyticsSum {
	return &AnalyticsSum{query: q, rows: map[analyticsKey]*AnalyticsPart{}}
}

// Record adds an exchange, which must match the query.
func (s *AnalyticsSum) Record(r *Record) {
	v := Sample{Time: r.Time, Error: r.Outcome != OutcomeOK, Hit: r.Cache.Status.Hit(), Rescued: r.Rescued(), Saved: r.Cost.Saved, Latency: r.Latency.Truncate(time.Microsecond), FirstChunk: r.FirstByte.Truncate(time.Microsecond), User: r.User()}
	if r.FirstByte < 0 {
		v.FirstChunk = -1
	}
	if s.query.GroupBy != "" {
		var ok bool
		if v.Value, v.Name, ok = s.query.GroupBy.Of(r); !ok {
			return
		}
	}
	if r.Usage != nil {
		v.Input, v.Output = r.Usage.Input, r.Usage.Output
	}
	if v.Costed = r.Cost.Known; v.Costed {
		v.Cost = r.Cost.Nano
	}
	if r.Cost.ChargedKnown {
		v.Charged = r.Cost.Charged
	}
	v.Unpriced = !r.Cost.ChargedKnown && v.Input+v.Output > 0
	s.Add(&v)
}

// Add adds a sample.
func (s *AnalyticsSum) Add(v *Sample) { s.row(v.Time, v.Value).Add(v) }

// AddPart adds several exchanges of one group, all of which lie in the bucket of the time at. It keeps
// part, which has what the query wants.
func (s *AnalyticsSum) AddPart(at time.Time, part *AnalyticsPart) {
	key := s.key(at, part.Value)
	if sum := s.rows[key]; sum != nil {
		sum.Merge(part)
		return
	}
	s.put(key, part)
}

// row returns the sum of a group in the bucket of a time.
func (s *AnalyticsSum) row(at time.Time, value string) *AnalyticsPart {
	key := s.key(at, value)
	if s.rows[key] == nil {
		s.put(key, NewAnalyticsPart(s.query.Latencies, s.query.Users))
		s.rows[key].WantsSpread = s.query.Spread
	}
	return s.rows[key]
}

func (s *AnalyticsSum) key(at time.Time, value string) analyticsKey {
	key := analyticsKey{value: value}
	if s.query.Interval > 0 {
		key.bucket = at.UnixMicro() / s.query.Interval.Microseconds()
	}
	return key
}

func (s *AnalyticsSum) put(key analyticsKey, part *AnalyticsPart) {
	part.Value = key.value
	if s.query.Interval > 0 {
		part.Bucket = time.UnixMicro(key.bucket * s.query.Interval.Microseconds()).UTC()
	}
	s.rows[key] = part
}

// Rows returns the sums, by bucket and value. More than MaxAnalyticsRows are an Invalid error.
func (s *AnalyticsSum) Rows() ([]AnalyticsRow, error) {
	out := make([]AnalyticsRow, 0, len(s.rows))
	for _, sum := range s.rows {
		sum.Latencies.percentiles(&sum.Latency)
		sum.FirstChunks.percentiles(&sum.FirstChunk)
		sum.Users = int64(len(sum.UserSet))
		out = append(out, sum.AnalyticsRow)
	}
	return SortAnalytics(out)
}

// SortAnalytics sorts the rows of an answer by bucket and value. More than MaxAnalyticsRows are an
// Invalid error.
func SortAnalytics(rows []AnalyticsRow) ([]AnalyticsRow, error) {
	if len(rows) > MaxAnalyticsRows {
		return nil, gateway.InvalidField("telemetry.AnalyticsSum", "group_by", "The answer would have more than 10000 rows. Group by something else, or ask for a shorter period.")
	}
	slices.SortFunc(rows, func(a, b AnalyticsRow) int {
		return cmp.Or(a.Bucket.Compare(b.Bucket), strings.Compare(a.Value, b.Value))
	})
	return rows, nil
}

// Merge adds the sums of another part of the exchanges, without percentiles and numbers of users,
// which do not add up.
func (r *AnalyticsRow) Merge(other *AnalyticsRow) {
	r.Calls += other.Calls
	r.Errors += other.Errors
	r.Hits += other.Hits
	r.Rescued += other.Rescued
	r.Input += other.Input
	r.Output += other.Output
	r.Cost += other.Cost
	r.Charged += other.Charged
	r.Saved += other.Saved
	r.Spread.add(other.Spread)
	r.Unpriced += other.Unpriced
	r.Latency.Count += other.Latency.Count
	r.Latency.Sum += other.Latency.Sum
	r.FirstChunk.Count += other.FirstChunk.Count
	r.FirstChunk.Sum += other.FirstChunk.Sum
	if other.Last.After(r.Last) || other.Last.Equal(r.Last) && other.Name > r.Name {
		r.Last, r.Name = other.Last, other.Name
	}
}
