package main

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestPrincipalComponents makes rows that vary most along two known directions.
func TestPrincipalComponents(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	directions := [][]float64{{.5, .5, .5, .5, 0, 0}, {.5, -.5, .5, -.5, 0, 0}}
	rows := make([][]float64, 3000)
	for i := range rows {
		first, second := 5*r.NormFloat64(), 3*r.NormFloat64()
		for j := range directions[0] {
			rows[i] = append(rows[i], first*directions[0][j]+second*directions[1][j]+.1*r.NormFloat64())
		}
	}
	components := principal(rows, 2)
	for i, c := range components {
		along := 0.0
		for j := range c {
			along += c[j] * directions[i][j]
		}
		if math.Abs(math.Abs(along)-1) > .01 {
			t.Errorf("component %d is %.3f", i, c)
		}
	}
	total := 0.0
	projected := project(rows, components)
	for _, row := range projected {
		total += math.Hypot(row[0], row[1])
	}
	if len(projected[0]) != 2 || math.Abs(total/3000-1) > 1e-9 {
		t.Errorf("the rows have %d numbers and a mean length of %g", len(projected[0]), total/3000)
	}
}

func TestVocabularies(t *testing.T) {
	if got := english([]string{"[PAD]", "the", "##ing", "é", "2", "##", "a-b", "天"}); !slices.Equal(got, []string{"the", "##ing", "2"}) {
		t.Errorf("%q", got)
	}
	if got := chinese([]string{"<s>", "▁", "的", "▁天气", "天气", "▁of", "天气a", "一二三四五六七", "か"}); !slices.Equal(got, []string{"的", "天气"}) {
		t.Errorf("%q", got)
	}
}

// TestRareTokensWeighMore compares the lengths of rows that were equally long.
func TestRareTokensWeighMore(t *testing.T) {
	rows := weighted([][]float64{{1}, {1}, {1}})
	if !(0 < rows[0][0] && rows[0][0] < rows[1][0] && rows[1][0] < rows[2][0]) {
		t.Errorf("%v", rows)
	}
}
