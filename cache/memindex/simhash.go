package memindex

import (
	"math"
	"math/bits"
)

// codeBits is the length of a code.
const codeBits = 256

// code is the SimHash of a vector: the signs of 256 components of the rotated vector. Two
// vectors at an angle a differ in about codeBits·a/π bits.
type code [codeBits / 64]uint64

// distance is the number of bits in which two codes differ.
func (c *code) distance(d *code) int { return c.firstHalf(d) + c.secondHalf(d) }

func (c *code) firstHalf(d *code) int {
	return bits.OnesCount64(c[0]^d[0]) + bits.OnesCount64(c[1]^d[1])
}

func (c *code) secondHalf(d *code) int {
	return bits.OnesCount64(c[2]^d[2]) + bits.OnesCount64(c[3]^d[3])
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
func (r *rotation) code(vector []float32) (c code) {
	x := make([]float32, r.size)
	for i, v := range vector {
		x[i] = v * r.signs[i]
	}
	walshHadamard(x)
	for i, v := range x[:codeBits] {
		if v > 0 {
			c[i/64] |= 1 << (i % 64)
		}
	}
	return c
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
