package breaker

import (
	"log/slog"
	"strings"
	"sync/atomic"

	"github.com/maypok86/otter/v2"
)

// Key names a target. Whatever a caller may choose itself is a part of it, so that no caller opens a
// breaker for others.
type Key struct {
	Workspace string
	Config    string // Plan.Config
	Target    string // path in the config

	Provider, VirtualKey string
	Address              string // where the config or the caller sets it
	Caller               string // API key of the caller whose own credential is used; "" with a virtual key
}

// maxBreakers bounds the memory, because callers may send any number of configs. A breaker that makes
// room for others is closed.
const maxBreakers = 10_000

// Registry holds the breakers of this process. It is safe for concurrent use and starts no goroutine.
type Registry struct {
	breakers *otter.Cache[Key, *Breaker]
	log      *slog.Logger
	opened   atomic.Uint64
	leftOut  atomic.Uint64
}

// NewRegistry returns a Registry that tells log when a breaker opens, and when it is closed again; nil:
// nobody is told.
func NewRegistry(log *slog.Logger) *Registry {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Registry{log: log, breakers: otter.Must(&otter.Options[Key, *Breaker]{
		MaximumSize: maxBreakers,
		Executor:    func(fn func()) { fn() }, // no goroutine
	})}
}

// Breaker returns the breaker of a target.
func (r *Registry) Breaker(k Key) *Breaker {
	if b, ok := r.breakers.GetIfPresent(k); ok {
		return b
	}
	for _, text := range []*string{&k.Workspace, &k.Config, &k.Target, &k.Provider, &k.VirtualKey, &k.Address, &k.Caller} {
		*text = strings.Clone(*text) // copied: it may share memory with a request
	}
	b := &Breaker{}
	b.changed = func(open bool) { r.report(k, open) }
	b, _ = r.breakers.SetIfAbsent(k, b)
	return b
}

func (r *Registry) report(k Key, open bool) {
	about := []any{"workspace", k.Workspace, "config", k.Config, "target", k.Target, "provider", k.Provider, "virtual_key", k.VirtualKey}
	if open {
		r.opened.Add(1)
		r.log.Warn("circuit breaker opened: the target failed too often and is left out", about...)
		return
	}
	r.log.Info("circuit breaker closed: the target answers again", about...)
}

// LeftOut counts targets that a call did not reach because their breakers are open.
func (r *Registry) LeftOut(targets int) { r.leftOut.Add(uint64(targets)) }

// Stats are counters since the start.
type Stats struct {
	Opened  uint64 // breakers that opened
	LeftOut uint64 // times that a call left out a target
}

// Stats returns the counters.
func (r *Registry) Stats() Stats { return Stats{Opened: r.opened.Load(), LeftOut: r.leftOut.Load()} }

// Open counts the open breakers by provider.
func (r *Registry) Open() map[string]int {
	open := map[string]int{}
	for k, b := range r.breakers.All() {
		if b.Open() {
			open[k.Provider]++
		}
	}
	return open
}
