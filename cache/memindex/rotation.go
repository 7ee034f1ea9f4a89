package memindex

import "math/bits"

// code is the signs of a rotated vector.
type code [4]uint64

// rotation turns vectors at random, but always in the same way, so that the signs of
// the result say about as much as any 256 random hyperplanes: random signs, then a fast
// Hadamard transform. It costs n·log n additions where a matrix costs n².
type rotation struct {
	size  int // a power of two, at least 256 and the dimension
	signs []float32
}

func newRotation(dim int) *rotation {
	r := &rotation{size: 256, signs: make([]float32, dim)}
	for r.size < dim {
		r.size *= 2
	}
	state := uint64(0x5311ce)
	for i := range r.signs {
		state += 0x9e3779b97f4a7c15 // splitmix64
		z := (state ^ state>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		r.signs[i] = 1
		if bits.OnesCount64(z)&1 == 1 {
			r.signs[i] = -1
		}
	}
	return r
}

func (r *rotation) code(v []float32) (c code) {
	var room [512]float32
	x := room[:]
	if r.size > len(room) {
		x = make([]float32, r.size)
	}
	x = x[:r.size]
	for i, f := range v {
		x[i] = f * r.signs[i]
	}
	hadamard(x)
	for i, f := range x[:256] {
		if f > 0 {
			c[i/64] |= 1 << (i % 64)
		}
	}
	return c
}

func hadamard(x []float32) {
	for h := 1; h < len(x); h *= 2 {
		for i := 0; i < len(x); i += 2 * h {
			a, b := x[i:i+h], x[i+h:i+2*h]
			b = b[:len(a)]
			for j, f := range a {
				a[j], b[j] = f+b[j], f-b[j]
			}
		}
	}
}
