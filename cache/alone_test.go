package cache_test

import (
	"context"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/cache/embed"
)

// counting is the built-in embedder, with a count of the texts.
type counting struct {
	embed.Builtin
	texts *int
}

func (c counting) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	*c.texts += len(texts)
	return c.Builtin.Embed(ctx, texts)
}

func (c counting) EmbedInto(vector []float32, text string) {
	*c.texts++
	c.Builtin.EmbedInto(vector, text)
}

// TestAlone checks that a question is embedded when the second of its partition is asked,
// and that until then nothing else can be told from one that is in the index.
func TestAlone(t *testing.T) {
	const first, near, far = "Why is the zanzibar sky blue?", "Tell me why the zanzibar sky is blue", "Who wrote Hamlet?"
	file := filepath.Join(t.TempDir(), "cache.snapshot")
	texts := 0
	e := counting{texts: &texts}
	for name, c := range map[string]struct {
		between func(r *rig)
		want    string
		texts   int
	}{
		"asked":    {func(*rig) {}, "SEMANTIC HIT semantic", 2},
		"again":    {func(r *rig) { r.ask(chat(far)) }, "SEMANTIC HIT semantic", 3},
		"repeated": {func(r *rig) { r.ask(chat(first)) }, "SEMANTIC HIT semantic", 2},
		"purged": {func(r *rig) {
			if _, err := r.cache.Purge(context.Background(), "w1"); err != nil {
				t.Fatal(err)
			}
			r.clock.add(time.Second)
		}, "SEMANTIC MISS", 0},
		"expired": {func(r *rig) { r.clock.add(8 * 24 * time.Hour) }, "SEMANTIC MISS", 2},
		"evicted": {func(r *rig) {
			for i := range 40 {
				r.ask(chat("Is order " + strconv.Itoa(i) + " late?"))
			}
		}, "SEMANTIC MISS", 0},
		"restarted": {func(r *rig) {
			if err := r.cache.Close(context.Background()); err != nil {
				t.Fatal(err)
			}
			*r = *newRig(t, func(s *cache.Settings) { s.File, s.Embedder = file, e })
		}, "SEMANTIC HIT semantic", 2},
	} {
		texts = 0
		r := newRig(t, func(s *cache.Settings) {
			s.Embedder, s.MaxBytes = e, 8<<10
			if name == "restarted" {
				s.File = file
			}
		})
		r.ask(chat(first))
		if texts != 0 {
			t.Errorf("%s: %d texts were embedded for a question without company", name, texts)
		}
		c.between(r)
		if f, _ := r.ask(chat(near)); outcome(f) != c.want || texts != c.texts {
			t.Errorf("%s: %s after embedding %d texts, want %s after %d", name, outcome(f), texts, c.want, c.texts)
		}
	}
}
