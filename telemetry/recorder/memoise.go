package recorder

import (
	"strings"
	"time"

	"github.com/maypok86/otter/v2"
)

const (
	memoBytes   = 2 << 20          // of all texts that a memoised function remembers
	memoMaxText = 256              // bytes; longer texts seldom come again
	memoExpiry  = 10 * time.Second // the detector learns of new credentials meanwhile
)

// memoised returns f with a bounded memory of its results. Exchanges repeat most of their short
// texts (models, routes, user agents, system prompts). f must be safe for concurrent use.
func memoised(f func(string) string) func(string) string {
	type result struct {
		text    string
		expires time.Time
	}
	// The cache's own expiry would need a goroutine, and somebody to stop it.
	results := otter.Must(&otter.Options[string, result]{
		MaximumWeight: memoBytes,
		Weigher:       func(text string, r result) uint32 { return uint32(len(text) + len(r.text) + 128) },
		Executor:      func(fn func()) { fn() }, // no goroutine
	})
	return func(s string) string {
		if len(s) > memoMaxText {
			return f(s)
		}
		now := time.Now()
		if r, ok := results.GetIfPresent(s); ok && now.Before(r.expires) {
			return r.text
		}
		s = strings.Clone(s) // it may be part of a body
		text := f(s)
		results.Set(s, result{text, now.Add(memoExpiry)})
		return text
	}
}
