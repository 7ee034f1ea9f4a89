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

// TestAdversarial holds that each kind of difference is there in both languages, and held out.
func TestAdversarial(t *testing.T) {
	seen := map[string][2]int{}
	for _, p := range suite.Pairs(suite.Adversarial(), 5, rand.New(rand.NewPCG(1, 2))) {
		if !p.HeldOut || strings.ContainsAny(p.Asked+p.Stored, "<>{}|") {
			t.Errorf("%+v", p)
		}
		if !p.Same {
			n := seen[p.Class]
			if p.Chinese {
				n[1]++
			} else {
				n[0]++
			}
			seen[p.Class] = n
		}
	}
	for _, class := range []string{"unit", "ordinal", "date", "sequence", "comparative", "quantity", "tense"} {
		if n := seen[class]; n[0] < 3 || n[1] < 2 {
			t.Errorf("%s: %d English and %d Chinese pairs", class, n[0], n[1])
		}
	}
}
