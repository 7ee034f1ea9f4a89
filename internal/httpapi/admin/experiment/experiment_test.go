package experiment_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/internal/httpapi/admin/admintest"
	"github.com/sluicegate/sluice/internal/httpapi/admin/experiment"
	"github.com/sluicegate/sluice/prompts"
	"github.com/sluicegate/sluice/prompts/promptstest"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/feedback"
	"github.com/sluicegate/sluice/telemetry/listing"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestCalls(t *testing.T) {
	admintest.Run(t, "testdata/*.txtar", func(o *admintest.Office) []httpapi.Route {
		templates := prompts.New(prompts.Config{Store: promptstest.NewMemory(), Now: func() time.Time { return admintest.Now.Add(-24 * time.Hour) }})
		owner, err := o.Identity.Identify(t.Context(), gateway.NewSecret(admintest.OwnerKey), "")
		if err != nil {
			t.Fatal(err)
		}
		made, err := templates.Create(t.Context(), owner, "", prompts.Draft{Slug: "support", Body: json.RawMessage(`{"model":"mock/echo","prompt":"{{q}}","variants":[{"name":"control","weight":3},{"name":"short","prompt":"In short: {{q}}"},{"name":"none","weight":0}]}`)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := templates.Create(t.Context(), owner, "", prompts.Draft{Slug: "plain", Body: json.RawMessage(`{"prompt":"x"}`)}); err != nil {
			t.Fatal(err)
		}
		rows := exchanges(made.ID, owner.Workspace)
		var routes []httpapi.Route
		for _, a := range experiment.Actions(experiment.Settings{Templates: still{templates}, Exchanges: store(rows), Feedback: feedback.New(judgements{rows: rows}, nil, nil, nil)}) {
			routes = append(routes, action.Performer{Workspaces: o.Identity}.Route(a))
		}
		return routes
	})
}

// still are templates that do not tell when they were changed.
type still struct{ *prompts.Service }

func (s still) EndExperiment(ctx context.Context, by *gateway.Principal, workspace, ref, winner string) (prompts.View, error) {
	v, err := s.Service.EndExperiment(ctx, by, workspace, ref, winner)
	v.UpdatedAt = admintest.Now
	return v, err
}

// exchanges are 40 of each arm, of which those of "short" are faster, cheaper and liked better, and fail
// as often.
func exchanges(prompt, workspace string) (out []*telemetry.Record) {
	for i := range 80 {
		r := &telemetry.Record{ID: fmt.Sprintf("01X%02d", i), Workspace: workspace, Member: "m1", Time: admintest.Now.Add(-12*time.Hour + time.Duration(i)*time.Minute), Status: 200, Model: "echo",
			Usage: &gateway.Usage{Input: 100, Output: int64(20 + i%5)}, Cost: gateway.Cost{Nano: 2_000_000 + int64(i%10)*10_000, Known: true}, Latency: time.Second + time.Duration(i%10)*10*time.Millisecond, FirstByte: -1,
			Prompt: &gateway.PromptFact{ID: prompt, Slug: "support", Version: 1, Variant: "control"}}
		r.Trace.Ref = fmt.Sprint("call-", i)
		r.Trace.ID = gateway.TraceIDFrom(r.Trace.Ref)
		if i%2 == 1 {
			r.Prompt.Variant, r.Cost.Nano, r.Latency = "short", r.Cost.Nano/2, r.Latency/2
		}
		if i%20 < 2 {
			r.Status, r.Outcome, r.Cost = 502, telemetry.OutcomeProviderError, gateway.Cost{}
		}
		out = append(out, r)
	}
	return out
}

// store holds exchanges, and answers as telemetry defines it.
type store []*telemetry.Record

func (s store) Analytics(_ context.Context, q telemetry.AnalyticsQuery) ([]telemetry.AnalyticsRow, error) {
	sum := telemetry.NewAnalyticsSum(&q)
	for _, r := range s {
		if q.Match(r) {
			sum.Record(r)
		}
	}
	return sum.Rows()
}

func (s store) OfTraces(_ context.Context, q telemetry.Query, traces []gateway.TraceID, _ []string, each func(*telemetry.Record) error) error {
	for _, r := range s {
		if q.Match(r) && slices.Contains(traces, r.Trace.ID) {
			if err := each(r); err != nil {
				return err
			}
		}
	}
	return nil
}

// judgements are one on each exchange.
type judgements struct {
	feedback.Store
	rows []*telemetry.Record
}

func (j judgements) FeedbackBetween(_ context.Context, workspace string, _, _ time.Time, _ int) (list []feedback.Feedback, keys []string, err error) {
	for i, r := range j.rows {
		if !listing.Workspace(workspace).Contains(r.Workspace) {
			continue
		}
		f := feedback.Feedback{Trace: r.Trace.Ref, Workspace: r.Workspace, Value: 1 + i%3, Weight: 1}
		if r.Prompt.Variant == "short" {
			f.Value += 4
		}
		list, keys = append(list, f), append(keys, r.Trace.ID.String())
	}
	return list, keys, nil
}
