package route

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"crypto/sha256"

	"github.com/maypok86/otter/v2"

	"github.com/sluicegate/sluice/gateway"
)

// refresh is how long a saved config is believed. Our own writes are seen at once; this
// is for those of other replicas.
const refreshAfter = 10 * time.Second

// savedConfigs keeps saved configs parsed, with the Plans made of them.
type savedConfigs struct {
	mu      sync.RWMutex
	entries map[savedKey]*savedEntry
	writes  uint64 // counts invalidations: a read that began before one is not kept
}

type savedKey struct{ workspace, slug string }

type savedEntry struct {
	version    int
	doc        *document
	invalid    *gateway.Error
	freshUntil time.Time // under savedConfigs.mu
	plans      savedPlans
}

// maxSaved bounds the memory, not the number of configs.
const maxSaved = 10_000

func newSavedConfigs() *savedConfigs {
	return &savedConfigs{entries: map[savedKey]*savedEntry{}}
}

func (c *savedConfigs) invalidate(workspace, slug string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.writes++
	delete(c.entries, savedKey{workspace, slug})
}

// savedConfig gives a saved config from memory or the store. While the store is down,
// what is known goes on serving.
func (s *Service) savedConfig(ctx context.Context, workspace, slug string) (*savedEntry, error) {
	c, key := s.saved, savedKey{workspace, slug}
	c.mu.RLock()
	e, writes := c.entries[key], c.writes
	fresh := e != nil && s.since(e.freshUntil) < 0
	c.mu.RUnlock()
	if fresh {
		return e, nil
	}
	now := s.cfg.Now()
	if s.cfg.Configs == nil {
		return nil, configNotFound(workspace, slug)
	}
	saved, err := s.cfg.Configs.Config(ctx, workspace, slug)
	if err != nil {
		if ge := (*gateway.Error)(nil); e != nil && ctx.Err() == nil && !(errors.As(err, &ge) && ge.Kind == gateway.NotFound) {
			c.put(key, e, now, writes)
			return e, nil
		}
		return nil, err
	}
	if e == nil || e.version != saved.Version {
		e = &savedEntry{version: saved.Version}
		var problems []Problem
		if e.doc, problems = s.parse(saved.Config, true); len(problems) > 0 {
			e.invalid = configError("route.Configure", "The saved config '"+slug+"'", problems)
		}
	}
	c.put(key, e, now, writes)
	return e, nil
}

func (c *savedConfigs) put(key savedKey, e *savedEntry, now time.Time, writes uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.writes != writes {
		return
	}
	if len(c.entries) >= maxSaved {
		clear(c.entries)
	}
	e.freshUntil = now.Add(refreshAfter)
	c.entries[savedKey{key.workspace, strings.Clone(key.slug)}] = e // the slug may be a piece of a request
}

func configNotFound(workspace, slug string) *gateway.Error {
	return &gateway.Error{Op: "route.Config", Kind: gateway.NotFound, Param: "slug", Public: "There is no config '" + truncate(slug) + "'."}
}

// inlineConfigs keeps the parsed form of configs that callers send along, by hash: they
// may hold credentials.
type inlineConfigs struct {
	cache *otter.Cache[[sha256.Size]byte, *document]
}

// inlineBytes bounds the texts behind what inlineConfigs holds.
const inlineBytes = 16 << 20

func newInlineConfigs() *inlineConfigs {
	return &inlineConfigs{cache: otter.Must(&otter.Options[[sha256.Size]byte, *document]{
		MaximumWeight: inlineBytes,
		Weigher:       func(_ [sha256.Size]byte, d *document) uint32 { return uint32(d.size) + 512 },
		Executor:      func(fn func()) { fn() }, // no goroutine
	})}
}

// inlineConfig parses raw, or remembers that it did.
func (s *Service) inlineConfig(raw []byte) (*document, []Problem) {
	key := sha256.Sum256(raw)
	if d, ok := s.inline.cache.GetIfPresent(key); ok {
		return d, nil
	}
	d, problems := s.parse(raw, false)
	if len(problems) > 0 {
		return nil, problems
	}
	d.size = len(raw)
	s.inline.cache.Set(key, d)
	return d, nil
}
