package cachetest

import (
	"context"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/sluicegate/sluice/cache"
)

// Embedder runs the conformance suite.
func Embedder(t *testing.T, e cache.Embedder) {
	ctx := context.Background()
	texts := []string{"What is the capital of France?", "怎么重置密码？", "x", strings.Repeat("word ", 1500), "?!", "naïve café 😀", "what is the capital of france?"}
	if l, ok := e.(cache.Limited); ok {
		texts = slices.DeleteFunc(texts, func(text string) bool { return !l.Fits(text) })
	}
	first, err := e.Embed(ctx, texts)
	if err != nil {
		t.Fatal(err)
	}
	if e.Model() == "" || len(first) != len(texts) {
		t.Fatalf("model %q gave %d vectors for %d texts", e.Model(), len(first), len(texts))
	}
	for i, v := range first {
		if err := cache.CheckVector("cachetest", v, e.Dim()); err != nil {
			t.Errorf("%q: %v", texts[i][:min(20, len(texts[i]))], err)
		}
		var sum float64
		for _, x := range v {
			sum += float64(x) * float64(x)
		}
		if math.Abs(sum-1) > 1e-3 {
			t.Errorf("length of vector %d is %f", i, math.Sqrt(sum))
		}
	}
	again, err := e.Embed(ctx, texts[1:2])
	if err != nil || !slices.Equal(again[0], first[1]) {
		t.Error("the same text has two vectors, or the order of texts counts")
	}
	if Cosine(first[0], first[len(first)-1]) < .9 || Cosine(first[0], first[1]) > .8 {
		t.Error("near and far are the wrong way round")
	}
	if none, err := e.Embed(ctx, nil); err != nil || len(none) != 0 {
		t.Errorf("no texts: %v, %v", none, err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if vs, err := e.Embed(ctx, texts[:2]); err != nil || !slices.Equal(vs[1], first[1]) {
				t.Error("concurrent use gives other vectors")
			}
		}()
	}
	wg.Wait()
}
