package app

import (
	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/cache/embed"
	"github.com/sluicegate/sluice/cache/memindex"
	"github.com/sluicegate/sluice/cache/qdrant"
	"github.com/sluicegate/sluice/internal/config"
)

// newEmbedder makes what turns texts into vectors.
func newEmbedder(cfg config.Embedder) (cache.Embedder, func(), error) {
	if cfg.Builtin() {
		return embed.Builtin{}, func() {}, nil
	}
	e, err := embed.NewHTTP(embed.Endpoint{BaseURL: cfg.URL, Key: cfg.APIKey, Model: cfg.Model, Dim: cfg.Dimensions})
	if err != nil {
		return nil, nil, err
	}
	return e, e.Close, nil
}

// newIndex makes what finds the nearest ones. Qdrant is called at first use: a cache that is
// down is a miss, not a failed start.
func newIndex(cfg config.Cache, e cache.Embedder) (cache.VectorIndex, func() error, error) {
	if cfg.Index != "qdrant" {
		return memindex.New(memindex.Config{Dim: e.Dim(), MaxBytes: cfg.MaxBytes}), func() error { return nil }, nil
	}
	x, err := qdrant.New(qdrant.Config{URL: cfg.Qdrant.URL, APIKey: cfg.Qdrant.APIKey, Collection: cfg.Qdrant.Collection, Model: e.Model(), Dim: e.Dim()})
	if err != nil {
		return nil, nil, err
	}
	return x, x.Close, nil
}
