package prompts

import (
	"math"
	"strconv"
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

func drawAll(experiment string, weights []float64, keys int) []int {
	arms := make([]int, keys)
	for k := range keys {
		arms[k] = drawByKey(experiment, "member-"+strconv.Itoa(k), len(weights), func(i int) (string, float64) { return "arm" + strconv.Itoa(i), weights[i] })
	}
	return arms
}

// TestDrawHonoursWeights: the shares over many members fit the weights by a chi-square test
// (with the limits for p = 0.001).
func TestDrawHonoursWeights(t *testing.T) {
	const keys = 40_000
	limit := map[int]float64{1: 10.83, 2: 13.82, 3: 16.27, 4: 18.47}
	for n, weights := range [][]float64{{1, 1}, {0.9, 0.1}, {3, 2, 1}, {1, 0, 1}, {0.01, 0.99}, {5, 4, 3, 2, 1}} {
		counts, sum, positive := make([]float64, len(weights)), 0.0, -1
		for _, a := range drawAll("exp"+strconv.Itoa(n), weights, keys) {
			counts[a]++
		}
		for _, w := range weights {
			if sum += w; w > 0 {
				positive++
			}
		}
		chi := 0.0
		for i, w := range weights {
			if w == 0 {
				if counts[i] > 0 {
					t.Errorf("%v: an arm without weight was drawn", weights)
				}
				continue
			}
			expect := keys * w / sum
			chi += (counts[i] - expect) * (counts[i] - expect) / expect
		}
		if chi > limit[positive] {
			t.Errorf("weights %v gave %v: chi-square %.1f is above %.1f", weights, counts, chi, limit[positive])
		}
	}
}

// TestDrawIsStable: the same member gets the same arm, another experiment draws
// independently, and a changed weight moves members in one direction only, and as few as
// possible.
func TestDrawIsStable(t *testing.T) {
	const keys = 20_000
	before, again := drawAll("e", []float64{1, 1}, keys), drawAll("e", []float64{1, 1}, keys)
	other, heavier := drawAll("f", []float64{1, 1}, keys), drawAll("e", []float64{1, 2}, keys)
	differ, moved := 0, 0
	for k := range keys {
		if before[k] != again[k] {
			t.Fatal("the same key got another arm")
		}
		if before[k] != other[k] {
			differ++
		}
		if before[k] != heavier[k] {
			if moved++; before[k] == 1 {
				t.Fatal("a member left the arm that became heavier")
			}
		}
	}
	if math.Abs(float64(differ)/keys-0.5) > 0.02 {
		t.Errorf("two experiments agree too often or too seldom: %d of %d differ", differ, keys)
	}
	if share := float64(moved) / keys; math.Abs(share-1.0/6) > 0.02 {
		t.Errorf("%.3f of the members moved, 1/6 must", share)
	}
	if i := drawByKey("e", "k", 2, func(int) (string, float64) { return "x", 0 }); i != -1 {
		t.Errorf("no weight at all draws %d", i)
	}
}

func TestKeyOf(t *testing.T) {
	member := &gateway.Principal{Member: "mem-1", APIKey: "key-1"}
	for _, c := range []struct {
		name, by, key, arm string
		ex                 gateway.Exchange
	}{
		{"member", "member", "mem-1", "member", gateway.Exchange{Principal: member}},
		{"metadata", "metadata.user", "u7", "metadata.user", gateway.Exchange{Principal: member, Envelope: &gateway.Envelope{Metadata: map[string]string{"user": "u7"}}}},
		{"metadata not sent", "metadata.user", "mem-1", "member", gateway.Exchange{Principal: member, Envelope: &gateway.Envelope{}}},
		{"key without a member", "member", "key-1", "member", gateway.Exchange{Principal: &gateway.Principal{APIKey: "key-1"}}},
		{"nobody", "member", "ex-1", "request", gateway.Exchange{ID: "ex-1"}},
	} {
		if key, arm := drawKey(&c.ex, c.by); key != c.key || arm != c.arm {
			t.Errorf("%s: drawn by %q (%s), want %q (%s)", c.name, key, arm, c.key, c.arm)
		}
	}
}
