package cachetest

import (
	"encoding/binary"
	"math"
	"math/rand/v2"

	"github.com/sluicegate/sluice/cache/key"
)

// Dim is the length of the suite's vectors.
const Dim = 256

// ID returns the n-th digest, never zero.
func ID(n int) (d key.Digest) {
	binary.BigEndian.PutUint64(d[8:], uint64(n)+1)
	return d
}

// Vector returns a vector in a random direction.
func Vector(r *rand.Rand) []float32 {
	v := make([]float32, Dim)
	for i := range v {
		v[i] = float32(r.NormFloat64())
	}
	return v
}

// Near returns a vector of length 1 whose cosine with v is c.
func Near(r *rand.Rand, v []float32, c float64) []float32 {
	w := Vector(r)
	var vv, vw float64
	for i := range v {
		vv += float64(v[i]) * float64(v[i])
		vw += float64(v[i]) * float64(w[i])
	}
	var ww float64
	for i := range w {
		w[i] -= float32(vw / vv * float64(v[i]))
		ww += float64(w[i]) * float64(w[i])
	}
	out := make([]float32, Dim)
	for i := range out {
		out[i] = float32(c*float64(v[i])/math.Sqrt(vv) + math.Sqrt(1-c*c)*float64(w[i])/math.Sqrt(ww))
	}
	return out
}

// Cosine returns the cosine of two vectors of length 1.
func Cosine(a, b []float32) float64 {
	var sum float64
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}
