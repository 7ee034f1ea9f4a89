package cache_test

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/cache/memindex"
	"github.com/sluicegate/sluice/gateway"
)

// Questions that are under way at the same time keep their vectors apart, whatever the
// order in which they end, and whether they end at all.
func TestVectorsUnderWay(t *testing.T) {
	r := newRig(t, nil)
	r.ask(chat("Who wrote Hamlet?"))
	r.ask(chat("Which river flows through Vienna?")) // from here on the partition is crowded
	begin := func(text string) (ex *gateway.Exchange, end func()) {
		ex = r.exchange(chat(text))
		s, err := r.chain(context.Background(), ex)
		if err != nil {
			t.Fatal(err)
		}
		return ex, func() {
			for err == nil {
				_, err = s.Next()
			}
			if err != io.EOF {
				t.Fatal(err)
			}
			s.Close()
		}
	}
	topics := strings.Fields("volcano lighthouse orchestra glacier bakery submarine")
	ask := func(topic string) string { return "Explain why the " + topic + " closed its gates" }
	_, left := begin("Describe a forgotten sewing machine")
	var ends []func()
	for _, topic := range topics {
		ex, end := begin(ask(topic))
		if got := outcome(ex.Facts); got != "SEMANTIC MISS" {
			t.Fatalf("%s: %s", topic, got)
		}
		ends = append(ends, end)
	}
	for _, i := range []int{3, 0, 5, 1, 4, 2} {
		ends[i]()
		r.ask(chat("What is a " + topics[i] + "?"))
	}
	for _, topic := range topics {
		if f, _ := r.ask(chat("Please explain " + ask(topic)[len("Explain "):])); outcome(f) != "SEMANTIC HIT semantic" || f.Cache.Similarity < .95 {
			t.Errorf("%s: %s, %f", topic, outcome(f), f.Cache.Similarity)
		}
	}
	left()
}

// watched is an index that checks the sketches of what is added.
type watched struct {
	*memindex.Index
	t              *testing.T
	made, borrowed int // points without a sketch, and with one
}

func (w *watched) Add(ctx context.Context, points ...cache.Point) error {
	for _, p := range points {
		_, want, err := w.Look(p.Partition, p.Vector, 1, .9)
		switch {
		case err != nil:
			w.t.Error(err)
		case p.Sketch == (cache.Sketch{}):
			w.made++
		case p.Sketch != want:
			w.t.Errorf("a point has the sketch %x, want %x", p.Sketch, want)
		default:
			w.borrowed++
		}
	}
	return w.Index.Add(ctx, points...)
}

// A question is added with the sketch that was made when near ones were looked for.
func TestSketches(t *testing.T) {
	w := &watched{t: t}
	r := newRig(t, func(s *cache.Settings) {
		w.Index = s.Index.(*memindex.Index)
		s.Index = w
	})
	for _, text := range []string{"Who wrote Hamlet?", "Which river flows through Vienna?", "Why is the sky blue?", "How do bees find their way?"} {
		r.ask(chat(text))
	}
	if w.made != 1 || w.borrowed != 3 { // the first one was alone
		t.Errorf("%d sketches were made, %d borrowed", w.made, w.borrowed)
	}
}
