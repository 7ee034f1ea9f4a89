package feedback

import (
	"context"
	"slices"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
)

// Bounds of a question about the feedback on exchanges.
const (
	MaxJudged = 20_000              // feedbacks that are looked at: the newest
	late      = 30 * 24 * time.Hour // after the period of the exchanges, in which feedback is still looked for
	early     = time.Hour           // before it
)

// Exchanges finds exchanges by traces and ids. telemetry.Reader implements it.
type Exchanges interface {
	OfTraces(ctx context.Context, q telemetry.Query, traces []gateway.TraceID, ids []string, each func(*telemetry.Record) error) error
}

// Judged is a feedback on one or several exchanges that a question selects.
type Judged struct {
	Feedback
	Time   time.Time // start of the first of the exchanges
	Values []string  // of the dimension, which the exchanges have; sorted, each once
}

// Score is the value, weighted.
func (j *Judged) Score() float64 { return float64(j.Value) * j.Weight }

// On returns the feedback on the exchanges that q selects, which names a period, and which values of a
// dimension they have. A feedback on a trace counts once, however many exchanges the trace has. Feedback
// is looked for until 30 days after the period; of more than MaxJudged only the newest is, and capped is
// true.
func (s *Service) On(ctx context.Context, exchanges Exchanges, q telemetry.Query, by telemetry.Dimension) (out []Judged, capped bool, err error) {
	list, keys, err := s.store.FeedbackBetween(ctx, q.Scope.Workspace(), q.Since.Add(-early), q.Until.Add(late), MaxJudged+1)
	if err != nil {
		return nil, false, err
	}
	if capped = len(list) > MaxJudged; capped {
		list, keys = list[:MaxJudged], keys[:MaxJudged]
	}
	for len(list) > 0 {
		n := min(len(list), MaxTraces)
		found, err := judged(ctx, exchanges, q, by, list[:n], keys[:n])
		if err != nil {
			return nil, false, err
		}
		out, list, keys = append(out, found...), list[n:], keys[n:]
	}
	return out, capped, nil
}

// judged returns those of a list that are about exchanges of q.
func judged(ctx context.Context, exchanges Exchanges, q telemetry.Query, by telemetry.Dimension, list []Feedback, keys []string) ([]Judged, error) {
	all := make([]Judged, len(list))
	at := map[string][]int{} // feedbacks by the key of their trace
	var traces []gateway.TraceID
	var ids []string
	for i, f := range list {
		all[i].Feedback = f
		if at[keys[i]] == nil {
			traces = append(traces, gateway.TraceIDFrom(keys[i]))
			if _, ok := telemetry.StartOf(f.Trace); ok {
				ids = append(ids, f.Trace)
			}
		}
		at[keys[i]] = append(at[keys[i]], i)
	}
	err := exchanges.OfTraces(ctx, q, traces, ids, func(r *telemetry.Record) error {
		for _, k := range []string{r.Trace.ID.String(), key(r.ID)} {
			for _, i := range at[k] {
				if all[i].Workspace == r.Workspace {
					all[i].add(r, by)
				}
			}
		}
		return nil
	})
	return slices.DeleteFunc(all, func(j Judged) bool { return j.Time.IsZero() }), err
}

// add notes an exchange that the feedback is on.
func (j *Judged) add(r *telemetry.Record, by telemetry.Dimension) {
	if j.Time.IsZero() || r.Time.Before(j.Time) {
		j.Time = r.Time
	}
	if by == "" {
		return
	}
	value, _, ok := by.Of(r)
	if i, there := slices.BinarySearch(j.Values, value); ok && !there {
		j.Values = slices.Insert(j.Values, i, value)
	}
}
