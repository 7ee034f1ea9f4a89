package memindex

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestCode compares distances of codes with the angles of their vectors, at the dimensions of
// usual embedders.
func TestCode(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 18))
	for _, dim := range []int{3, 100, 256, 257, 384, 1024, 1536} {
		rot := newRotation(dim)
		for range 50 {
			a, b := make([]float32, dim), make([]float32, dim)
			var ab, aa, bb float64
			mix := r.Float64()
			for i := range a {
				x, y := r.NormFloat64(), r.NormFloat64()
				a[i], b[i] = float32(x), float32(mix*x+(1-mix)*y)
				ab += float64(a[i]) * float64(b[i])
				aa += float64(a[i]) * float64(a[i])
				bb += float64(b[i]) * float64(b[i])
			}
			ca, cb := rot.code(a), rot.code(b)
			cosine := ab / math.Sqrt(aa*bb)
			for bits, got := range map[float64]int{codeBits: ca.distance(&cb), codeBits / 2: ca.firstHalf(&cb)} {
				if most := maxDistance(float32(cosine), bits); dim >= 100 && got > most {
					t.Errorf("%d dimensions, cosine %f: %d of %v bits, more than %d", dim, cosine, got, bits, most)
				}
			}
			for i := range b {
				b[i] = a[i] * 1000
			}
			if cb = rot.code(b); ca != cb {
				t.Errorf("%d dimensions: the length of a vector changes its code", dim)
			}
		}
	}
}

// TestMaxDistance checks the least and the greatest cosine, and rounding beyond them.
func TestMaxDistance(t *testing.T) {
	for cosine, want := range map[float32]int{-2: 256, -1: 256, 1: 1, 1.5: 1, .9: 66} {
		if got := maxDistance(cosine, codeBits); got != want {
			t.Errorf("%v: %d, want %d", cosine, got, want)
		}
	}
}
