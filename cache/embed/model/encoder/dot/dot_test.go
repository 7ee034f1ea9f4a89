package dot

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestSumsAreThoseOfThePlainForm compares the chosen form with the plain one on random rows and
// on the extremes that the encoder makes.
func TestSumsAreThoseOfThePlainForm(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for n := 0; n <= 2048; n += Lanes {
		limit := 1<<31/(128*max(n, 1)) - 1
		limit = min(limit, 32767)
		fills := map[string]func() (int8, int16){
			"random": func() (int8, int16) {
				return int8(random.IntN(256) - 128), int16(random.IntN(2*limit+1) - limit)
			},
			"largest":  func() (int8, int16) { return 127, int16(limit) },
			"smallest": func() (int8, int16) { return -128, int16(limit) },
		}
		for name, fill := range fills {
			w, x := make([]int8, n), make([]int16, Rows*n)
			for i := range x {
				v, value := fill()
				x[i] = value
				if i < n {
					w[i] = v
				}
			}
			var plain [Rows]int32
			fourPlain(&plain, w, x)
			if got := Four(w, x); got != plain {
				t.Fatalf("%s rows of %d: %v, the plain form gives %v", name, n, got, plain)
			}
			for r, sum := range plain {
				if want := wide(w, x[r*n:][:n]); int64(sum) != want {
					t.Fatalf("%s row of %d: %d, want %d", name, n, sum, want)
				}
			}
		}
	}
}

func wide(w []int8, x []int16) (sum int64) {
	for i := range w {
		sum += int64(w[i]) * int64(x[i])
	}
	return sum
}

// TestWrongLengthsPanic keeps the assembly inside the slices.
func TestWrongLengthsPanic(t *testing.T) {
	for _, lengths := range [][2]int{{15, 60}, {16, 63}, {16, 65}, {32, 64}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%v did not panic", lengths)
				}
			}()
			Four(make([]int8, lengths[0]), make([]int16, lengths[1]))
		}()
	}
}

func BenchmarkFour(b *testing.B) {
	w, x := slices.Repeat([]int8{3}, 384), slices.Repeat([]int16{5}, 4*384)
	for b.Loop() {
		Four(w, x)
	}
}

func BenchmarkFourPlain(b *testing.B) {
	w, x := slices.Repeat([]int8{3}, 384), slices.Repeat([]int16{5}, 4*384)
	var sums [Rows]int32
	for b.Loop() {
		fourPlain(&sums, w, x)
	}
}
