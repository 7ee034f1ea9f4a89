package cache_test

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/gateway"
)

func streamed(text string) string { return strings.Replace(chat(text), "{", `{"stream":true,`, 1) }

// texts pulls a stream and returns the texts of its events.
func (r *rig) texts(body string) (texts []string, f *gateway.Facts) {
	r.t.Helper()
	ex := r.exchange(body)
	s, err := r.chain(context.Background(), ex)
	if err != nil {
		r.t.Fatal(err)
	}
	defer s.Close()
	for {
		c, err := s.Next()
		if err == io.EOF {
			return texts, ex.Facts
		}
		if err != nil {
			r.t.Fatal(err)
		}
		for i := range c.Deltas {
			if c.Deltas[i].Text != "" {
				texts = append(texts, c.Deltas[i].Text)
			}
		}
	}
}

// TestStreamPace holds in which pieces a stored answer is streamed: whole, as it came, or in tokens,
// also after a restart.
func TestStreamPace(t *testing.T) {
	file := t.TempDir() + "/cache.snapshot"
	r := newRig(t, func(c *cache.Config) { c.File = file })
	r.plan.Cache.StreamPace = gateway.PaceOriginal
	r.texts(streamed(question)) // "ans", "wer 1"
	if err := r.cache.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	for pace, want := range map[gateway.StreamPace]string{gateway.PaceFast: "answer 1", gateway.PaceOriginal: "ans|wer 1", 1000: "answer 1", 10: "answ|er 1"} {
		b := newRig(t, func(c *cache.Config) { c.File = file })
		b.plan.Cache.StreamPace = pace
		got, f := b.texts(streamed(question))
		if strings.Join(got, "|") != want || outcome(f) != "HIT exact" {
			t.Errorf("%v: %q, %+v", pace, got, f.Cache)
		}
	}
}
