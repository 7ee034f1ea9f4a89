package logexport_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/internal/httpapi/admin/admintest"
	"github.com/sluicegate/sluice/internal/httpapi/admin/logexport"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/export"
	"github.com/sluicegate/sluice/telemetry/export/exporttest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// book is a store of logs with one exchange, which is in every workspace.
type book struct{}

func (book) Logs(context.Context, telemetry.Query) (telemetry.Page, error) {
	return telemetry.Page{Records: []*telemetry.Record{{ID: "01", Time: admintest.Now, Model: "gpt-5", Status: 200, FirstByte: -1, Request: []byte(`{"a":1}`)}}}, nil
}

func (book) Analytics(context.Context, telemetry.AnalyticsQuery) ([]telemetry.AnalyticsRow, error) {
	return []telemetry.AnalyticsRow{{Calls: 1}}, nil
}

// runs is a service whose jobs have ended when they are started.
type runs struct {
	*export.Service
	t     *testing.T
	store *exporttest.Memory
}

func (r runs) await(id string) {
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(time.Millisecond) {
		if j, err := r.store.Export(r.t.Context(), id); err == nil && j.Status.Ended() {
			return
		} else if time.Now().After(deadline) {
			r.t.Fatalf("%+v does not end", j)
		}
	}
}

func TestCalls(t *testing.T) {
	admintest.Run(t, "testdata/*.txtar", func(o *admintest.Office) []httpapi.Route {
		n := 0
		newID := func(time.Time) string { n++; return fmt.Sprintf("01M8NCCEW0FJDEFXNRWYQCTP%02d", n) }
		store := &exporttest.Memory{}
		jobs := runs{export.New(export.Config{Store: store, Reader: book{}, Dir: filepath.Join(t.TempDir(), "exports"), Node: "a", NewID: newID,
			Now: func() time.Time { return admintest.Now }, Poll: time.Millisecond, Limits: export.Limits{Rows: 1000}}), t, store}
		t.Cleanup(func() { jobs.Close(context.Background()) })
		performer := action.Performer{Workspaces: o.Identity}
		var routes []httpapi.Route
		for _, a := range logexport.Actions(jobs) {
			routes = append(routes, performer.Route(a))
		}
		run := action.Action{Method: "GET", Path: "/v1/run/:id", Name: "run", Need: "logs.list", Do: func(_ context.Context, r *action.Request) error {
			jobs.Start()
			jobs.await(r.Param("id"))
			r.Reply = "done"
			return nil
		}}
		return append(routes, performer.Route(run))
	})
}
