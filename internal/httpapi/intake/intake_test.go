package intake

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
)

type keys struct{}

func (keys) Identify(_ context.Context, key gateway.Secret, _ string) (*gateway.Principal, error) {
	if key.Reveal() != "good" {
		return nil, &gateway.Error{Op: "test", Kind: gateway.Unauthorized, Public: "No."}
	}
	return &gateway.Principal{Role: gateway.RoleMember}, nil
}

// TestLogsAndMetricsAreCountedAndDropped: in either encoding, at every place that an exporter is
// pointed at, with a key only.
func TestLogsAndMetricsAreCountedAndDropped(t *testing.T) {
	var in Intake
	s := httpapi.New(httpapi.Settings{Routes: in.Routes(), Authenticator: keys{}, MaxBody: 100})
	send := func(path, kind, body, key string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", path, strings.NewReader(body))
		r.Header.Set("Content-Type", kind)
		r.Header.Set("Authorization", key)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
	for _, base := range []string{"/v1/", "/v1/otel/v1/", "/api/public/otel/v1/"} {
		for _, signal := range []string{Logs, Metrics} {
			if w := send(base+signal, "application/json", `{"resourceLogs":[]}`, "Bearer good"); w.Code != 200 || w.Body.String() != "{}" {
				t.Errorf("%s%s: %d %s", base, signal, w.Code, w.Body)
			}
			if w := send(base+signal, "application/x-protobuf", "\x0a\x00", "Basic cGs6Z29vZA=="); w.Code != 200 || w.Body.Len() != 0 || w.Header().Get("Content-Type") != "application/x-protobuf" {
				t.Errorf("%s%s: %d %s %v", base, signal, w.Code, w.Body, w.Header())
			}
		}
	}
	if w := send("/v1/logs", "application/json", "{}", "Bearer bad"); w.Code != 401 {
		t.Errorf("%d", w.Code)
	}
	if w := send("/v1/metrics", "application/json", strings.Repeat("x", 101), "Bearer good"); w.Code != 413 {
		t.Errorf("%d", w.Code)
	}
	if in.Dropped(Logs) != 6 || in.Dropped(Metrics) != 6 {
		t.Errorf("%d, %d", in.Dropped(Logs), in.Dropped(Metrics))
	}
}

// TestOnlyOTLPLogsAreDropped: whatever is not OTLP goes to the rows, whatever its content type, so that
// what is wrong with it is told.
func TestOnlyOTLPLogsAreDropped(t *testing.T) {
	rows := 0
	in := Intake{Rows: func(c *httpapi.Call) error {
		rows++
		c.Send(http.StatusBadRequest, []byte(`{}`))
		return nil
	}}
	s := httpapi.New(httpapi.Settings{Routes: in.Routes(), Authenticator: keys{}, MaxBody: 10_000_000})
	for _, tc := range []struct {
		kind, body string
		dropped    bool
	}{
		{"application/json", `{"resourceLogs":[]}`, true},
		{"application/json", `{}`, true},
		{"application/x-protobuf", "\x0a\x00", true},
		{"application/json", `{"request":{},"response":{}}`, false},
		{"application/json", `[]`, false},
		{"application/json", `{"x":1}`, false},
		{"application/json", `{"request":`, false},
		{"application/json", strings.Repeat("[", 9_000_000), false},
		{"application/x-www-form-urlencoded", `{"request":{}}`, false},
	} {
		before, dropped := rows, in.Dropped(Logs)
		r := httptest.NewRequest("POST", "/v1/logs", strings.NewReader(tc.body))
		r.Header.Set("Content-Type", tc.kind)
		r.Header.Set("Authorization", "Bearer good")
		s.ServeHTTP(httptest.NewRecorder(), r)
		if toRows, isDropped := rows > before, in.Dropped(Logs) > dropped; toRows == tc.dropped || isDropped != tc.dropped {
			t.Errorf("%s %.40q: to the rows %v, dropped %v", tc.kind, tc.body, toRows, isDropped)
		}
	}
}
