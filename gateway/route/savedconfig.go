package route

import (
	"context"
	"crypto/sha256"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/maypok86/otter/v2"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/route/document"
)

// refreshAfter is how long a saved config is used before it is read again, for at most
// refreshTimeout. Writes of this process are seen at once, those of other replicas when
// [Service.Reread] is told of them; the refresh is for what was not told.
const (
	refreshAfter   = 10 * time.Second
	refreshTimeout = 2 * time.Second
)

// savedConfigs caches parsed saved configs and the Plans compiled from them.
type savedConfigs struct {
	mu      sync.RWMutex
	entries map[savedKey]*savedEntry
	writes  uint64 // number of invalidations; a read that began before the last one is not stored
}

// savedKey names a config, or one version of it: slug may end in "@" and a version.
type savedKey struct{ workspace, slug string }

type savedEntry struct {
	slug       string
	version    int
	created    time.Time // of the slug, which may be deleted and made again
	doc        *document.Document
	invalid    *gateway.Error
	fromFile   bool      // the operator wrote it
	freshUntil time.Time // under savedConfigs.mu
	plans      savedPlans
}

// maxSaved limits the memory of the cache. It does not limit the number of configs.
const maxSaved = 10_000

func newSavedConfigs() *savedConfigs {
	return &savedConfigs{entries: map[savedKey]*savedEntry{}}
}

func (c *savedConfigs) invalidate(workspace, slug string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.writes++
	for key := range c.entries {
		if name, _, _ := strings.Cut(key.slug, "@"); key.workspace == workspace && name == slug {
			delete(c.entries, key)
		}
	}
}

// savedConfig returns a saved config, by "slug" or "slug@version", from memory or the store. While the store is down,
// known configs stay in use.
func (s *Service) savedConfig(ctx context.Context, workspace, slug string) (*savedEntry, error) {
	c, key := s.saved, savedKey{workspace, slug}
	c.mu.RLock()
	e, writes := c.entries[key], c.writes
	fresh := e != nil && s.cfg.Now().Before(e.freshUntil)
	c.mu.RUnlock()
	if fresh {
		return e, nil
	}
	now := s.cfg.Now()
	if s.cfg.Configs == nil {
		return nil, configNotFound(workspace, slug)
	}
	read := ctx
	if e != nil {
		var cancel context.CancelFunc
		read, cancel = context.WithTimeout(ctx, refreshTimeout)
		defer cancel()
	}
	saved, err := s.load(read, workspace, slug)
	if err != nil {
		if ge := (*gateway.Error)(nil); e != nil && ctx.Err() == nil && !(errors.As(err, &ge) && ge.Kind == gateway.NotFound) {
			c.put(key, e, now, writes)
			return e, nil
		}
		return nil, err
	}
	if e == nil || e.version != saved.Version || !e.created.Equal(saved.CreatedAt) {
		e = s.parsed(saved)
	}
	c.put(key, e, now, writes)
	return e, nil
}

// parsed returns the parsed form of a saved config.
func (s *Service) parsed(saved Saved) *savedEntry {
	e := &savedEntry{slug: saved.Slug, version: saved.Version, created: saved.CreatedAt, fromFile: saved.FromFile}
	var problems []document.Problem
	if e.doc, problems = s.cfg.Rules.Parse(saved.Config, true); len(problems) > 0 {
		e.invalid = document.Invalid("route.Configure", "The saved config '"+saved.Slug+"'", problems)
	}
	return e
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
	c.entries[savedKey{key.workspace, strings.Clone(key.slug)}] = e // copied: the slug may share memory with a request
}

func configNotFound(workspace, slug string) *gateway.Error {
	return &gateway.Error{Op: "route.Config", Kind: gateway.NotFound, Param: "slug", Public: "There is no config '" + gateway.Shorten(slug) + "'."}
}

// inlineConfigs caches the parsed form of configs that callers send. The key is a hash,
// because the text may hold credentials.
type inlineConfigs struct {
	cache *otter.Cache[[sha256.Size]byte, *document.Document]
}

// inlineBytes limits the total size of the texts of cached inline configs.
const inlineBytes = 16 << 20

func newInlineConfigs() *inlineConfigs {
	return &inlineConfigs{cache: otter.Must(&otter.Options[[sha256.Size]byte, *document.Document]{
		MaximumWeight: inlineBytes,
		Weigher:       func(_ [sha256.Size]byte, d *document.Document) uint32 { return uint32(d.Size) + 512 },
		Executor:      func(fn func()) { fn() }, // no goroutine
	})}
}

// inlineConfig parses raw, or returns the cached result.
func (s *Service) inlineConfig(raw []byte) (*document.Document, []document.Problem) {
	key := sha256.Sum256(raw)
	if d, ok := s.inline.cache.GetIfPresent(key); ok {
		return d, nil
	}
	d, problems := s.cfg.Rules.Parse(raw, false)
	if len(problems) > 0 {
		return nil, problems
	}
	s.inline.cache.Set(key, d)
	return d, nil
}
