package cache

import (
	"context"
	"math"
	"strconv"

	"github.com/sluicegate/sluice/gateway"
)

// Embedder turns texts into vectors. Implementations are safe for concurrent use. The
// conformance suite is cachetest.Embedder.
type Embedder interface {
	// Model names the model that makes the vectors. Vectors of different models are never
	// compared.
	Model() string
	// Dim returns the length of the vectors.
	Dim() int
	// Embed returns one vector of length 1 for each text.
	Embed(ctx context.Context, texts []string) ([][]float32, error)
}

// Lexical is an optional interface of an Embedder that runs in this process and sees words, their
// meaning and spelling, but no sentence. Until a group of traffic has taught the cache, a hit then
// requires the same content words in the same order.
type Lexical interface{ Lexical() bool }

// Limited is an optional interface of an Embedder that refuses long texts. The semantic tier does
// not apply to a text that does not fit.
type Limited interface{ Fits(text string) bool }

// CheckVector refuses a vector of another dimension, one with a NaN or an infinity, which
// some engines store silently, and zero, which has no direction. op names the operation in
// the error.
func CheckVector(op string, v []float32, dim int) error {
	fail := func(public string) error {
		return &gateway.Error{Op: op, Kind: gateway.Internal, Param: "vector", Public: public}
	}
	if len(v) != dim {
		return fail("The embedding has " + strconv.Itoa(len(v)) + " dimensions, the index has " + strconv.Itoa(dim) + ".")
	}
	var square float64
	for _, x := range v {
		square += float64(x) * float64(x)
	}
	switch {
	case math.IsNaN(square) || math.IsInf(square, 0):
		return fail("The embedding holds a value that is no number.")
	case square < 1e-12:
		return fail("The embedding is zero.")
	}
	return nil
}
