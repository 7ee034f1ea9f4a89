package recorder_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"
	"go.uber.org/goleak"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/audit"
	"github.com/sluicegate/sluice/telemetry/listing"
	"github.com/sluicegate/sluice/telemetry/recorder"
	"github.com/sluicegate/sluice/telemetry/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const canary = "canary@secret.example"

func cleanse(s string) string { return strings.ReplaceAll(s, canary, "[EMAIL]") }

func open(t *testing.T) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(context.Background(), t.TempDir()+"/telemetry.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func start(t *testing.T, s recorder.Config) *recorder.Recorder {
	t.Helper()
	if s.Cleanse == nil {
		s.Cleanse = cleanse
	}
	if s.Flush == 0 {
		s.Flush = 5 * time.Millisecond
	}
	r, err := recorder.New(s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(context.Background()) })
	return r
}

func exchange(body string) *gateway.Exchange {
	req, err := openai.NewRequest(gateway.OpChat, []byte(body))
	if err != nil {
		panic(err)
	}
	return &gateway.Exchange{ID: ulid.Make().String(), Start: time.Now(), Trace: gateway.NewTrace(), Request: req,
		Envelope: &gateway.Envelope{Method: "POST", Route: "/v1/chat/completions", KeepBodies: true, ClientIP: "192.0.2.7", UserAgent: "OpenAI/JS 6.1"},
		Facts:    &gateway.Facts{}}
}

// answer runs ex through the recorder's stage, a stage that sets the principal and the answer, and
// an end that returns chunks or err.
func answer(r *recorder.Recorder, ex *gateway.Exchange, err error, chunks ...gateway.Chunk) error {
	inner := gateway.Stage{Name: "authenticate", Wrap: func(next gateway.Handler) gateway.Handler {
		return func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
			ex.SetPrincipal(&gateway.Principal{Workspace: "ws1", WorkspaceRef: "default", Member: "m1", MemberRef: "ann", APIKey: "k1"})
			ex.Facts.RedactedRequest = ex.Request
			ex.Facts.Answer = &gateway.Response{}
			for _, c := range chunks {
				ex.Facts.Answer.Fold(c)
			}
			return next(ctx, ex)
		}
	}}
	h := gateway.Chain("end", func(context.Context, *gateway.Exchange) (gateway.Stream, error) {
		if err != nil {
			return nil, err
		}
		return gateway.Chunks(chunks...), nil
	}, r.Stage(), inner)
	s, err := h(context.Background(), ex)
	if err != nil {
		return err
	}
	defer s.Close()
	for {
		if _, err := s.Next(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

func body(text string) gateway.Chunk {
	return gateway.Chunk{Form: gateway.FormBody, Raw: []byte(`{"id":"chatcmpl-1","created":1763820000,"model":"gpt-5","choices":[{"message":{"content":"` + text + `"}}]}`),
		Deltas: []gateway.Delta{{Text: text, Finish: "stop"}}}
}

func one(t *testing.T, store telemetry.Reader, id string) *telemetry.Record {
	t.Helper()
	for end := time.Now().Add(3 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		rs, err := store.Log(context.Background(), listing.AllWorkspaces(), id)
		if err == nil {
			if len(rs) != 1 {
				t.Fatalf("%d records of %s", len(rs), id)
			}
			return rs[0]
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
	}
}

func TestEveryEndLeavesOneRowAndOneEvent(t *testing.T) {
	store := open(t)
	r := start(t, recorder.Config{Writer: store})
	ends := []struct {
		err     error
		status  int
		outcome telemetry.Outcome
	}{
		{nil, 200, telemetry.OutcomeOK},
		{gateway.InvalidField("x", "model", "No."), 400, telemetry.OutcomeClientError},
		{&gateway.Error{Kind: gateway.Upstream, Status: 503, Public: "Down."}, 503, telemetry.OutcomeProviderError},
		{&gateway.Error{Kind: gateway.Denied, Public: "Denied."}, 446, telemetry.OutcomeDenied},
		{&gateway.Error{Kind: gateway.RateLimited}, 429, telemetry.OutcomeRateLimited},
		{&gateway.Error{Kind: gateway.Exhausted}, 412, telemetry.OutcomeExhausted},
		{context.Canceled, 499, telemetry.OutcomeCancelled},
		{errors.New("boom"), 500, telemetry.OutcomeGatewayError},
	}
	for _, end := range ends {
		ex := exchange(`{"model":"gpt-5","messages":[{"role":"user","content":"hi"}]}`)
		_ = answer(r, ex, end.err, body("Hello"))
		got := one(t, store, ex.ID)
		if got.Status != end.status || got.Outcome != end.outcome || (got.Error == nil) != (end.err == nil) {
			t.Errorf("%v: status %d, outcome %v, error %v", end.err, got.Status, got.Outcome, got.Error)
		}
		if got.Latency <= 0 || got.Member != "m1" || len(got.Stages) != 3 {
			t.Errorf("%v: %+v", end.err, got)
		}
	}
	p, err := store.AuditLogs(context.Background(), audit.Query{Scope: listing.Workspace("ws1"), Action: "chat"})
	if err != nil || len(p.Rows) != len(ends) {
		t.Fatalf("%d events, %v", len(p.Rows), err)
	}
}

func TestHangUpIsCancelled(t *testing.T) {
	store := open(t)
	r := start(t, recorder.Config{Writer: store})
	ex := exchange(`{"model":"gpt-5","messages":[{"role":"user","content":"hi"}]}`)
	h := gateway.Chain("end", func(context.Context, *gateway.Exchange) (gateway.Stream, error) {
		return gateway.Chunks(body("x")), nil
	}, r.Stage())
	s, err := h(context.Background(), ex)
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	if got := one(t, store, ex.ID); got.Outcome != telemetry.OutcomeCancelled || got.Status != 499 {
		t.Fatalf("%v %d", got.Outcome, got.Status)
	}
}
