package experiment

import (
	"context"
	"slices"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/internal/httpapi/admin/analytics"
	"github.com/sluicegate/sluice/prompts"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/compare"
	"github.com/sluicegate/sluice/telemetry/listing"
)

type resultsResponse struct {
	Object string `json:"object"` // "experiment"
	prompts.Experiment
	Since   time.Time    `json:"since"`
	Until   time.Time    `json:"until"`
	Control string       `json:"control"` // the variant that others are compared with
	Results []armResults `json:"results"` // of each variant, in the order of arms
	Capped  bool         `json:"capped"`  // there is more feedback: only the newest is counted
}

// armResults are what the calls of one variant did. Means have an interval in which the true one lies with
// a probability of 95 %, however often one looks.
type armResults struct {
	Name      string     `json:"name"`
	Calls     int64      `json:"calls"`
	Errors    int64      `json:"errors"`
	CacheHits int64      `json:"cache_hits"`
	Input     int64      `json:"input_tokens"`
	Output    int64      `json:"output_tokens"`
	Cost      action.USD `json:"cost_usd"`
	P50       float64    `json:"latency_p50_ms"`
	P90       float64    `json:"latency_p90_ms"`
	P99       float64    `json:"latency_p99_ms"`
	Feedback  int64      `json:"feedback"` // how many judgements there are

	Score     measure `json:"score"`         // of the feedback, weighted: from -10 to 10
	ErrorRate measure `json:"error_rate"`    // from 0 to 1
	CostEach  measure `json:"cost_per_call"` // USD, of calls whose cost is known
	Latency   measure `json:"latency"`       // seconds
}

// measure is a mean and its difference to that of the control.
type measure struct {
	Mean       float64     `json:"mean"`
	Low        *float64    `json:"low"` // null: there are too few observations
	High       *float64    `json:"high"`
	Difference *difference `json:"difference,omitempty"` // of all variants but the control
}

type difference struct {
	Estimate *float64        `json:"estimate"` // null: there are no observations
	Low      *float64        `json:"low"`      // null: there are too few observations
	High     *float64        `json:"high"`
	Verdict  compare.Verdict `json:"verdict"` // higher, lower, chance or unknown
}

func resultsExample() resultsResponse {
	m := measure{Low: new(float64), High: new(float64), Difference: &difference{Estimate: new(float64), Low: new(float64), High: new(float64)}}
	return resultsResponse{Results: []armResults{{Score: m, ErrorRate: m, CostEach: m, Latency: m}}}
}

// arm is what was observed of one variant.
type arm struct {
	row   telemetry.AnalyticsRow
	score compare.Sample
}

// results takes since, until and workspace. Without since, the period begins with the experiment.
func (a resource) results(ctx context.Context, r *action.Request) error {
	r.Target = r.Param("id")
	p := action.ReadQuery(r)
	ref, since, until := p.Text("workspace"), p.Time("since"), p.Time("until")
	if err := p.Done(); err != nil {
		return err
	}
	workspace, err := r.In(ctx, ref)
	if err != nil {
		return err
	}
	e, err := a.Templates.Experiment(ctx, r.By, workspace, r.Target)
	if err != nil {
		return err
	}
	if until.IsZero() {
		until = r.Now().Add(time.Microsecond)
	}
	if since.IsZero() {
		since = e.StartedAt
		if earliest := until.Add(-telemetry.MaxUsagePeriod); since.Before(earliest) {
			since = earliest
		}
	}
	q := telemetry.AnalyticsQuery{Query: telemetry.Query{Scope: listing.Workspace(e.Workspace), Since: since.UTC().Truncate(time.Microsecond), Until: until.UTC().Truncate(time.Microsecond), Prompt: []string{e.Prompt}},
		GroupBy: telemetry.DimensionVariant, Latencies: true, Spread: true}
	if err := q.Check(); err != nil {
		return err
	}
	arms := map[string]*arm{}
	for _, named := range e.Arms {
		arms[named.Name] = &arm{}
	}
	out := resultsResponse{Object: "experiment", Experiment: e, Since: q.Since, Until: q.Until, Control: e.Arms[0].Name}
	if analytics.Own(r.By, gateway.AnalyticsReadAll, &q.Query) {
		if out.Capped, err = a.observe(ctx, q, arms); err != nil {
			return err
		}
	}
	control := arms[out.Control]
	for i, named := range e.Arms {
		shown := resultsOf(named.Name, arms[named.Name])
		if i > 0 {
			shown.compareWith(&out.Results[0], arms[named.Name], control)
		}
		out.Results = append(out.Results, shown)
	}
	r.Reply = out
	return nil
}

