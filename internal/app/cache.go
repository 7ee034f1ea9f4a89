package app

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/cache/memindex"
	"github.com/sluicegate/sluice/cache/qdrant"
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/app/control"
	"github.com/sluicegate/sluice/internal/config"
)

// openCache opens the cache of answers with its embedder and index. key keys its partitions.
func (a *app) openCache(cfg config.Config, key gateway.Secret, s *services, log *slog.Logger) (*cache.Service, error) {
	e, err := openEmbedder(cfg, log)
	if err != nil {
		return nil, fmt.Errorf("cache.semantic.embedder: %w", err)
	}
	a.onClose(func(context.Context) error { e.close(); return nil })
	bodies, err := a.openBodies(cfg.Cache.Answers, s, log) // they close last: what the index removes, they remove
	if err != nil {
		return nil, fmt.Errorf("cache.answers: %w", err)
	}
	index, closeIndex, err := newIndex(cfg.Cache, e, bodies)
	if err != nil {
		return nil, fmt.Errorf("cache.semantic.index: %w", err)
	}
	a.onClose(func(context.Context) error { return closeIndex() })
	settings := cache.Config{Bodies: bodies, BodiesOver: int(cfg.Cache.Answers.Over), Key: key, Index: index, Embedder: e.Embedder, Threshold: e.threshold, EmbedTimeout: e.timeout,
		MaxBytes: cfg.Cache.MaxBytes, File: filepath.Join(cfg.DataDir, "cache.snapshot"), Personal: s.guards.Holds, Log: log,
		InsertsPerHour: cfg.Cache.Quota.PerHour, CallerShare: cfg.Cache.Quota.Share, Jitter: cfg.Cache.Jitter, Compat: cfg.Compat}
	if checks := cfg.Cache.Checks; checks.Judge != "" {
		settings.Checks, settings.ShadowShare = newCacheChecks(s, checks), checks.Shadow
	}
	if control.Shared(cfg) {
		settings.Broadcast = func(ctx context.Context, message []byte) error {
			now := time.Now()
			return s.control.AddCacheRemoval(ctx, newID(now), message, now)
		}
	}
	answers, err := cache.New(settings)
	if err != nil {
		return nil, err
	}
	a.onClose(answers.Close)
	if w := answers.Warning(); w != nil {
		log.Warn("the cache starts empty", "error", w)
	}
	return answers, nil
}

// newIndex returns the configured vector index and the function that closes it. Qdrant is
// called at first use: a cache that is down is a miss, not a failed start.
func newIndex(cfg config.Cache, e cache.Embedder, bodies cache.Bodies) (cache.VectorIndex, func() error, error) {
	if cfg.Index != "qdrant" {
		return memindex.New(memindex.Config{Dim: e.Dim(), MaxBytes: cfg.MaxBytes}), func() error { return nil }, nil
	}
	settings := qdrant.Config{URL: cfg.Qdrant.URL, APIKey: cfg.Qdrant.APIKey, Collection: cfg.Qdrant.Collection, Model: e.Model(), Dim: e.Dim()}
	if removing, ok := bodies.(cache.Removing); ok {
		settings.Freed = removing.Remove
	}
	x, err := qdrant.New(settings)
	if err != nil {
		return nil, nil, err
	}
	return x, x.Close, nil
}
