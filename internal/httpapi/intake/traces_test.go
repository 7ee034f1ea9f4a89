package intake

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	collectorpb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/foreign"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

// message is a request with one good span and one without ids.
func message(t *testing.T) []byte {
	good := &tracepb.Span{TraceId: append(make([]byte, 15), 1), SpanId: append(make([]byte, 7), 2), Name: "ask", StartTimeUnixNano: 1e18}
	raw, err := proto.Marshal(&collectorpb.ExportTraceServiceRequest{ResourceSpans: []*tracepb.ResourceSpans{{ScopeSpans: []*tracepb.ScopeSpans{{Spans: []*tracepb.Span{good, {}}}}}}})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

const inJSON = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"00000000000000000000000000000001","spanId":"0000000000000002","name":"ask"},{}]}]}]}`

func zipped(raw []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(raw)
	_ = z.Close()
	return b.Bytes()
}

// TestTraces sends good and bad requests in both encodings. Every answer is in the encoding of the
// request.
func TestTraces(t *testing.T) {
	var sink telemetrytest.Sink
	fail := errors.New("")
	sink.Fail = func(int, *telemetry.Batch) error { return fail }
	in := Intake{Spans: foreign.New(foreign.Config{Writer: &sink, Cleanse: func(s string) string { return s }, Contents: true, Flush: 1})}
	defer in.Spans.Close(context.Background())
	s := httpapi.New(httpapi.Settings{Routes: in.Routes(), Authenticator: keys{}, MaxBody: 1000})
	send := func(path string, body []byte, header ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", path, bytes.NewReader(body))
		r.Header.Set("Authorization", "Bearer good")
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
	decode := func(w *httptest.ResponseRecorder, kind string, into proto.Message) {
		t.Helper()
		err := protojson.Unmarshal(w.Body.Bytes(), into)
		if kind != typeJSON {
			err = proto.Unmarshal(w.Body.Bytes(), into)
		}
		if err != nil || w.Header().Get("Content-Type") != kind {
			t.Errorf("%v %q %v", err, w.Body, w.Header())
		}
	}
	for kind, body := range map[string][]byte{typeJSON: []byte(inJSON), typeProtobuf: message(t)} {
		fail = nil
		for _, path := range []string{"/v1/traces", "/v1/otel/v1/traces", "/api/public/otel/v1/traces"} {
			for _, w := range []*httptest.ResponseRecorder{send(path, body, "Content-Type", kind), send(path, body, "Content-Type", kind+"; charset=utf-8", "Authorization", "Basic cGs6Z29vZA=="),
				send(path, zipped(body), "Content-Type", kind, "Content-Encoding", "gzip")} {
				var got collectorpb.ExportTraceServiceResponse
				decode(w, kind, &got)
				if p := got.GetPartialSuccess(); w.Code != 200 || p.GetRejectedSpans() != 1 || !strings.Contains(p.GetErrorMessage(), "spans[1]") {
					t.Errorf("%s: %d %v", path, w.Code, &got)
				}
			}
		}
		if n := len(sink.Foreign()); n%9 != 0 || n == 0 {
			t.Errorf("%d spans are stored", n)
		}
		fail = errors.New("disk full")
		for _, c := range []struct {
			w    *httptest.ResponseRecorder
			code int
			rpc  int32
		}{
			{send("/v1/traces", []byte("{"), "Content-Type", kind), 400, 3},
			{send("/v1/traces", body, "Content-Type", kind, "Authorization", "Bearer bad"), 401, 16},
			{send("/v1/traces", make([]byte, 1001), "Content-Type", kind), 413, 3},
			{send("/v1/traces", zipped(make([]byte, 1001)), "Content-Type", kind, "Content-Encoding", "gzip"), 413, 3},
			{send("/v1/traces", body, "Content-Type", kind, "Content-Encoding", "br"), 415, 3},
			{send("/v1/traces?workspace=x", body, "Content-Type", kind), 400, 3},
			{send("/v1/traces", body, "Content-Type", kind, "X-Sluice-Debug", "perhaps"), 400, 3},
			{send("/v1/traces", body, "Content-Type", kind), 503, 14},
		} {
			var got status.Status
			decode(c.w, kind, &got)
			if c.w.Code != c.code || got.Code != c.rpc || got.Message == "" || (c.w.Header().Get("Retry-After") != "") != (c.code == 503) {
				t.Errorf("%d %v %v", c.w.Code, &got, c.w.Header())
			}
		}
	}
	share := in.Spans.Share("")
	if err := share.Grow(1 << 40); err != nil {
		t.Fatal(err)
	}
	if w := send("/v1/traces", []byte(inJSON), "Content-Type", typeJSON); w.Code != 429 || w.Header().Get("Retry-After") != "1" || !strings.Contains(w.Body.String(), `"code"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	share.Release()
	if w := send("/v1/traces", []byte(inJSON), "Content-Type", "text/plain"); w.Code != 415 || !strings.Contains(w.Body.String(), "application/x-protobuf") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
