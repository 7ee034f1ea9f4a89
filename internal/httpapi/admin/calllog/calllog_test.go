package calllog_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/internal/httpapi/admin/admintest"
	"github.com/sluicegate/sluice/internal/httpapi/admin/calllog"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/feedback"
	"github.com/sluicegate/sluice/telemetry/listing"
	"github.com/sluicegate/sluice/telemetry/live"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestCalls(t *testing.T) {
	admintest.Run(t, "testdata/*.txtar", func(o *admintest.Office) []httpapi.Route {
		performer := action.Performer{Workspaces: o.Identity}
		b := &book{}
		for i := range 3 {
			b.rows = append(b.rows, &telemetry.Record{ID: fmt.Sprint("01", i), Time: admintest.Now.Add(time.Duration(i-9) * time.Minute), FirstByte: -1, Session: "s1",
				SessionSource: gateway.SessionClaudeCode, Member: "ada", Status: 200, Served: "gpt-5", Usage: &gateway.Usage{Input: 10, Output: 2},
				Cost: gateway.Cost{Nano: 5, Known: true}, Tools: []telemetry.ToolUse{{Name: "Bash", Calls: 2}}})
		}
		settings := calllog.Settings{Reader: b, Recorder: b, Hub: &live.Hub{}, Feedback: feedback.New(b, strings.ToLower, strings.ToLower, func(time.Time) string {
			return fmt.Sprint("feedback-", len(b.kept)+1)
		})}
		var routes []httpapi.Route
		for _, a := range append(calllog.Actions(settings), calllog.Rows(settings)) {
			routes = append(routes, performer.Route(a))
		}
		return routes
	})
}

// book is a store in memory. All rows are in the workspace that is asked about.
type book struct {
	rows []*telemetry.Record // oldest first
	kept []feedback.Feedback
}

func (b *book) match(q telemetry.Query) (found []*telemetry.Record) {
	q.Scope = listing.AllWorkspaces()
	for _, r := range slices.Backward(b.rows) {
		if q.Match(r) {
			found = append(found, r)
		}
	}
	return found
}

func (b *book) Logs(_ context.Context, q telemetry.Query) (telemetry.Page, error) {
	return telemetry.Page{Records: b.match(q)}, nil
}

func (b *book) Sessions(_ context.Context, q telemetry.Query) (telemetry.SessionPage, error) {
	found := slices.DeleteFunc(b.match(q), func(r *telemetry.Record) bool { return r.Session == "" })
	if len(found) == 0 {
		return telemetry.SessionPage{}, nil
	}
	return telemetry.SessionPage{Sessions: []telemetry.Session{telemetry.SumSession(found)}}, nil
}

func (b *book) Log(_ context.Context, rows []*telemetry.Record) error {
	for _, r := range rows {
		if r.ID == "" || r.Workspace == "" || r.APIKey == "" || r.Op != "foreign" || r.Cost.Known {
			return fmt.Errorf("a row of nobody, or one that is billed: %+v", r)
		}
		r.ID, r.Member, r.MemberName, r.APIKey, r.APIKeyName, r.Workspace, r.WorkspaceName = "", "", "", "", "", "", "" // random
		r.Trace = gateway.Trace{Ref: r.Trace.Ref}
	}
	b.rows = append(b.rows, rows...)
	return nil
}

func (b *book) Recorded(q telemetry.Query) telemetry.Query { return q }

func (b *book) AddFeedback(_ context.Context, list []feedback.Feedback, _ []string) error {
	b.kept = append(b.kept, list...)
	return nil
}

func (b *book) Feedback(_ context.Context, workspace, id string) (feedback.Feedback, error) {
	for _, f := range b.kept {
		if f.ID == id && f.Workspace == workspace {
			return f, nil
		}
	}
	return feedback.Feedback{}, &gateway.Error{Op: "test", Kind: gateway.NotFound, Param: "id", Public: "There is no such feedback."}
}

func (b *book) UpdateFeedback(context.Context, feedback.Feedback) error { return nil }

func (b *book) FeedbackBetween(context.Context, string, time.Time, time.Time, int) ([]feedback.Feedback, []string, error) {
	return nil, nil, nil
}

func (b *book) FeedbackOf(context.Context, []string) ([]feedback.Feedback, []string, error) {
	return nil, nil, nil
}

// guard lets a caller in until it is told not to.
type guard struct{}

func (guard) Identify(context.Context, gateway.Secret, string) (*gateway.Principal, error) {
	return &gateway.Principal{Workspace: "w1", Member: "m1", Role: gateway.RoleMember, APIKey: "k1"}, nil
}

// TestTail: a member gets new rows of its own, and the stream ends when the server drains.
func TestTail(t *testing.T) {
	hub := &live.Hub{}
	b := &book{}
	var routes []httpapi.Route
	for _, a := range calllog.Actions(calllog.Settings{Reader: b, Recorder: b, Hub: hub}) {
		routes = append(routes, action.Performer{}.Route(a))
	}
	server := httptest.NewServer(httpapi.New(httpapi.Settings{Routes: routes, Authenticator: guard{}}))
	defer server.Close()
	get := func(query string) *http.Response {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/v1/logs/tail"+query, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer k")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	for query, status := range map[string]int{"?member=somebody": 400, "?nonsense=1": 400, "?status=7": 400} {
		answer := get(query)
		answer.Body.Close()
		if answer.StatusCode != status {
			t.Errorf("%s: %d", query, answer.StatusCode)
		}
	}
	answer := get("?status=5xx")
	defer answer.Body.Close()
	hub.Export([]*telemetry.Record{{ID: "1", Workspace: "w1", Member: "m2", Status: 500}, {ID: "2", Workspace: "w1", Member: "m1", Status: 200}, {ID: "3", Workspace: "w1", Member: "m1", Status: 503}})
	hub.Close()
	var events []string
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		if line := lines.Text(); line != "" && !strings.HasPrefix(line, "data: {\"id\"") {
			events = append(events, line)
		}
	}
	want := []string{": listening", "event: exchange", "id: 3", "event: end", `data: {"reason":"shutdown"}`}
	if !slices.Equal(events, want) {
		t.Errorf("%q", events)
	}
	http.DefaultClient.CloseIdleConnections()
}