// observe sums up the calls of the arms, and the feedback on them.
func (a resource) observe(ctx context.Context, q telemetry.AnalyticsQuery, arms map[string]*arm) (capped bool, err error) {
	rows, err := a.Exchanges.Analytics(ctx, q)
	if err != nil {
		return false, err
	}
	for _, row := range rows {
		if arm := arms[row.Value]; arm != nil {
			arm.row = row
		}
	}
	list, capped, err := a.Feedback.On(ctx, a.Exchanges, q.Query, telemetry.DimensionVariant)
	for i := range list {
		for name, arm := range arms {
			if slices.Contains(list[i].Values, name) {
				arm.score.Add(list[i].Score())
			}
		}
	}
	return capped, err
}

// samples are the observations of an arm that are compared, in the order of armResults.measures.
func (a *arm) samples() []compare.Sample {
	row := &a.row
	return []compare.Sample{
		a.score,
		compare.Share(row.Errors, row.Calls),
		{Count: row.Spread.Costed, Sum: float64(row.Cost) / 1e9, Squares: row.Spread.Cost},
		{Count: row.Latency.Count, Sum: row.Latency.Sum.Seconds(), Squares: row.Spread.Latency},
	}
}

func (a *armResults) measures() []*measure {
	return []*measure{&a.Score, &a.ErrorRate, &a.CostEach, &a.Latency}
}

func resultsOf(name string, a *arm) armResults {
	row := &a.row
	millis := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	out := armResults{Name: name, Calls: row.Calls, Errors: row.Errors, CacheHits: row.Hits, Input: row.Input, Output: row.Output, Cost: action.USD(row.Cost),
		P50: millis(row.Latency.P50), P90: millis(row.Latency.P90), P99: millis(row.Latency.P99), Feedback: a.score.Count}
	for i, s := range a.samples() {
		m := out.measures()[i]
		m.Mean = s.Mean()
		if in, ok := s.Interval(); ok {
			m.Low, m.High = &in.Low, &in.High
		}
	}
	if out.ErrorRate.Mean = 0; row.Calls > 0 { // without the two that compare.Share adds
		out.ErrorRate.Mean = float64(row.Errors) / float64(row.Calls)
	}
	if out.ErrorRate.Low != nil {
		*out.ErrorRate.Low, *out.ErrorRate.High = max(0, *out.ErrorRate.Low), min(1, *out.ErrorRate.High)
	}
	return out
}

func (a *armResults) compareWith(shownControl *armResults, of, control *arm) {
	others := control.samples()
	for i, s := range of.samples() {
		d := s.To(others[i])
		m := a.measures()[i]
		shown := &difference{Verdict: d.Verdict}
		if of.row.Calls > 0 && control.row.Calls > 0 && s.Count > 0 && others[i].Count > 0 {
			estimate := m.Mean - shownControl.measures()[i].Mean
			shown.Estimate = &estimate
		}
		if d.Verdict != compare.Unknown {
			shown.Low, shown.High = &d.Interval.Low, &d.Interval.High
		}
		m.Difference = shown
	}
}

// weightsIn reads an object of numbers by the names of variants.
func weightsIn(f *action.Form) map[string]float64 {
	v, ok := f.Take("weights", true, map[string]float64{})
	if !ok {
		return nil
	}
	if !v.IsObject() {
		f.Wrong("weights", "must be an object of numbers by the names of variants")
		return nil
	}
	out := map[string]float64{}
	v.ForEach(func(name, weight gjson.Result) bool {
		if weight.Type != gjson.Number || weight.Num < 0 {
			f.Wrong("weights."+name.String(), "must be a number, 0 or more")
		}
		out[name.String()] = weight.Num
		return true
	})
	if len(out) == 0 {
		f.Wrong("weights", "must name a variant")
	}
	return out
}
