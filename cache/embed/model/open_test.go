package model

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// copied returns a copy of the small model.
func copied(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/tiny")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// change sets keys of a JSON file; a value of nil removes the key.
func change(t *testing.T, file string, values map[string]any) {
	t.Helper()
	content := map[string]any{}
	if b, err := os.ReadFile(file); err == nil {
		if err := json.Unmarshal(b, &content); err != nil {
			t.Fatal(err)
		}
	}
	for name, value := range values {
		content[name] = value
	}
	b, err := json.Marshal(content)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(file), 0o700)
	}
	if err == nil {
		err = os.WriteFile(file, b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestWrongFoldersAreRefused looks for the file and the key or tensor in the error.
func TestWrongFoldersAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		file   string
		values map[string]any
		want   []string
	}{
		"another family":     {"config.json", map[string]any{"model_type": "gpt2"}, []string{"config.json", "model_type"}},
		"another activation": {"config.json", map[string]any{"hidden_act": "relu"}, []string{"config.json", "hidden_act"}},
		"relative positions": {"config.json", map[string]any{"position_embedding_type": "relative_key"}, []string{"config.json", "position_embedding_type"}},
		"no layers":          {"config.json", map[string]any{"num_hidden_layers": 0}, []string{"config.json", "num_hidden_layers"}},
		"many layers":        {"config.json", map[string]any{"num_hidden_layers": 1 << 40}, []string{"config.json", "num_hidden_layers"}},
		"more layers":        {"config.json", map[string]any{"num_hidden_layers": 3}, []string{"model.safetensors", "encoder.layer.2.attention.self.query.weight"}},
		"huge vectors":       {"config.json", map[string]any{"hidden_size": 1 << 30}, []string{"config.json", "hidden_size"}},
		"other vectors":      {"config.json", map[string]any{"hidden_size": 32}, []string{"model.safetensors", "embeddings.word_embeddings.weight", "shape"}},
		"odd heads":          {"config.json", map[string]any{"num_attention_heads": 3}, []string{"config.json", "num_attention_heads"}},
		"small vocabulary":   {"config.json", map[string]any{"vocab_size": 10}, []string{"tokenizer.json", "config.json says 10"}},
		"no epsilon":         {"config.json", map[string]any{"layer_norm_eps": 0}, []string{"config.json", "layer_norm_eps"}},
		"max pooling":        {"1_Pooling/config.json", map[string]any{"pooling_mode_max_tokens": true}, []string{"1_Pooling/config.json", "pooling_mode_max_tokens"}},
		"long prompt":        {"config_sentence_transformers.json", map[string]any{"prompts": map[string]string{"query": strings.Repeat("key ", 1000)}}, []string{"config_sentence_transformers.json"}},
		"no room":            {"sentence_bert_config.json", map[string]any{"max_seq_length": 2}, []string{"leave no room"}},
	} {
		dir := copied(t)
		change(t, filepath.Join(dir, c.file), c.values)
		_, err := Open(dir, "x")
		if err == nil {
			t.Errorf("%s: it was accepted", name)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %q in it", name, err, want)
			}
		}
	}
}

func TestMissingFilesAreNamed(t *testing.T) {
	for _, name := range []string{"config.json", "tokenizer.json", "model.safetensors"} {
		dir := copied(t)
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dir, "x"); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("without %s: %v", name, err)
		}
	}
}

// TestLinksOutOfTheFolderAreNotFollowed keeps a folder from reading other files of the machine.
func TestLinksOutOfTheFolderAreNotFollowed(t *testing.T) {
	dir, outside := copied(t), copied(t)
	if err := os.Remove(filepath.Join(dir, "model.safetensors")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(outside, "model.safetensors"), filepath.Join(dir, "model.safetensors")); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, "x"); err == nil {
		t.Error("the link was followed")
	}
}

func TestSettingsBesideTheConfig(t *testing.T) {
	dir := copied(t)
	change(t, filepath.Join(dir, "1_Pooling/config.json"), map[string]any{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false})
	change(t, filepath.Join(dir, "config_sentence_transformers.json"), map[string]any{"prompts": map[string]string{"query": "how "}})
	change(t, filepath.Join(dir, "sentence_bert_config.json"), map[string]any{"max_seq_length": 6})
	m, err := Open(dir, "x")
	if err != nil {
		t.Fatal(err)
	}
	if m.Limit() != 6 || !m.Fits("do i change") || m.Fits("do i change a") {
		t.Errorf("with [CLS], [SEP] and how, three words of a limit of six fit; limit %d", m.Limit())
	}
	plain, err := Open(copied(t), "x")
	if err != nil {
		t.Fatal(err)
	}
	a, err := m.Embed(t.Context(), []string{"do i"})
	if err != nil {
		t.Fatal(err)
	}
	b, err := plain.Embed(t.Context(), []string{"how do i"})
	if err != nil {
		t.Fatal(err)
	}
	if c := cosine(a[0], b[0]); c > .999 {
		t.Errorf("cosine %.4f: the first token's vector is that of all", c)
	}
}

func TestTextsThatDoNotFitAreRefused(t *testing.T) {
	m, err := Open("testdata/tiny", "x")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Embed(t.Context(), []string{"key", strings.Repeat("key ", 40)}); err == nil {
		t.Error("it was cut")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Embed(ctx, []string{"key"}); err == nil {
		t.Error("it did not end with its context")
	}
}
