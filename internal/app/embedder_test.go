package app

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/cache/embed/model/library"
	"github.com/sluicegate/sluice/internal/app/logging"
	"github.com/sluicegate/sluice/internal/config"
)

// TestEmbedderSaysWhatItIs opens each kind of embedder over a data directory without a model,
// with one, and with a damaged one.
func TestEmbedderSaysWhatItIs(t *testing.T) {
	empty, installed, damaged := t.TempDir(), t.TempDir(), t.TempDir()
	for _, dir := range []string{installed, damaged} {
		addition := library.Addition{Source: filepath.Join("..", "..", "cache", "embed", "model", "testdata", "tiny"), Unverified: true}
		if _, err := library.New(dir).Add(t.Context(), addition); err != nil {
			t.Fatal(err)
		}
	}
	weights := filepath.Join(damaged, "models", "tiny", "model.safetensors")
	if err := os.Truncate(weights, 5000); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, dir string
		embedder  config.Embedder
		lexical   bool
		log, fail string
	}{
		{"auto, none", empty, config.Embedder{Kind: config.EmbedderAuto}, true, "no model is installed", ""},
		{"auto, one", installed, config.Embedder{Kind: config.EmbedderAuto}, false, "the cache compares meaning", ""},
		{"auto, damaged", damaged, config.Embedder{Kind: config.EmbedderAuto}, true, "model.safetensors", ""},
		{"builtin, one", installed, config.Embedder{Kind: config.EmbedderBuiltin}, true, "", ""},
		{"model, none", empty, config.Embedder{Kind: config.EmbedderModel}, false, "", "no model is installed"},
		{"model, one", installed, config.Embedder{Kind: config.EmbedderModel}, false, "the cache compares meaning", ""},
		{"model, by name", installed, config.Embedder{Kind: config.EmbedderModel, Model: "tiny"}, false, "model=tiny", ""},
		{"model, another name", installed, config.Embedder{Kind: config.EmbedderModel, Model: "other"}, false, "", "there is no model other"},
		{"model, damaged", damaged, config.Embedder{Kind: config.EmbedderModel}, false, "", "model.safetensors"},
	} {
		var lines bytes.Buffer
		cfg := config.Default()
		cfg.DataDir, cfg.Cache.Embedder = c.dir, c.embedder
		e, err := openEmbedder(cfg, logging.New(&lines, &logging.Redactor{}))
		if c.fail != "" {
			if err == nil || !strings.Contains(err.Error(), c.fail) {
				t.Errorf("%s: %v, want %q", c.name, err, c.fail)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		lexical, _ := e.Embedder.(cache.Lexical)
		if got := lexical != nil && lexical.Lexical(); got != c.lexical || !strings.Contains(lines.String(), c.log) {
			t.Errorf("%s: lexical %v, log %q", c.name, got, lines.String())
		}
	}
}
