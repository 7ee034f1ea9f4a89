package recorder_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry/recorder"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

// TestPassedQuery: the row of a call that was passed on shows its query, cleansed and bounded; a caller's
// metadata cannot take its place.
func TestPassedQuery(t *testing.T) {
	for _, c := range []struct {
		name, query, want string
		content           recorder.Content
	}{
		{"a page", "after=file-1&limit=20&flag", "after=file-1&limit=20&flag", recorder.ContentRedacted},
		{"personal data behind escapes", "q=" + url.QueryEscape(canary), "q=[EMAIL]", recorder.ContentRedacted},
		{"personal data, with whole bodies", "q=" + url.QueryEscape(canary), "q=[EMAIL]", recorder.ContentFull},
		{"a long one", "q=" + strings.Repeat("x", 5000), "q=" + strings.Repeat("x", 2046), recorder.ContentRedacted},
		{"no content", "after=file-1", "", recorder.ContentNone},
		{"an escape that is none", "after=%zz", "", recorder.ContentRedacted},
		{"none", "", "", recorder.ContentRedacted},
	} {
		sink := &telemetrytest.Sink{}
		r := start(t, recorder.Config{Writer: sink, Cleanse: detector, Content: c.content})
		ex := exchange("{}")
		ex.Request.Pass = &gateway.PassThrough{Method: "GET", Path: "/v1/files", Query: c.query}
		ex.Envelope.Metadata = map[string]string{"team": "red"}
		if c.query != "" && c.want != "" {
			ex.Envelope.Metadata["_query"] = "\x00 first"
		}
		_ = answer(r, ex, nil, body("{}"))
		if err := r.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		got, n := "", 0
		for _, m := range sink.Records()[0].Metadata {
			if m.Key == "_query" {
				got, n = m.Value, n+1
			}
		}
		if got != c.want || n > 1 {
			t.Errorf("%s: %d of %.80q, want %.80q", c.name, n, got, c.want)
		}
	}
}
