package main

import (
	"context"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/cache/embed"
	"github.com/sluicegate/sluice/cache/memindex"
)

func newEmbedder(embedderConfig) (cache.Embedder, error) { return embed.Builtin{}, nil }

func newIndex(_ context.Context, cfg cacheConfig, e cache.Embedder) (cache.VectorIndex, error) {
	return memindex.New(memindex.Config{Dim: e.Dim(), MaxBytes: cfg.MaxBytes}), nil
}
