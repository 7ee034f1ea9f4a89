package rendezvous_test

import (
	"math"
	"slices"
	"strconv"
	"testing"

	"github.com/sluicegate/sluice/gateway/rendezvous"
)

func arms(weights ...float64) rendezvous.Arm {
	return func(i int) (string, float64) { return "arm" + strconv.Itoa(i), weights[i] }
}

func drawAll(experiment string, weights []float64, keys int) []int {
	drawn := make([]int, keys)
	for k := range keys {
		drawn[k] = rendezvous.First(experiment, "member-"+strconv.Itoa(k), len(weights), arms(weights...))
	}
	return drawn
}

// TestFirstHonoursWeights: the shares over many members fit the weights by a chi-square test
// (with the limits for p = 0.001).
func TestFirstHonoursWeights(t *testing.T) {
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

// TestFirstIsStable: the same member gets the same arm, another experiment draws
// independently, and a changed weight moves members in one direction only, and as few as
// possible.
func TestFirstIsStable(t *testing.T) {
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
	if i := rendezvous.First("e", "k", 2, func(int) (string, float64) { return "x", 0 }); i != -1 {
		t.Errorf("no weight at all draws %d", i)
	}
}

// TestOrder: each place of the order is drawn among the arms that are left, in proportion to their weights.
func TestOrder(t *testing.T) {
	const keys = 20_000
	second := map[int]int{}
	firsts := 0
	for k := range keys {
		key := strconv.Itoa(k)
		order := rendezvous.Order("e", key, 4, arms(3, 2, 0, 1))
		if len(order) != 3 || slices.Contains(order, 2) || order[0] != rendezvous.First("e", key, 4, arms(3, 2, 0, 1)) {
			t.Fatalf("%s: %v", key, order)
		}
		if order[0] != 0 {
			continue
		}
		firsts++
		second[order[1]]++
		if order[1] != rendezvous.First("e", key, 4, arms(0, 2, 0, 1)) {
			t.Fatalf("%s: %v is not the order without its first", key, order)
		}
	}
	if share := float64(firsts) / keys; share < .48 || share > .52 {
		t.Errorf("the first arm has %.3f, 1/2 is expected", share)
	}
	if share := float64(second[1]) / float64(firsts); share < .64 || share > .69 {
		t.Errorf("the second place goes to the arm of weight 2 in %.3f, 2/3 is expected", share)
	}
	if rendezvous.First("e", "k", 2, arms(0, 0)) != -1 || len(rendezvous.Order("e", "k", 2, arms(0, 0))) != 0 {
		t.Error("an arm without a weight is drawn")
	}
}

// TestAssignmentsStay: what a key gets does not change between versions of the program.
func TestAssignmentsStay(t *testing.T) {
	var got []int
	for k := range 12 {
		got = append(got, rendezvous.First("exp", "member-"+strconv.Itoa(k), 3, arms(1, 1, 2)))
	}
	if want := []int{1, 1, 2, 2, 2, 1, 2, 2, 2, 1, 2, 0}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
