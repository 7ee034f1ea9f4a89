package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math"
	"testing"
	"time"
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

func BenchmarkAccessLine(b *testing.B) {
	w := newLogWriter(nowhere{})
	defer w.Close(context.Background())
	h := newLogger(w, &cleanser{}).Handler()
	b.ReportAllocs()
	for b.Loop() {
		r := slog.NewRecord(time.Now(), slog.LevelInfo, "request", 0)
		r.AddAttrs(slog.String("method", "POST"), slog.String("route", "/v1/chat/completions"), slog.Int("status", 200),
			slog.String("trace_id", "0123456789abcdef0123456789abcdef"), slog.String("request_id", "01JABCDEFGHJKMNPQRSTVWXYZ0"),
			slog.Duration("duration", 1234567), slog.String("workspace", "01JABCDEFGHJKMNPQRSTVWXYZ1"), slog.String("member", "01JABCDEFGHJKMNPQRSTVWXYZ2"))
		_ = h.Handle(context.Background(), r)
	}
}

type nowhere struct{}

func (nowhere) Write(p []byte) (int, error) { return len(p), nil }
