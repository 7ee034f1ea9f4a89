// Package logging makes the log of the process. Values under the key "error" may quote a caller or a
// provider, so they pass a redactor before they are written.
package logging

import (
	"context"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
)

// New returns a logger that writes text lines to w.
func New(w io.Writer, redactor *Redactor) *slog.Logger {
	return slog.New(redactingHandler{slog.NewTextHandler(w, nil), redactor})
}

const errorKey = "error"

// redactingHandler redacts the values under errorKey. It is no ReplaceAttr of the text handler,
// which would run for every value of every access-log line.
type redactingHandler struct {
	slog.Handler
	redactor *Redactor
}

func (h redactingHandler) Handle(ctx context.Context, r slog.Record) error {
	found := false
	r.Attrs(func(a slog.Attr) bool {
		found = holdsError(a)
		return !found
	})
	if !found {
		return h.Handler.Handle(ctx, r)
	}
	redacted := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		redacted.AddAttrs(h.redacted(a))
		return true
	})
	return h.Handler.Handle(ctx, redacted)
}

func (h redactingHandler) WithAttrs(attributes []slog.Attr) slog.Handler {
	clean := make([]slog.Attr, len(attributes))
	for i, a := range attributes {
		clean[i] = h.redacted(a)
	}
	return redactingHandler{h.Handler.WithAttrs(clean), h.redactor}
}

func (h redactingHandler) WithGroup(name string) slog.Handler {
	return redactingHandler{h.Handler.WithGroup(name), h.redactor}
}

// holdsError reports whether a is an error, or may have one inside.
func holdsError(a slog.Attr) bool {
	return a.Key == errorKey || a.Value.Kind() == slog.KindGroup || a.Value.Kind() == slog.KindLogValuer
}

// redacted returns a with the errors in it redacted.
func (h redactingHandler) redacted(a slog.Attr) slog.Attr {
	a.Value = a.Value.Resolve()
	switch {
	case a.Value.Kind() == slog.KindGroup:
		members := slices.Clone(a.Value.Group())
		for i := range members {
			members[i] = h.redacted(members[i])
		}
		a.Value = slog.GroupValue(members...)
	case a.Key == errorKey:
		a.Value = slog.StringValue(h.redactor.text(a.Value.String()))
	}
	return a
}

// Redactor redacts personal data in the error texts of log lines. It is created before
// the detector that it uses: until Set, texts pass unchanged.
type Redactor struct {
	mu     sync.RWMutex
	redact func(string) string
	keep   []string // hosts that redact would replace
}

// Set makes later texts pass redact. The operator's own hosts stay readable.
func (r *Redactor) Set(redact func(string) string, hosts []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.redact, r.keep = redact, nil
	for _, h := range hosts {
		if h != "" && redact(h) != h {
			r.keep = append(r.keep, h)
		}
	}
}

func (r *Redactor) text(s string) string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if r.redact == nil {
		return s
	}
	return r.redactAround(s, r.keep)
}

// redactAround redacts the text before, between and after the hosts in keep. A host inside a
// longer number or name is not kept.
func (r *Redactor) redactAround(s string, keep []string) string {
	if len(keep) == 0 {
		return r.redact(s)
	}
	for at := 0; ; {
		i := strings.Index(s[at:], keep[0])
		if i < 0 {
			return r.redactAround(s, keep[1:])
		}
		from, to := at+i, at+i+len(keep[0])
		if !partOfWord(s, from-1) && !partOfWord(s, to) {
			return r.redactAround(s[:from], keep[1:]) + keep[0] + r.redactAround(s[to:], keep)
		}
		at = from + 1
	}
}

// partOfWord reports whether the byte at i belongs to the number or name next to it.
func partOfWord(s string, i int) bool {
	if i < 0 || i >= len(s) {
		return false
	}
	b := s[i]
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= 0x80 || b == '@' ||
		b == '.' && i+1 < len(s) && s[i+1] > ' ' || b == '-' || b == '_'
}
