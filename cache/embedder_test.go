package cache

import (
	"math"
	"testing"
)

// TestCheckVector puts values that must be refused at each place of short vectors.
func TestCheckVector(t *testing.T) {
	for n := 1; n < 12; n++ {
		for at := range n {
			for x, ok := range map[float32]bool{
				0: false, 1e-7: false, 1: true, -3: true, math.MaxFloat32: true,
				float32(math.NaN()): false, float32(math.Inf(1)): false, float32(math.Inf(-1)): false,
			} {
				v := make([]float32, n)
				v[at] = x
				if err := CheckVector("op", v, n); (err == nil) != ok {
					t.Errorf("%v: %v", v, err)
				}
			}
		}
		if CheckVector("op", make([]float32, n), n+1) == nil {
			t.Error("another length was taken")
		}
	}
}
