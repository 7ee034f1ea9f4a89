package analytics_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/internal/httpapi/admin/admintest"
	"github.com/sluicegate/sluice/internal/httpapi/admin/analytics"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/feedback"
	"github.com/sluicegate/sluice/telemetry/listing"
	"github.com/sluicegate/sluice/telemetry/search"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestCalls(t *testing.T) {
	admintest.Run(t, "testdata/*.txtar", func(o *admintest.Office) []httpapi.Route {
		var routes []httpapi.Route
		for _, a := range analytics.Actions(store(exchanges()), feedback.New(judgements(exchanges()), keep, keep, nil), search.New(store(exchanges()))) {
			routes = append(routes, action.Performer{Workspaces: o.Identity}.Route(a))
		}
		return routes
	})
}

// store holds exchanges, the oldest first, and answers as telemetry defines it. All are in the
// workspace that is asked about.
type store []*telemetry.Record

func (s store) Analytics(_ context.Context, q telemetry.AnalyticsQuery) ([]telemetry.AnalyticsRow, error) {
	q.Scope = listing.AllWorkspaces()
	sum := telemetry.NewAnalyticsSum(&q)
	for _, r := range s {
		if q.Match(r) {
			sum.Record(r)
		}
	}
	return sum.Rows()
}

// Logs implements search.Reader: all that match are one page.
func (s store) Logs(_ context.Context, q telemetry.Query) (p telemetry.Page, err error) {
	q.Scope = listing.AllWorkspaces()
	for _, r := range slices.Backward(s) {
		if q.Match(r) {
			p.Records = append(p.Records, r)
		}
	}
	return p, nil
}

// OfTraces implements feedback.Exchanges.
func (s store) OfTraces(_ context.Context, q telemetry.Query, traces []gateway.TraceID, ids []string, each func(*telemetry.Record) error) error {
	q.Scope = listing.AllWorkspaces()
	for _, r := range s {
		if q.Match(r) && (slices.Contains(traces, r.Trace.ID) || slices.Contains(ids, r.ID)) {
			if err := each(r); err != nil {
				return err
			}
		}
	}
	return nil
}

func keep(s string) string { return s }

// judgements are feedback on some exchanges: two on one, one on a trace of two, which have different
// models, one on what nobody knows.
type judgements []*telemetry.Record

func (judgements) AddFeedback(context.Context, []feedback.Feedback, []string) error { return nil }
func (judgements) Feedback(context.Context, string, string) (feedback.Feedback, error) {
	return feedback.Feedback{}, nil
}
func (judgements) UpdateFeedback(context.Context, feedback.Feedback) error { return nil }
func (judgements) FeedbackOf(context.Context, []string) ([]feedback.Feedback, []string, error) {
	return nil, nil, nil
}
func (j judgements) FeedbackBetween(_ context.Context, _ string, since, until time.Time, _ int) (list []feedback.Feedback, keys []string, err error) {
	for _, f := range []struct {
		on, value int
		weight    float64
	}{{2, 5, 1}, {7, -2, 1}, {7, 4, .5}, {10, 3, 1}} {
		at := j[f.on].Time.Add(time.Hour)
		if at.Before(since) || !at.Before(until) {
			continue
		}
		list, keys = append(list, feedback.Feedback{Trace: j[f.on].Trace.Ref, Value: f.value, Weight: f.weight, CreatedAt: at}), append(keys, j[f.on].Trace.ID.String())
	}
	return append(list, feedback.Feedback{Trace: "nobody's", Value: 9, Weight: 1}), append(keys, gateway.TraceIDFrom("nobody's").String()), nil
}

func (s store) Facets(_ context.Context, q telemetry.FacetQuery) (telemetry.Facets, error) {
	return telemetry.CountFacets(&q, func(q telemetry.Query, limit int) (telemetry.FacetRows, error) {
		var found telemetry.RecordRows
		q.Scope = listing.AllWorkspaces()
		for _, r := range slices.Backward(s) {
			if len(found) < limit && q.Match(r) {
				found = append(found, r)
			}
		}
		return found, nil
	})
}

// exchanges are six of yesterday and twelve of today, of which one is an error, two are hits of the cache, one was
// rescued by a retry and one by a fallback.
func exchanges() (out []*telemetry.Record) {
	for i := range 18 {
		at := admintest.Now.Add(-30*time.Hour + time.Duration(i)*90*time.Minute)
		if i >= 6 {
			at = admintest.Now.Add(-9*time.Hour + time.Duration(i-6)*45*time.Minute)
		}
		r := &telemetry.Record{ID: fmt.Sprintf("01X%02d", i), Time: at, Status: 200, Member: "m1", MemberName: "ann", Team: "t1", TeamName: "ml", APIKey: "k1", APIKeyName: "ci",
			Model: "gpt-5", Served: "gpt-5-2026", Provider: "openai", VirtualKey: "vk_a", Config: telemetry.Config{Slug: "prod"},
			Usage: &gateway.Usage{Input: int64(100 * i), Output: 10}, Cost: gateway.Cost{Nano: int64(i) * 1_000_000, Known: true, Charged: int64(i) * 2_000_000, ChargedKnown: true},
			Latency: time.Duration(i+1) * 100 * time.Millisecond, FirstByte: -1, Attempts: []telemetry.Attempt{{Target: "a"}},
			Metadata: []telemetry.Pair{{Key: "_user", Value: fmt.Sprint("u", i%3)}, {Key: "env", Value: "prod"}}}
		r.Trace.Ref = fmt.Sprint("call-", min(i, 10)+i/12*i) // those of 10 and 11 are one
		r.Trace.ID = gateway.TraceIDFrom(r.Trace.Ref)
		r.Response = fmt.Appendf(nil, `{"text":"Answer %d of %s."}`, i, []string{"rain", "snow"}[i%2])
		switch i {
		case 7:
			r.Status, r.Outcome, r.Usage, r.Cost = 502, telemetry.OutcomeProviderError, nil, gateway.Cost{}
		case 8, 9:
			r.Cache.Status, r.Latency, r.Cost.Saved = gateway.CacheHit, time.Millisecond, 5_000_000
		case 10:
			r.Attempts = append(r.Attempts, telemetry.Attempt{Target: "a", Retry: 1})
		case 11:
			r.Attempts = append(r.Attempts, telemetry.Attempt{Target: "b"})
			r.Member, r.MemberName, r.Served, r.Provider, r.Prompt = "m2", "bob", "claude", "anthropic", &gateway.PromptFact{ID: "p1", Slug: "support"}
		}
		out = append(out, r)
	}
	return out
}
