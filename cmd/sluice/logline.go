package main

import (
	"context"
	"encoding/hex"
	"io"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/sluicegate/sluice/internal/httpapi"
)

// lineHandler writes the lines of words and numbers, that of every request above all, just as
// the slog.TextHandler beside it would, which takes three times as long. What has to be quoted or
// cleansed it leaves to that one.
type lineHandler struct {
	slog.Handler
	to      io.Writer
	buffers sync.Pool // of *[]byte
}

// Handle writes the line in one Write.
func (h *lineHandler) Handle(ctx context.Context, r slog.Record) error {
	b := h.buffer()
	defer h.buffers.Put(b)
	line, ok := appendLine((*b)[:0], &r)
	*b = line
	if !ok {
		return h.Handler.Handle(ctx, r)
	}
	_, err := h.to.Write(line)
	return err
}

// buffer is to be put back.
func (h *lineHandler) buffer() *[]byte {
	if b, ok := h.buffers.Get().(*[]byte); ok {
		return b
	}
	return new([]byte)
}

// HandleAccess implements httpapi.AccessHandler.
func (h *lineHandler) HandleAccess(a httpapi.Access) bool {
	if a.At.IsZero() || !isWord(a.Method) || !isWord(a.Route) || !isWord(a.Request) || !unquoted(a.Workspace) || !unquoted(a.Member) {
		return false
	}
	b := h.buffer()
	defer h.buffers.Put(b)
	line := append(appendTime((*b)[:0], a.At), " level=INFO msg=request method="...)
	line = append(append(line, a.Method...), " route="...)
	line = append(append(line, a.Route...), " status="...)
	line = append(strconv.AppendInt(line, int64(a.Status), 10), " trace_id="...)
	line = append(hex.AppendEncode(line, a.Trace[:]), " request_id="...)
	line = append(append(line, a.Request...), " duration="...)
	line = append(append(line, a.Duration.String()...), " workspace="...)
	line = append(appendWord(line, a.Workspace), " member="...)
	line = append(appendWord(line, a.Member), '\n')
	*b = line
	_, _ = h.to.Write(line) // a log that cannot be written has nowhere to say so
	return true
}

// appendLine reports false if the line is the TextHandler's to write.
func appendLine(b []byte, r *slog.Record) (_ []byte, ok bool) {
	if r.Time.IsZero() || !isWord(r.Message) {
		return b, false
	}
	b = appendTime(b, r.Time)
	b = append(append(b, " level="...), r.Level.String()...)
	b = append(append(b, " msg="...), r.Message...)
	ok = true
	r.Attrs(func(a slog.Attr) bool {
		if ok = isWord(a.Key) && a.Key != errorKey; ok {
			b = append(append(append(b, ' '), a.Key...), '=')
			b, ok = appendValue(b, a.Value)
		}
		return ok
	})
	return append(b, '\n'), ok
}

func appendValue(b []byte, v slog.Value) (_ []byte, ok bool) {
	switch v.Kind() {
	case slog.KindString:
		return appendWord(b, v.String()), unquoted(v.String())
	case slog.KindInt64:
		return strconv.AppendInt(b, v.Int64(), 10), true
	case slog.KindDuration:
		return append(b, v.Duration().String()...), true
	default:
		return b, false
	}
}

// appendTime writes t to the millisecond. RFC 3339 with nanoseconds is what package time is fast
// at, but it leaves zeros at the end out: a tenth of a millisecond keeps those before it, and
// is taken away again.
func appendTime(b []byte, t time.Time) []byte {
	b = append(b, "time="...)
	end := len(b) + len("2006-01-02T15:04:05.000")
	b = t.Add(time.Millisecond/10-time.Duration(t.Nanosecond())%time.Millisecond).AppendFormat(b, time.RFC3339Nano)
	return append(b[:end], b[end+1:]...)
}

// appendWord writes a word, or the quotes around nothing.
func appendWord(b []byte, s string) []byte {
	if s == "" {
		return append(b, `""`...)
	}
	return append(b, s...)
}

// isWord reports whether s stands in a line without quotes.
func isWord(s string) bool { return s != "" && unquoted(s) }

func unquoted(s string) bool {
	for i := range len(s) {
		if !wordBytes[s[i]] {
			return false
		}
	}
	return true
}

var wordBytes = func() (t [256]bool) {
	for c := '!'; c <= '~'; c++ {
		t[c] = c != '"' && c != '=' && c != '\\'
	}
	return t
}()
