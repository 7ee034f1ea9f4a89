package decide_test

import (
	"context"
	"testing"

	"github.com/sluicegate/sluice/cache/decide"
	"github.com/sluicegate/sluice/cache/embed"
)

// squeezed is an embedder whose similarities all lie between .8 and 1, as those of some models do.
type squeezed struct{}

func (squeezed) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	vectors, err := embed.Builtin{}.Embed(ctx, texts)
	for i, v := range vectors {
		for j := range v {
			v[j] *= .4472 // √.2
		}
		vectors[i] = append(v, .8944) // √.8
	}
	return vectors, err
}

// TestMeasure holds that a probability means the same for two embedders that differ in scale
// only, and that an embedder that tells nothing apart is refused.
func TestMeasure(t *testing.T) {
	ctx := context.Background()
	plain, err := decide.Measure(ctx, embed.Builtin{})
	if err != nil {
		t.Fatal(err)
	}
	narrow, err := decide.Measure(ctx, squeezed{})
	if err != nil {
		t.Fatal(err)
	}
	for _, similarity := range []float64{.5, .7, .9, .99} {
		near := []decide.Neighbour{{Similarity: similarity, Text: "How can I reset the password?"}}
		want := plain.Decide("How do I reset my password?", near)[0].Probability
		near[0].Similarity = .8 + .2*similarity
		if got := narrow.Decide("How do I reset my password?", near)[0].Probability; got-want > .01 || want-got > .01 {
			t.Errorf("at %v: %v, squeezed %v", similarity, want, got)
		}
	}
	if _, err := decide.Measure(ctx, constant{}); err == nil {
		t.Error("an embedder of one vector was taken")
	}
}

type constant struct{}

func (constant) Embed(_ context.Context, texts []string) ([][]float32, error) {
	vectors := make([][]float32, len(texts))
	for i := range vectors {
		vectors[i] = []float32{1}
	}
	return vectors, nil
}
