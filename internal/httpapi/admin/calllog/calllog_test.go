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

	"go.opentelemetry.io/otel/codes"
	"go.uber.org/goleak"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/internal/httpapi/admin/admintest"
	"github.com/sluicegate/sluice/internal/httpapi/admin/calllog"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/feedback"
	"github.com/sluicegate/sluice/telemetry/foreignspan"
	"github.com/sluicegate/sluice/telemetry/listing"
	"github.com/sluicegate/sluice/telemetry/live"
	"github.com/sluicegate/sluice/telemetry/search"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestCalls(t *testing.T) {
	admintest.Run(t, "testdata/*.txtar", func(o *admintest.Office) []httpapi.Route {
		performer := action.Performer{Workspaces: o.Identity}
		b := &book{}
		for i := range 3 {
			b.rows = append(b.rows, &telemetry.Record{Response: fmt.Appendf(nil, `{"text":"Answer %d"}`, i), ID: fmt.Sprint("01", i), Time: admintest.Now.Add(time.Duration(i-9) * time.Minute), FirstByte: -1, Session: "s1",
				SessionSource: gateway.SessionClaudeCode, Member: "ada", Status: 200, Served: "gpt-5", Usage: &gateway.Usage{Input: 10, Output: 2},
				Cost: gateway.Cost{Nano: 5, Known: true}, Tools: []telemetry.ToolUse{{Name: "Bash", Calls: 2}}})
		}
		for i, session := range []string{"s2", "s2", "s2"} { // below a span of the caller, below the first call, and of a trace of its own
			place := gateway.Trace{ID: gateway.TraceIDFrom(fmt.Sprint("trace", i/2)), Root: gateway.SpanIDFrom(fmt.Sprint("call", i)), Name: fmt.Sprint("step ", i)}
			if i < 2 {
				place.Parent = gateway.SpanIDFrom([]string{"agent", "call0"}[i])
			}
			b.rows = append(b.rows, &telemetry.Record{ID: fmt.Sprint("02", i), Time: admintest.Now, FirstByte: -1, Session: session, Member: "ada", Status: 200, Trace: place})
		}
		for _, member := range []string{"ada", "bob"} {
			b.spans = append(b.spans, &foreignspan.Span{Member: member, Trace: gateway.TraceIDFrom("trace0"), ID: gateway.SpanIDFrom("agent"), Parent: gateway.SpanIDFrom("root"),
				Name: "agent of " + member, Service: "shop", Start: admintest.Now.Add(-time.Second), Duration: time.Minute, Status: codes.Error})
		}
		settings := calllog.Settings{Reader: reader{b}, Texts: search.New(b), Recorder: b, Hub: &live.Hub{}, Feedback: feedback.New(b, strings.ToLower, strings.ToLower, func(time.Time) string {
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
	rows  []*telemetry.Record // oldest first
	spans []*foreignspan.Span
	kept  []feedback.Feedback

	looked int // how often a row was looked for
}

// reader reads what a book holds. Its rows stand in the store when they are looked for the second time.
type reader struct{ *book }

func (r reader) Log(_ context.Context, scope listing.Scope, id string) (found []*telemetry.Record, err error) {
	if r.looked++; r.looked < 2 {
		return nil, telemetry.NotFound("test", id)
	}
	for _, row := range r.rows {
		if row.ID == id && scope.Contains(row.Workspace) {
			found = append(found, row)
		}
	}
	return found, nil
}

func (r reader) ForeignTrace(_ context.Context, _ listing.Scope, trace gateway.TraceID) (found foreignspan.Trace, err error) {
	for _, s := range r.spans {
		if s.Trace == trace {
			found.Spans = append(found.Spans, s)
		}
	}
	return found, nil
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
	for _, a := range calllog.Actions(calllog.Settings{Reader: reader{b}, Recorder: b, Hub: hub, Texts: search.New(b)}) {
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
	for query, status := range map[string]int{"?member=somebody": 400, "?nonsense=1": 400, "?status=7": 400, "?text=": 400} {
		answer := get(query)
		answer.Body.Close()
		if answer.StatusCode != status {
			t.Errorf("%s: %d", query, answer.StatusCode)
		}
	}
	answer, searched := get("?status=5xx"), get("?text=Rain")
	defer answer.Body.Close()
	defer searched.Body.Close()
	told := []*telemetry.Record{{ID: "1", Workspace: "w1", Member: "m2", Status: 500}, {ID: "2", Workspace: "w1", Member: "m1", Status: 200}, {ID: "3", Workspace: "w1", Member: "m1", Status: 503}, {ID: "4", Workspace: "w1", Member: "m1", Status: 200}}
	for _, r := range told {
		stored := *r
		stored.Response = []byte(`{"text":"It will be dry."}`)
		if r.ID == "4" {
			stored.Response = []byte(`{"text":"It will rain."}`)
		}
		b.rows = append(b.rows, &stored)
	}
	hub.Export(told)
	hub.Close()
	for id, answer := range map[string]*http.Response{"3": answer, "4": searched} {
		var events []string
		for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
			if line := lines.Text(); line != "" && !strings.HasPrefix(line, "data: {\"id\"") {
				events = append(events, line)
			}
		}
		events = slices.DeleteFunc(events, func(line string) bool { return line == ": nothing new" })
		want := []string{": listening", "event: exchange", "id: " + id, "event: end", `data: {"reason":"shutdown"}`}
		if !slices.Equal(events, want) {
			t.Errorf("%q", events)
		}
	}
	http.DefaultClient.CloseIdleConnections()
}
