package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
)

// TestLineHandlerWritesTheSame: every line is, byte for byte, the TextHandler's.
func TestLineHandlerWritesTheSame(t *testing.T) {
	zone := time.FixedZone("", -(3*60+30)*60)
	words := []string{"", "request", "two words", "a=b", `"`, `\`, "ä", "\u2028", "tab\t", "\x7f", "\xff", "/v1/chat/{id}", "[EMAIL]", "'", "%s"}
	var fast, text bytes.Buffer
	handler := &lineHandler{Handler: slog.NewTextHandler(&text, nil), to: &fast}
	written := 0
	check := func(r slog.Record) {
		t.Helper()
		fast.Reset()
		text.Reset()
		if err := handler.Handle(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		if fast.Len() == 0 {
			return // the TextHandler has written it
		}
		written++
		if err := handler.Handler.Handle(t.Context(), r); err != nil || fast.String() != text.String() {
			t.Errorf("%q, want %q, %v", &fast, &text, err)
		}
	}
	for _, at := range []time.Time{{}, time.Now(), time.Unix(0, 0).UTC(), time.Unix(1, 999_999_999).In(zone), time.Unix(2, 900_000).UTC()} {
		for _, w := range words {
			r := slog.NewRecord(at, slog.LevelWarn+1, w, 0)
			check(r)
			r.AddAttrs(slog.String("k", "v"), slog.String(w, "v"))
			check(r)
			for _, v := range []slog.Value{slog.StringValue(w), slog.Int64Value(math.MinInt64), slog.DurationValue(1234567), slog.BoolValue(true),
				slog.AnyValue(nil), slog.Float64Value(.1), slog.GroupValue(slog.String("a", w)), slog.AnyValue(errors.New(w))} {
				r := slog.NewRecord(at, slog.LevelInfo, "request", 0)
				r.AddAttrs(slog.Attr{Key: "k", Value: v}, slog.Int("status", 200))
				check(r)
			}
		}
	}
	if written < 100 {
		t.Errorf("only %d lines compared", written)
	}
}

// TestLineHandlerWritesTheSameAccess: the line of a call is, byte for byte, the TextHandler's of
// its record, and what has to be quoted is left to that one.
func TestLineHandlerWritesTheSameAccess(t *testing.T) {
	var fast, text bytes.Buffer
	handler := &lineHandler{Handler: slog.NewTextHandler(&text, nil), to: &fast}
	usual := httpapi.Access{At: time.Now(), Method: "POST", Route: "/v1/chat/completions", Status: 200, Trace: gateway.TraceID{1, 0xff}, Request: "01J", Duration: 1234567, Workspace: "ws", Member: "m"}
	check := func(change func(a *httpapi.Access), direct bool) {
		t.Helper()
		fast.Reset()
		text.Reset()
		a := usual
		change(&a)
		if got := handler.HandleAccess(a); got != direct || !direct && fast.Len() > 0 {
			t.Errorf("%+v: %v, %q", a, got, &fast)
		} else if err := handler.Handler.Handle(t.Context(), a.Record()); direct && (err != nil || fast.String() != text.String()) {
			t.Errorf("%q, want %q, %v", &fast, &text, err)
		}
	}
	for _, at := range []time.Time{time.Now(), time.Unix(0, 0).UTC(), time.Unix(1, 999_999_999).In(time.FixedZone("", -5400)), time.Unix(2, 900_000).UTC(), time.Unix(3, 1_000_000), time.Unix(4, 20_000_000)} {
		check(func(a *httpapi.Access) { a.At = at }, true)
	}
	for word, direct := range map[string]bool{"/a:b/{c}": true, "": true, "two words": false, "a=b": false, `"`: false, `\`: false, "ä": false, "\x00": false, "\x7f": false, "\n": false} {
		check(func(a *httpapi.Access) { a.Workspace = word }, direct)
		check(func(a *httpapi.Access) { a.Member = word }, direct)
		direct = direct && word != ""
		check(func(a *httpapi.Access) { a.Method = word }, direct)
		check(func(a *httpapi.Access) { a.Route = word }, direct)
		check(func(a *httpapi.Access) { a.Request = word }, direct)
	}
	check(func(a *httpapi.Access) { *a = httpapi.Access{} }, false)
	check(func(a *httpapi.Access) { a.Status, a.Duration = -1, -5*time.Hour }, true)
}

func BenchmarkAccessLine(b *testing.B) {
	w := newLogWriter(nowhere{})
	defer w.Close(context.Background())
	h := newLogger(w, &cleanser{}).Handler().(*lineHandler)
	a := httpapi.Access{Method: "POST", Route: "/v1/chat/completions", Status: 200, Trace: gateway.TraceID{1, 2, 3}, Request: "01JABCDEFGHJKMNPQRSTVWXYZ0",
		Duration: 1234567, Workspace: "01JABCDEFGHJKMNPQRSTVWXYZ1", Member: "01JABCDEFGHJKMNPQRSTVWXYZ2"}
	b.Run("access", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			a.At = time.Now()
			_ = h.HandleAccess(a)
		}
	})
	b.Run("record", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			a.At = time.Now()
			_ = h.Handle(context.Background(), a.Record())
		}
	})
}

type nowhere struct{}

func (nowhere) Write(p []byte) (int, error) { return len(p), nil }
