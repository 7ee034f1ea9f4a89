package observability

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/store/sql/db"
	"github.com/sluicegate/sluice/internal/store/sql/db/dbtest"
	"github.com/sluicegate/sluice/telemetry/feedback"
)

func TestFeedbackStore(t *testing.T) {
	dbtest.OnBoth(t, func(t *testing.T, open func(testing.TB) *db.DB) {
		s, ctx, at := New(open(t)), t.Context(), time.Unix(7200, 5).UTC()
		list := []feedback.Feedback{
			{ID: "1", Workspace: "w1", Member: "m1", APIKey: "k1", Trace: "order-7", Value: -3, Weight: 0.25, Metadata: map[string]string{"ü": "'x'"}, CreatedAt: at, UpdatedAt: at},
			{ID: "2", Workspace: "w1", Member: "m2", Trace: "order-7", Value: 5, Weight: 1, Metadata: map[string]string{}, CreatedAt: at.Add(time.Hour), UpdatedAt: at},
		}
		other := feedback.Feedback{ID: "3", Workspace: "w2", Trace: "order-8", Value: 5, Weight: 0.5, Metadata: map[string]string{}, CreatedAt: at, UpdatedAt: at}
		for _, err := range []error{s.AddFeedback(ctx, list, []string{"t7", "t7"}), s.AddFeedback(ctx, []feedback.Feedback{other}, []string{"t8"})} {
			if err != nil {
				t.Fatal(err)
			}
		}
		found, keys, err := s.FeedbackOf(ctx, []string{"t7", "none"})
		if d := cmp.Diff(list, found); d != "" || err != nil || cmp.Diff([]string{"t7", "t7"}, keys) != "" {
			t.Fatal(d, keys, err)
		}
		for _, c := range []struct {
			workspace    string
			since, until time.Time
			limit        int
			want         []feedback.Feedback
		}{{"w1", at, at.Add(2 * time.Hour), 9, []feedback.Feedback{list[1], list[0]}}, {"", at, at.Add(time.Hour), 9, []feedback.Feedback{other, list[0]}}, {"w1", at, at.Add(2 * time.Hour), 1, list[1:]},
			{"w1", at.Add(1), at.Add(time.Hour), 9, nil}} {
			found, keys, err := s.FeedbackBetween(ctx, c.workspace, c.since, c.until, c.limit)
			if d := cmp.Diff(c.want, found); d != "" || err != nil || len(keys) != len(found) {
				t.Errorf("%+v: %s %v %v", c, d, keys, err)
			}
		}
		if _, err := s.Feedback(ctx, "w2", "1"); gateway.AsError(err).Kind != gateway.NotFound {
			t.Errorf("another workspace's: %v", err)
		}
		list[0].Value, list[0].Weight, list[0].UpdatedAt = 9, 1, at.Add(time.Second)
		if err := s.UpdateFeedback(ctx, list[0]); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Feedback(ctx, "w1", "1"); err != nil || cmp.Diff(list[0], got) != "" {
			t.Error(got, err)
		}
		foreign := list[0]
		foreign.Workspace = "w2"
		if err := s.UpdateFeedback(ctx, foreign); gateway.AsError(err).Kind != gateway.NotFound {
			t.Errorf("another workspace's: %v", err)
		}
		var many []feedback.Feedback
		var traces []string
		for i := range feedback.MaxPerTrace - 1 {
			many, traces = append(many, feedback.Feedback{ID: fmt.Sprint("m", i), Workspace: "w1", Trace: "x", CreatedAt: at, UpdatedAt: at}), append(traces, "t7")
		}
		if err := s.AddFeedback(ctx, many, traces); gateway.AsError(err).Kind != gateway.Conflict || gateway.AsError(err).Param != "trace_id" {
			t.Errorf("too many: %v", err)
		}
	})
}
