// Package rendezvous chooses among weighted arms by a key, without state: the same key gets the same
// arm in every process and after every restart.
//
// This is weighted rendezvous hashing. A hash of experiment, arm and key gives each arm a uniform
// number, which is turned into an exponentially distributed waiting time with the arm's weight as
// its rate. The arms are in the order of their waiting times. A changed, added or removed arm
// changes the choice for as few keys as possible.
package rendezvous

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"math"
	"slices"
)

// Arm tells name and weight of the arm i. An arm with weight 0 is never chosen.
type Arm func(i int) (name string, weight float64)

// First returns the first of n arms for key; -1 if none has a weight.
func First(experiment, key string, n int, arm Arm) int {
	best, least := -1, math.Inf(1)
	var buf []byte
	for i := range n {
		name, weight := arm(i)
		if weight <= 0 {
			continue
		}
		var wait float64
		if wait, buf = waiting(buf, experiment, name, key, weight); wait < least {
			best, least = i, wait
		}
	}
	return best
}

// Order returns the arms that have a weight, in their order for key. The first one is First's; each
// of the others is the one that First would return without those before it.
func Order(experiment, key string, n int, arm Arm) []int {
	waits := make([]float64, n)
	order := make([]int, 0, n)
	var buf []byte
	for i := range n {
		name, weight := arm(i)
		if weight <= 0 {
			continue
		}
		waits[i], buf = waiting(buf, experiment, name, key, weight)
		order = append(order, i)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(waits[a], waits[b]) })
	return order
}

func waiting(buf []byte, experiment, name, key string, weight float64) (float64, []byte) {
	buf = buf[:0]
	for _, part := range [...]string{experiment, name, key} {
		buf = binary.AppendUvarint(buf, uint64(len(part)))
		buf = append(buf, part...)
	}
	sum := sha256.Sum256(buf)
	u := (float64(binary.BigEndian.Uint64(sum[:])>>11) + 0.5) / (1 << 53)
	return -math.Log(u) / weight, buf
}
