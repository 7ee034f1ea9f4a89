package app

import (
	"io"
	"log/slog"
	"strings"
	"sync"
)

// newLogger returns a logger that writes text lines to w. Values under the key "error" may
// quote a caller or a provider, so they pass the redactor first.
func newLogger(w io.Writer, cleanse *cleanser) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == errorKey {
			a.Value = slog.StringValue(cleanse.text(a.Value.String()))
		}
		return a
	}}))
}

const errorKey = "error"

// cleanser is the detector once there is one: the logger is made before it.
type cleanser struct {
	mu   sync.RWMutex
	f    func(string) string
	keep []string
}

// set makes texts pass f from now on. Of hosts, those that f would take for somebody's
// stay readable.
func (c *cleanser) set(f func(string) string, hosts []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.f, c.keep = f, nil
	for _, h := range hosts {
		if h != "" && f(h) != h {
			c.keep = append(c.keep, h)
		}
	}
}

func (c *cleanser) text(s string) string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.f == nil {
		return s
	}
	return c.around(s, c.keep)
}

// around cleanses what stands before and after the kept texts. One that is part of a
// longer number or name is not meant.
func (c *cleanser) around(s string, keep []string) string {
	if len(keep) == 0 {
		return c.f(s)
	}
	for at := 0; ; {
		i := strings.Index(s[at:], keep[0])
		if i < 0 {
			return c.around(s, keep[1:])
		}
		from, to := at+i, at+i+len(keep[0])
		if !inWord(s, from-1) && !inWord(s, to) {
			return c.around(s[:from], keep[1:]) + keep[0] + c.around(s[to:], keep)
		}
		at = from + 1
	}
}

// inWord reports whether the byte at i continues a number or a name beside it.
func inWord(s string, i int) bool {
	if i < 0 || i >= len(s) {
		return false
	}
	b := s[i]
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= 0x80 || b == '@' ||
		b == '.' && i+1 < len(s) && s[i+1] > ' ' || b == '-' || b == '_'
}
