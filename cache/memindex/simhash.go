package memindex

import (
	"math"
	"math/bits"
)

// codeBits is the length of a code.
const codeBits = 256

// code is the SimHash of a vector in two halves: the signs of 256 components of the rotated vector.
// Two vectors at an angle a differ in about codeBits·a/π bits.
type code [2]half

// half is half of a code.
type half struct{ low, high uint64 }

// distance is the number of bits in which two codes differ.
func (c code) distance(d code) int { return c[0].distance(d[0]) + c[1].distance(d[1]) }

func (h half) distance(g half) int {
	return bits.OnesCount64(h.low^g.low) + bits.OnesCount64(h.high^g.high)
}

// rotation is a fixed pseudo-random rotation: random signs, then a Walsh–Hadamard transform.
// It takes n·log n additions, where a random matrix takes n² multiplications.
type rotation struct {
	size  int // a power of two, at least codeBits and the dimension
	signs []float32
}

func newRotation(dim int) *rotation {
	r := &rotation{size: codeBits, signs: make([]float32, dim)}
	for r.size < dim {
		r.size *= 2
	}
	state := uint64(0x5311ce)
	for i := range r.signs {
		state += 0x9e3779b97f4a7c15 // splitmix64
		z := (state ^ state>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		r.signs[i] = 1
		if bits.OnesCount64(z)%2 == 1 {
			r.signs[i] = -1
		}
	}
	return r
}

// code returns the code of a vector, which may have any length but zero.
func (r *rotation) code(vector []float32) code {
	x := make([]float32, 0, codeBits) // of this constant size it is on the stack
	for i, v := range vector {
		x = append(x, v*r.signs[i])
	}
	x = append(x, make([]float32, r.size-len(x))...)
	walshHadamard(x)
	return code{{signsOf(x), signsOf(x[64:])}, {signsOf(x[128:]), signsOf(x[192:])}}
}

// signsOf returns a bit for each of the first 64 numbers of x, 1 for one above zero.
func signsOf(x []float32) (bits uint64) {
	for i, v := range x[:64] {
		var bit uint64 // set in this form, the sign costs no branch that is mispredicted half of the time
		if v > 0 {
			bit = 1
		}
		bits |= bit << i
	}
	return bits
}

// walshHadamard transforms x, whose length is a power of two, in place.
func walshHadamard(x []float32) {
	for half := 1; half < len(x); half *= 2 {
		for start := 0; start < len(x); start += 2 * half {
			a, b := x[start:start+half], x[start+half:start+2*half]
			for i, v := range a {
				w := b[i]
				a[i], b[i] = v+w, v-w
			}
		}
	}
}

// maxDistance returns the distance that n bits of the codes of two vectors with at least this
// cosine do not exceed but in one of several million cases: the mean and five standard
// deviations.
func maxDistance(cosine float32, n float64) int {
	p := math.Acos(max(-1, min(float64(cosine), 1))) / math.Pi // of one bit to differ
	return int(min(n, math.Ceil(n*p+5*math.Sqrt(n*p*(1-p))+1)))
}
