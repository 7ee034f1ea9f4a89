package unidentified_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/audit"
	"github.com/sluicegate/sluice/telemetry/recorder"
	"github.com/sluicegate/sluice/telemetry/unidentified"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// paper is a Writer that keeps everything.
type paper struct {
	mu     sync.Mutex
	rows   []*telemetry.Record
	events []audit.Event
}

func (p *paper) Write(_ context.Context, b *telemetry.Batch) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rows = append(p.rows, b.Rows...)
	for i := range b.Audit {
		e, err := b.Audit[i].Event()
		if err != nil {
			return err
		}
		p.events = append(p.events, e)
	}
	return nil
}

func (p *paper) Head(context.Context, string) (audit.Head, error) { return audit.Head{}, nil }

func (p *paper) summaries() (out []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range p.events {
		if e.Action == "request.refused" {
			out = append(out, e.Outcome+": "+e.Detail["message"])
		}
	}
	return out
}

func start(t *testing.T, limits unidentified.Limits) (*unidentified.Recorder, *paper) {
	t.Helper()
	p := &paper{}
	inner, err := recorder.New(recorder.Config{Writer: p, Cleanse: func(s string) string { return s }, Flush: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	r := unidentified.New(inner, limits, slog.New(slog.DiscardHandler))
	t.Cleanup(func() { r.Close(context.Background()); inner.Close(context.Background()) })
	return r, p
}

// refuse runs one exchange that nobody is known for, with everything that a caller may bring.
func refuse(t *testing.T, r *unidentified.Recorder) *gateway.Exchange {
	t.Helper()
	ex := gatewaytest.Exchange(t, `{"model":"content","user":"content","messages":[{"role":"user","content":"content"}]}`)
	ex.Principal, ex.Facts.Principal = nil, nil
	ex.Plan, ex.Facts.Plan = nil, nil
	ex.Envelope.User, ex.Envelope.Config = "content", `{"content":1}`
	for i := range 64 {
		ex.Envelope.Metadata[fmt.Sprint("content", i)] = "content"
	}
	no := &gateway.Error{Op: "test", Kind: gateway.Unauthorized, Public: "Invalid API key."}
	h := gateway.Chain("end", func(context.Context, *gateway.Exchange) (gateway.Stream, error) { return nil, no }, r.Stage())
	if _, err := h(t.Context(), ex); !errors.Is(err, no) {
		t.Fatal(err)
	}
	if ex.Facts.Err != no || ex.Facts.End.IsZero() {
		t.Errorf("the facts do not tell the end: %+v", ex.Facts)
	}
	return ex
}

// TestRefusedCallsAreBounded: of 1000 refused calls and 100 refused admin actions 40 leave a row
// or an event without content, and one event tells of the others.
func TestRefusedCallsAreBounded(t *testing.T) {
	r, p := start(t, unidentified.Limits{})
	for range 1000 {
		refuse(t, r)
	}
	for range 100 {
		if err := r.Audit(t.Context(), audit.Event{Action: "api_key.list", Outcome: audit.OutcomeDenied, Status: 401}); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := r.Recorder.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if len(p.rows) != 40 || len(p.events) != 41 || r.Summed() != 1060 {
		t.Errorf("%d rows, %d events, %d summed", len(p.rows), len(p.events), r.Summed())
	}
	if got := strings.Join(p.summaries(), "; "); got != "denied: 1060 calls without an identity were refused" {
		t.Errorf("%q", got)
	}
	for _, row := range p.rows {
		if text := string(row.JSON(true)); strings.Contains(text, "content\"") || strings.Contains(text, "content1") || row.Status != 401 || row.Client == "" {
			t.Fatalf("%s", text)
		}
	}
}

// TestEachMinuteAnew: the next window records again, and the summary of the last one does not
// wait for anybody.
func TestEachMinuteAnew(t *testing.T) {
	r, p := start(t, unidentified.Limits{Calls: 2, Window: 200 * time.Millisecond})
	for range 5 {
		refuse(t, r)
	}
	for end := time.Now().Add(5 * time.Second); len(p.summaries()) == 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("no summary")
		}
	}
	refuse(t, r)
	r.Close(context.Background())
	r.Recorder.Close(context.Background())
	if got := p.summaries(); len(got) != 1 || got[0] != "denied: 3 calls without an identity were refused" || len(p.rows) != 3 {
		t.Errorf("%q, %d rows", got, len(p.rows))
	}
}

// TestIdentifiedCallsAreRecorded: who has an identity leaves every row, refused or not.
func TestIdentifiedCallsAreRecorded(t *testing.T) {
	r, p := start(t, unidentified.Limits{Calls: 1})
	h := gateway.Chain("end", func(context.Context, *gateway.Exchange) (gateway.Stream, error) {
		return nil, &gateway.Error{Op: "test", Kind: gateway.Forbidden, Public: "No."}
	}, r.Stage())
	for range 50 {
		_, _ = h(t.Context(), gatewaytest.Exchange(t, ""))
	}
	for range 5 {
		if err := r.Audit(t.Context(), audit.Event{Action: "api_key.list", Member: "m", Outcome: audit.OutcomeDenied}); err != nil {
			t.Fatal(err)
		}
	}
	r.Close(context.Background())
	r.Recorder.Close(context.Background())
	if len(p.rows) != 50 || len(p.events) != 55 {
		t.Errorf("%d rows, %d events", len(p.rows), len(p.events))
	}
}
