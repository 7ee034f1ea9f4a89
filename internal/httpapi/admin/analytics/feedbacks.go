package analytics

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/feedback"
)

// The summaries and data points of feedback, by Portkey's names.
type (
	average struct {
		Avg float64 `json:"avg"`
	}
	scoreCount struct {
		Score int   `json:"score"`
		Total int64 `json:"total"`
	}
	modelScore struct {
		Model string  `json:"ai_model"`
		Total int64   `json:"total"`
		Avg   float64 `json:"avg_weighted_feedback"`
	}
)

// feedbackGraph is one line of the table of graphs of feedback.
type feedbackGraph struct {
	path, about string
	groupBy     telemetry.Dimension
	flat        bool // its data points are groups, not intervals

	summary func(all []feedback.Judged) any
	points  func(at []judgedInstant) any // a flat graph has one instant
}

// judgedInstant is an interval of a graph, with the feedback on exchanges that began in it.
type judgedInstant struct {
	at   time.Time
	list []feedback.Judged
}

// example is an answer for the documentation: there is no feedback.
func (g *feedbackGraph) example() graphResponse {
	return graphResponse{Summary: g.summary(nil), DataPoints: g.points([]judgedInstant{{}}), Previous: &graphPeriod{Summary: g.summary(nil), DataPoints: g.points([]judgedInstant{{}})}}
}

// feedbackGraphs is the table of the graphs of feedback.
var feedbackGraphs = []feedbackGraph{
	{path: "feedbacks", about: "how much feedback there was", summary: feedbackTotal, points: func(at []judgedInstant) any {
		out := make([]totalAt, len(at))
		for i, t := range at {
			out[i] = totalAt{t.at, int64(len(t.list))}
		}
		return out
	}},
	{path: "feedbacks/scores", about: "how often each value was given as feedback", flat: true, summary: feedbackTotal, points: feedbackScores},
	{path: "feedbacks/weighted", about: "the mean of the feedback, weighted", summary: func(all []feedback.Judged) any { return average{meanScore(all)} }, points: func(at []judgedInstant) any {
		out := make([]averageAt, len(at))
		for i, t := range at {
			out[i] = averageAt{t.at, meanScore(t.list)}
		}
		return out
	}},
	{path: "feedbacks/ai-models", about: "the feedback on each model", groupBy: telemetry.DimensionModel, flat: true, summary: feedbackTotal, points: feedbackModels},
}

func feedbackTotal(all []feedback.Judged) any { return total{int64(len(all))} }

// meanScore is the mean of the weighted values; 0 of none.
func meanScore(list []feedback.Judged) float64 {
	if len(list) == 0 {
		return 0
	}
	sum := 0.0
	for i := range list {
		sum += list[i].Score()
	}
	return sum / float64(len(list))
}

func feedbackScores(at []judgedInstant) any {
	counts := map[int]int64{}
	for _, t := range at {
		for i := range t.list {
			counts[t.list[i].Value]++
		}
	}
	out := []scoreCount{}
	for score, n := range counts {
		out = append(out, scoreCount{score, n})
	}
	slices.SortFunc(out, func(a, b scoreCount) int { return cmp.Compare(a.Score, b.Score) })
	return out
}

// feedbackModels counts a feedback for each model that its exchanges have.
func feedbackModels(at []judgedInstant) any {
	byModel := map[string][]feedback.Judged{}
	for _, t := range at {
		for _, j := range t.list {
			for _, model := range j.Values {
				byModel[model] = append(byModel[model], j)
			}
		}
	}
	out := []modelScore{}
	for model, list := range byModel {
		out = append(out, modelScore{model, int64(len(list)), meanScore(list)})
	}
	slices.SortFunc(out, func(a, b modelScore) int {
		return cmp.Or(cmp.Compare(b.Total, a.Total), strings.Compare(a.Model, b.Model))
	})
	return out
}

func (a resource) feedbackGraph(ctx context.Context, r *action.Request, g *feedbackGraph) error {
	interval := autoInterval
	if g.flat {
		interval = ""
	}
	q, err := a.read(ctx, r, interval, nil)
	if err != nil {
		return err
	}
	out := graphResponse{Object: "analytics-graph"}
	if out.Capped, err = a.drawFeedback(ctx, q, q.AnalyticsQuery, g, &out.Summary, &out.DataPoints); err != nil {
		return err
	}
	if q.compare {
		before := q.AnalyticsQuery.Previous()
		out.Previous = &graphPeriod{Since: before.Since, Until: before.Until}
		capped, err := a.drawFeedback(ctx, q, before, g, &out.Previous.Summary, &out.Previous.DataPoints)
		if err != nil {
			return err
		}
		out.Capped = out.Capped || capped
	}
	r.Reply = out
	return nil
}

// drawFeedback finds the feedback of a period and sums it up.
func (a resource) drawFeedback(ctx context.Context, q *question, about telemetry.AnalyticsQuery, g *feedbackGraph, summary, points *any) (capped bool, err error) {
	var all []feedback.Judged
	if q.own {
		if all, capped, err = a.feedback.On(ctx, a.Store, about.Query, g.groupBy); err != nil {
			return false, err
		}
	}
	at := []judgedInstant{{about.Since, all}}
	if about.Interval > 0 {
		at = nil
		for _, t := range buckets(&about) {
			at = append(at, judgedInstant{at: t})
		}
		for _, j := range all {
			i := int(j.Time.Sub(at[0].at) / about.Interval)
			at[i].list = append(at[i].list, j)
		}
	}
	*summary, *points = g.summary(all), g.points(at)
	return capped, nil
}
