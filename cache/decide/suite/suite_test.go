package suite_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/cache/decide/suite"
)

// TestPairs checks that the lists are whole: every text is written out, both languages and both
// halves have pairs of every kind, and the same seed gives the same pairs.
func TestPairs(t *testing.T) {
	needs := suite.Needs()
	pairs := suite.Pairs(needs, 3, rand.New(rand.NewPCG(1, 2)))
	again := suite.Pairs(needs, 3, rand.New(rand.NewPCG(1, 2)))
	seen := map[[3]bool]int{}
	for i, p := range pairs {
		if p != again[i] {
			t.Fatalf("pair %d: %+v and %+v", i, p, again[i])
		}
		if strings.ContainsAny(p.Asked+p.Stored, "<>{}|") {
			t.Errorf("%+v", p)
		}
		seen[[3]bool{p.Same, p.HeldOut, p.Chinese}]++
	}
	for _, same := range []bool{true, false} {
		for _, held := range []bool{true, false} {
			for _, chinese := range []bool{true, false} {
				if n := seen[[3]bool{same, held, chinese}]; n < 50 {
					t.Errorf("same %v, held out %v, Chinese %v: %d pairs", same, held, chinese, n)
				}
			}
		}
	}
}

// TestStream checks that questions recur in a stream, in the same and in other words.
func TestStream(t *testing.T) {
	texts, answers := map[string]bool{}, map[string]bool{}
	stream := suite.Stream(suite.Needs(), 1000, rand.New(rand.NewPCG(1, 2)))
	for _, q := range stream {
		texts[q.Text], answers[q.Answer] = true, true
	}
	if len(stream) != 1000 || len(answers) < 100 || len(texts) < 2*len(answers) {
		t.Errorf("%d questions, %d texts, %d answers", len(stream), len(texts), len(answers))
	}
}
