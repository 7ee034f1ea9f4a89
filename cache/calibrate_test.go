package cache_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/cache/embed"
)

// unknown is an embedder for which no weights are shipped.
type unknown struct {
	builtin embed.Builtin
	broken  bool
}

func (unknown) Model() string { return "somebody-elses-v3" }
func (u unknown) Dim() int    { return u.builtin.Dim() }
func (u unknown) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	if u.broken && len(texts) > 8 { // measuring fails, questions do not
		return nil, errors.New("overloaded")
	}
	return u.builtin.Embed(ctx, texts)
}

// TestUnknownEmbedderIsMeasured holds that nothing near is served before it is known what the
// similarities mean, and that a restart needs no second measurement.
func TestUnknownEmbedderIsMeasured(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cache.snapshot")
	with := func(e cache.Embedder) func(*cache.Config) {
		return func(c *cache.Config) { c.Embedder, c.File = e, file }
	}
	r := newRig(t, with(unknown{broken: true}))
	r.ask(chat(question))
	if f, _ := r.ask(chat(rewording)); f.Cache.Status.Hit() || !strings.Contains(f.Cache.Reason, "not measured yet") {
		t.Errorf("%+v", f.Cache)
	}
	eventually(t, func() bool { // the points are written after the calls
		x, err := r.cache.Explain(context.Background(), r.exchange(chat("And why is the sky so blue in summer?")))
		if err != nil || len(x.Neighbours) > 0 && (x.Neighbours[0].Serves || x.Tier != "") {
			t.Fatalf("%+v, %v", x, err)
		}
		return len(x.Neighbours) > 0
	})
	if report := r.cache.Report("w1"); report.Calibrated || report.Shipped {
		t.Errorf("%+v", report)
	}
	if err := r.cache.Close(context.Background()); err != nil {
		t.Fatal(err)
	}

	r = newRig(t, with(unknown{}))
	eventually(t, func() bool { return r.cache.Report("w1").Calibrated })
	if err := r.cache.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	r = newRig(t, with(unknown{broken: true}))
	if report := r.cache.Report("w1"); !report.Calibrated || report.Shipped {
		t.Errorf("after a restart: %+v", report)
	}
	other := newRig(t, func(c *cache.Config) { c.File = file })
	if report := other.cache.Report("w1"); !report.Shipped {
		t.Errorf("with another embedder: %+v", report)
	}
}
