package analytics

import (
	"context"
	"time"

	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/telemetry"
)

// graphResponse is Portkey's. Summary and data points differ from graph to graph.
type graphResponse struct {
	Object     string       `json:"object"` // "analytics-graph"
	Summary    any          `json:"summary"`
	DataPoints any          `json:"data_points"`
	Previous   *graphPeriod `json:"previous,omitempty"` // with compare=previous
	Capped     bool         `json:"capped,omitempty"`   // there is more feedback: only the newest is counted
}

type graphPeriod struct {
	Since      time.Time `json:"since"`
	Until      time.Time `json:"until"`
	Summary    any       `json:"summary"`
	DataPoints any       `json:"data_points"`
}

// graph is one line of the table of graphs.
type graph struct {
	path, about string
	groupBy     telemetry.Dimension
	latencies   bool
	users       bool
	errors      bool // it is about exchanges that failed
	flat        bool // its data points are groups, not intervals

	summary func(total []telemetry.AnalyticsRow) any // by group
	points  func(at []instant) any                   // a flat graph has one instant
}

// instant is an interval of a graph, with a row for each group.
type instant struct {
	at   time.Time
	rows []telemetry.AnalyticsRow
}

// example is an answer for the documentation: nothing happened.
func (g *graph) example() graphResponse {
	return graphResponse{Summary: g.summary(nil), DataPoints: g.points([]instant{{}}), Previous: &graphPeriod{Summary: g.summary(nil), DataPoints: g.points([]instant{{}})}}
}

func (a resource) graph(ctx context.Context, r *action.Request, g *graph) error {
	interval := autoInterval
	if g.flat {
		interval = ""
	}
	q, err := a.read(ctx, r, interval, nil)
	if err != nil {
		return err
	}
	q.GroupBy, q.Latencies, q.Users = g.groupBy, g.latencies, g.users
	if g.errors && len(q.Outcome) == 0 {
		q.Outcome = []string{"error"}
	}
	out := graphResponse{Object: "analytics-graph"}
	if out.Summary, out.DataPoints, err = a.draw(ctx, q, q.AnalyticsQuery, g); err != nil {
		return err
	}
	if q.compare {
		before := q.AnalyticsQuery.Previous()
		out.Previous = &graphPeriod{Since: before.Since, Until: before.Until}
		if out.Previous.Summary, out.Previous.DataPoints, err = a.draw(ctx, q, before, g); err != nil {
			return err
		}
	}
	r.Reply = out
	return nil
}

// draw asks for the sums of a graph. Those over all intervals are added up, except percentiles and
// numbers of users.
func (a resource) draw(ctx context.Context, q *question, about telemetry.AnalyticsQuery, g *graph) (summary, points any, err error) {
	rows, err := a.ask(ctx, q, about)
	if err != nil {
		return nil, nil, err
	}
	total := rows
	if about.Interval > 0 {
		if total, err = a.total(ctx, q, about, rows); err != nil {
			return nil, nil, err
		}
	}
	if about.Interval == 0 {
		return g.summary(total), g.points([]instant{{about.Since, rows}}), nil
	}
	var at []instant
	for _, t := range buckets(&about) {
		i := instant{at: t}
		for len(rows) > 0 && rows[0].Bucket.Equal(t) {
			i.rows, rows = append(i.rows, rows[0]), rows[1:]
		}
		at = append(at, i)
	}
	return g.summary(total), g.points(at), nil
}

func (a resource) total(ctx context.Context, q *question, about telemetry.AnalyticsQuery, rows []telemetry.AnalyticsRow) ([]telemetry.AnalyticsRow, error) {
	if about.Latencies || about.Users {
		about.Interval = 0
		return a.ask(ctx, q, about)
	}
	var out []telemetry.AnalyticsRow
	at := map[string]int{}
	for i := range rows {
		n, seen := at[rows[i].Value]
		if !seen {
			n = len(out)
			at[rows[i].Value], out = n, append(out, telemetry.AnalyticsRow{Value: rows[i].Value})
		}
		out[n].Merge(&rows[i])
	}
	return out, nil
}
