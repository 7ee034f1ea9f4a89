package otlp_test

import (
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	coltrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	otlptrace "go.opentelemetry.io/proto/otlp/trace/v1"
	"go.uber.org/goleak"
	"google.golang.org/protobuf/proto"

	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/otlp"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestSpansArriveAsRecorded(t *testing.T) {
	var mu sync.Mutex
	got := map[string]*otlptrace.Span{}
	services := map[string]int{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		z, err := gzip.NewReader(r.Body)
		if err != nil || r.URL.Path != "/v1/traces" || r.Header.Get("x-team") != "red" {
			t.Error(err, r.URL.Path)
			return
		}
		raw, _ := io.ReadAll(z)
		var req coltrace.ExportTraceServiceRequest
		if err := proto.Unmarshal(raw, &req); err != nil {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		for _, rs := range req.ResourceSpans {
			for _, a := range rs.Resource.Attributes {
				services[a.Key+"="+a.Value.GetStringValue()]++
			}
			for _, ss := range rs.ScopeSpans {
				for _, s := range ss.Spans {
					got[string(s.TraceId)+string(s.SpanId)] = s
				}
			}
		}
	}))
	defer srv.Close()
	e, err := otlp.New(t.Context(), otlp.Config{Endpoint: srv.URL, Headers: map[string]string{"x-team": "red"}})
	if err != nil {
		t.Fatal(err)
	}
	g := telemetrytest.NewGenerator(1, telemetrytest.Begin())
	rs := []*telemetry.Record{g.Record(), g.Record(), g.Record()}
	e.Export(rs)
	if err := e.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, r := range rs {
		for _, s := range r.Spans() {
			n++
			sent := got[string(r.Trace.ID[:])+string(s.ID[:])]
			switch start := r.Time.Add(s.Start); {
			case sent == nil:
				t.Errorf("%s was not sent", s.Name)
			case sent.Name != s.Name || sent.StartTimeUnixNano != uint64(start.UnixNano()) || sent.EndTimeUnixNano != uint64(start.Add(s.Duration).UnixNano()):
				t.Errorf("%s was sent as %v", s.Name, sent)
			case !s.Parent.IsZero() && string(sent.ParentSpanId) != string(s.Parent[:]):
				t.Errorf("%s has another parent", s.Name)
			case len(sent.Attributes) != len(s.Attributes) || int(sent.Kind) != int(s.Kind) || sent.Status.GetMessage() != s.Message:
				t.Errorf("%s was sent as %v", s.Name, sent)
			}
		}
	}
	if services["service.name=sluice"] == 0 || services["service.instance.id=a"]+services["service.instance.id=b"] == 0 {
		t.Errorf("%v", services)
	}
	if len(got) != n || e.Stats().Sent != 3 {
		t.Fatalf("%d spans, want %d; %+v", len(got), n, e.Stats())
	}
}

func TestFailureIsCountedAndNeverBlocks(t *testing.T) {
	hold := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-hold:
		case <-r.Context().Done():
		}
		w.WriteHeader(http.StatusBadRequest)
	}))
	defer srv.Close()
	e, err := otlp.New(t.Context(), otlp.Config{Endpoint: srv.URL, Queue: 1, Timeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	g := telemetrytest.NewGenerator(1, telemetrytest.Begin())
	begin := time.Now()
	for range 20 {
		e.Export([]*telemetry.Record{g.Record()})
	}
	if d := time.Since(begin); d > 4*time.Second {
		t.Fatalf("export blocked for %v", d)
	}
	close(hold)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	if err := e.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if s := e.Stats(); s.Sent != 0 || s.DroppedFull+s.DroppedFailed != 20 || s.DroppedFull == 0 {
		t.Fatalf("%+v", s)
	}
	if _, err := otlp.New(t.Context(), otlp.Config{Endpoint: "collector:4317"}); err == nil {
		t.Fatal("an endpoint without a scheme was taken")
	}
}

// TestEndpoints: the base endpoint gets the path of the signal, whatever its own path, and the
// traces endpoint is taken as it is.
func TestEndpoints(t *testing.T) {
	paths := make(chan string, 1)
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { paths <- r.URL.Path }))
	defer srv.Close()
	for _, c := range []struct{ endpoint, traces, want string }{
		{srv.URL, "", "/v1/traces"},
		{srv.URL + "/", "", "/v1/traces"},
		{srv.URL + "/otlp", "", "/otlp/v1/traces"},
		{srv.URL + "/otlp/", "", "/otlp/v1/traces"},
		{"", srv.URL + "/api/spans", "/api/spans"},
		{srv.URL, srv.URL + "/api/spans", "/api/spans"},
	} {
		x, err := otlp.New(t.Context(), otlp.Config{Endpoint: c.endpoint, TracesEndpoint: c.traces})
		if err != nil {
			t.Fatal(err)
		}
		x.Export([]*telemetry.Record{telemetrytest.NewGenerator(3, telemetrytest.Begin()).Record()})
		if err := x.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := <-paths; got != c.want {
			t.Errorf("%q, %q: %s, want %s", c.endpoint, c.traces, got, c.want)
		}
	}
}
