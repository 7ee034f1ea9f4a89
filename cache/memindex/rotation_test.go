package memindex

import (
	"math"
	"math/rand/v2"
	"testing"
)

// slowCode is the signs of a rotated vector, one level after the other.
func slowCode(r *rotation, v []float32) (c code) {
	x := make([]float32, r.size)
	for i, f := range v {
		x[i] = f * r.signs[i]
	}
	for h := 1; h < len(x); h *= 2 {
		for i := 0; i < len(x); i += 2 * h {
			for j := i; j < i+h; j++ {
				x[j], x[j+h] = x[j]+x[j+h], x[j]-x[j+h]
			}
		}
	}
	for i, f := range x[:256] {
		if f > 0 {
			c[i/64] |= 1 << (i % 64)
		}
	}
	return c
}

func TestCode(t *testing.T) {
	rng := rand.New(rand.NewPCG(17, 18))
	for _, dim := range []int{1, 3, 100, 256, 257, 384, 512, 1024, 1536} {
		r := newRotation(dim)
		v := make([]float32, dim)
		for range 50 {
			for i := range v { // many zeros, and whole numbers, whose sums are often zero
				v[i] = 0
				switch rng.IntN(3) {
				case 0:
					v[i] = float32(rng.IntN(5) - 2)
				case 1:
					v[i] = float32(rng.NormFloat64())
				}
			}
			if got, want := r.code(v), slowCode(r, v); got != want {
				t.Fatalf("%d dimensions: %x, want %x", dim, got, want)
			}
			for i := range v {
				v[i] = float32(rng.IntN(3)-1) * float32(math.Copysign(1, rng.Float64()-.5))
			}
			if got, want := r.code(v), slowCode(r, v); got != want {
				t.Fatalf("%d dimensions: %x, want %x", dim, got, want)
			}
		}
	}
}

func BenchmarkCode(b *testing.B) {
	rng := rand.New(rand.NewPCG(17, 18))
	v := make([]float32, 256)
	for i := range v {
		v[i] = float32(rng.NormFloat64())
	}
	r := newRotation(len(v))
	for b.Loop() {
		r.code(v)
	}
}

// far must find what a look at each head finds.
func TestFar(t *testing.T) {
	rng := rand.New(rand.NewPCG(19, 20))
	for range 20_000 {
		heads := make([]half, rng.IntN(11))
		for i := range heads {
			for range 20 { // differs in fewer than 20 bits from 0
				bit := rng.IntN(128)
				heads[i][bit/64] |= 1 << (bit % 64)
			}
		}
		near := 14 + rng.IntN(6)
		want := 0
		for want < len(heads) && ones(heads[want]) > near {
			want++
		}
		if got := far(heads, 0, 0, near); got != want {
			t.Fatalf("%x, %d bits: %d, want %d", heads, near, got, want)
		}
	}
}

func ones(h half) (n int) {
	for _, w := range h {
		for ; w != 0; w &= w - 1 {
			n++
		}
	}
	return n
}

// The bounds of the least and the greatest cosine, and of those beyond, are all bits and none.
func TestBounds(t *testing.T) {
	for cosine, want := range map[float32]int32{-2: 256, -1: 256, 1: 1, 1.5: 1} {
		if got := bound(differing(cosine), 256, 5); got != want {
			t.Errorf("%v: %d, want %d", cosine, got, want)
		}
	}
	if a, b := bound(differing(.9), 256, 5), bound(differing(.9), 128, 4); a != 66 || b != 36 {
		t.Errorf("%d of 256 bits, %d of 128", a, b)
	}
}
