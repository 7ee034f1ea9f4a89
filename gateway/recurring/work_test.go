package recurring

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"
)

func TestWork(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
	now := time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)
	w := New(log, "it fails", "it works again", func() time.Time { return now })
	told := func(what, want string) {
		t.Helper()
		if got := strings.TrimSpace(out.String()); got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
		out.Reset()
	}
	bad := errors.New("no")
	w.Done(nil)
	told("a success", "")
	w.Done(bad, "object", "a")
	told("the first failure", `level=WARN msg="it fails" object=a error=no failures=1`)
	for range 59 {
		now = now.Add(time.Second)
		w.Done(bad)
	}
	told("within a minute", "")
	now = now.Add(time.Second)
	w.Done(bad)
	told("after a minute", `level=WARN msg="it fails" error=no failures=60`)
	if w.SinceSuccess() != time.Minute || w.Failures() != 61 {
		t.Errorf("%v, %d failures", w.SinceSuccess(), w.Failures())
	}
	w.Done(nil)
	told("a success behind it", `level=INFO msg="it works again"`)
	w.Done(nil)
	w.Done(bad)
	told("another failure", `level=WARN msg="it fails" error=no failures=1`)
	if w.SinceSuccess() != 0 {
		t.Errorf("%v", w.SinceSuccess())
	}
}
