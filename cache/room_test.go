package cache_test

import (
	"context"
	"io"
	"strings"
	"testing"

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
