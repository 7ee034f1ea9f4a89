package memindex

import (
	"math"
	"math/bits"
)

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

func (r *rotation) code(v []float32) code {
	if r.size == 256 {
		var room [256]float32
		r.scatter(room[:], v)
		return shortCode(&room)
	}
	x := make([]float32, r.size)
	r.scatter(x, v)
	hadamard(x)
	return code{word(x), word(x[64:]), word(x[128:]), word(x[192:])}
}

func (r *rotation) scatter(x, v []float32) {
	signs := r.signs[:len(v)]
	for i, f := range v {
		x[i] = f * signs[i]
	}
}

// shortCode does the last two levels of 256 numbers together with the reading of their signs:
// the numbers themselves are wanted no more.
func shortCode(x *[256]float32) code {
	for i := 0; i < len(x); i += 64 {
		hadamard(x[i : i+64])
	}
	var c0, c1, c2, c3 uint64
	for j := range 64 {
		p, q, r, s := x[j], x[j+64], x[j+128], x[j+192]
		p, q = p+q, p-q
		r, s = r+s, r-s
		c0, c1, c2, c3 = push(c0, p+r), push(c1, q+s), push(c2, p-r), push(c3, q-s)
	}
	return code{c0, c1, c2, c3}
}

func word(x []float32) (w uint64) {
	for _, f := range x[:64] {
		w = push(w, f)
	}
	return w
}

// push puts a bit in front of w, which loses its last one. It is set where f > 0, without a
// branch.
func push(w uint64, f float32) uint64 {
	return w>>1 | uint64(-int64(int32(math.Float32bits(f))))&(1<<63)
}

// hadamard does two levels in one round, so that every number is read and written half
// as often; an odd last level is done by itself. The length is a power of two, at least 64.
func hadamard(x []float32) {
	for y := x; len(y) >= 16; y = y[16:] {
		sixteen((*[16]float32)(y))
	}
	h := 16
	for ; 4*h <= len(x); h *= 4 {
		for i := 0; i < len(x); i += 4 * h {
			quarter(x[i:i+h], x[i+h:i+2*h], x[i+2*h:i+3*h], x[i+3*h:i+4*h])
		}
	}
	if h < len(x) {
		a, b := x[:h], x[h:]
		b = b[:len(a)]
		for j, f := range a {
			a[j], b[j] = f+b[j], f-b[j]
		}
	}
}

// sixteen does the first four levels, two and two.
func sixteen(x *[16]float32) {
	for i := 0; i < 16; i += 4 {
		p, q, r, s := x[i], x[i+1], x[i+2], x[i+3]
		p, q = p+q, p-q
		r, s = r+s, r-s
		x[i], x[i+1], x[i+2], x[i+3] = p+r, q+s, p-r, q-s
	}
	for i := range 4 {
		p, q, r, s := x[i], x[i+4], x[i+8], x[i+12]
		p, q = p+q, p-q
		r, s = r+s, r-s
		x[i], x[i+4], x[i+8], x[i+12] = p+r, q+s, p-r, q-s
	}
}

func quarter(a, b, c, d []float32) {
	b, c, d = b[:len(a)], c[:len(a)], d[:len(a)]
	for j, p := range a {
		q, r, s := b[j], c[j], d[j]
		p, q = p+q, p-q
		r, s = r+s, r-s
		a[j], b[j], c[j], d[j] = p+r, q+s, p-r, q-s
	}
}
