package app

import (
	"log/slog"
	"time"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/cache/embed"
	"github.com/sluicegate/sluice/cache/embed/model/library"
	"github.com/sluicegate/sluice/internal/config"
)

// embedder is the cache's embedder with the settings that suit it. Zero settings are the cache's
// own.
type embedder struct {
	cache.Embedder
	threshold float64
	timeout   time.Duration
	close     func()
}

// modelTimeout is how long a lookup waits for a model in this process. The question is embedded
// for the index anyway, after the request.
const modelTimeout = 50 * time.Millisecond

// openEmbedder opens the configured embedder, and logs which one it is and what is missing.
func openEmbedder(cfg config.Config, log *slog.Logger) (embedder, error) {
	e := &cfg.Cache.Embedder
	switch e.Kind {
	case config.EmbedderBuiltin:
		return builtin(), nil
	case config.EmbedderEndpoint:
		endpoint, err := embed.NewHTTP(embed.Endpoint{BaseURL: e.URL, Key: e.APIKey, Model: e.Model, Dim: e.Dimensions})
		if err != nil {
			return embedder{}, err
		}
		return embedder{Embedder: endpoint, close: endpoint.Close}, nil
	case config.EmbedderModel:
		return openModel(cfg.DataDir, e.Model, log)
	}
	models, err := library.New(cfg.DataDir).List()
	switch {
	case err != nil:
		log.Warn("the models of the data directory cannot be read: the cache compares words, not sentences", "error", err)
		return builtin(), nil
	case len(models) == 0:
		log.Info("no model is installed: the cache compares words, not sentences", "install", "sluice models add FILE")
		return builtin(), nil
	}
	opened, err := openModel(cfg.DataDir, models[0].Name, log)
	if err != nil {
		log.Warn("the model cannot be read: the cache compares words, not sentences", "error", err)
		return builtin(), nil
	}
	return opened, nil
}

// builtinThreshold is low, since the rules want the same content words of a hit anyway.
const builtinThreshold = .85

func builtin() embedder {
	return embedder{Embedder: embed.Builtin{}, threshold: builtinThreshold, close: func() {}}
}

// openModel opens a model of the data directory; "" is the one added last.
func openModel(dataDir, name string, log *slog.Logger) (embedder, error) {
	models := library.New(dataDir)
	if name == "" {
		all, err := models.List()
		if err != nil {
			return embedder{}, err
		}
		if len(all) == 0 {
			return embedder{}, library.ErrNone
		}
		name = all[0].Name
	}
	m, manifest, err := models.Open(name)
	if err != nil {
		return embedder{}, err
	}
	log.Info("the cache compares meaning", "model", name, "license", manifest.License, "memory_mb", m.Bytes()>>20)
	return embedder{Embedder: m, threshold: manifest.Threshold, timeout: modelTimeout, close: func() {}}, nil
}
