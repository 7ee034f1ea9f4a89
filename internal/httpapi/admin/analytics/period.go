package analytics

import (
	"context"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/telemetry"
)

const (
	usualPeriod  = 24 * time.Hour // where a question names none
	usualBuckets = 100            // at most, where a question leaves the interval to the server
)

// intervals are the lengths of buckets, by the names that questions give them.
var intervals = []struct {
	name   string
	length time.Duration
}{{"1m", time.Minute}, {"5m", 5 * time.Minute}, {"10m", 10 * time.Minute}, {"30m", 30 * time.Minute}, {"1h", time.Hour}, {"3h", 3 * time.Hour},
	{"6h", 6 * time.Hour}, {"12h", 12 * time.Hour}, {"24h", 24 * time.Hour}, {"168h", 7 * 24 * time.Hour}}

// question is what the parameters of a request ask.
type question struct {
	telemetry.AnalyticsQuery
	compare bool // with the period of the same length before
	own     bool // false: it is about somebody else's exchanges, which are absent
}

// autoInterval divides the period into a number of buckets that suits a graph.
const (
	autoInterval = "auto"
	noInterval   = "none"
)

// read reads the filters, the period and the interval. more reads further parameters.
func (a resource) read(ctx context.Context, r *action.Request, interval string, more func(p *action.Query, q *question)) (*question, error) {
	p := action.ReadQuery(r)
	q := &question{}
	var workspace string
	workspace, interval = q.readFilters(p, interval)
	if more != nil {
		more(p, q)
	}
	if err := p.Done(); err != nil {
		return nil, err
	}
	if q.Until.IsZero() {
		q.Until = r.Now().UTC().Add(time.Microsecond) // the call of this instant, too
	}
	if q.Since.IsZero() {
		q.Since = q.Until.Add(-usualPeriod)
	}
	q.Since, q.Until = q.Since.UTC().Truncate(time.Microsecond), q.Until.UTC().Truncate(time.Microsecond)
	for _, i := range intervals {
		if i.name == interval || interval == autoInterval && q.Until.Sub(q.Since)/i.length <= usualBuckets {
			q.Interval = i.length
			break
		}
	}
	var err error
	if q.Scope, err = scope(ctx, r, workspace); err != nil {
		return nil, err
	}
	if err := q.Check(); err != nil {
		return nil, err
	}
	q.own = Own(r.By, gateway.AnalyticsReadAll, &q.Query)
	return q, nil
}

// readFilters reads the filters, the period and the interval, of which "" is asked for nowhere.
func (q *question) readFilters(p *action.Query, usual string) (workspace, interval string) {
	workspace = p.Text("workspace")
	q.Query = ReadExchanges(p)
	ReadPortkeys(p, &q.Query, &workspace)
	names := []string{usual}
	for _, name := range []string{autoInterval, noInterval} {
		if name != usual {
			names = append(names, name)
		}
	}
	for _, i := range intervals {
		names = append(names, i.name)
	}
	if usual != "" {
		interval = p.OneOf("interval", names...)
	}
	q.compare = p.OneOf("compare", "none", "previous") == "previous"
	return workspace, interval
}

// ask asks the store, unless the question is about what is absent for the caller.
func (a resource) ask(ctx context.Context, q *question, about telemetry.AnalyticsQuery) ([]telemetry.AnalyticsRow, error) {
	if !q.own {
		return nil, nil
	}
	return a.Analytics(ctx, about)
}

// buckets lists the beginnings of all buckets of a period.
func buckets(q *telemetry.AnalyticsQuery) []time.Time {
	var out []time.Time
	first := q.Since.UnixMicro() / q.Interval.Microseconds() * q.Interval.Microseconds()
	for t := time.UnixMicro(first).UTC(); t.Before(q.Until); t = t.Add(q.Interval) {
		out = append(out, t)
	}
	return out
}
