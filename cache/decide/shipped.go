package decide

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
)

//go:embed weights
var weights embed.FS

// file is a file of weights, as the program in train writes it.
type file struct {
	Embedder string             `json:"embedder"` // beginning of its name
	Scale    Scale              `json:"scale"`
	Bias     float64            `json:"bias"`
	Weights  map[string]float64 `json:"weights"` // by the name of the feature
}

type named struct {
	embedder string
	model    *Model
}

// shipped are the models that this release has.
var shipped = sync.OnceValue(func() []named {
	return []named{read("builtin.json"), read("minilm.json"), read("e5.json")}
})

// careful is the model for all other embedders: it takes each for one whose unrelated questions
// are near each other.
var careful = sync.OnceValue(func() *Model {
	return read("minilm.json").model.with(Scale{.75, .95})
})

// read reads a file of weights. The files are part of the program, so a mistake in one is a
// panic.
func read(name string) named {
	b, err := weights.ReadFile("weights/" + name)
	var f file
	if err == nil {
		err = json.Unmarshal(b, &f)
	}
	if err != nil {
		panic(err)
	}
	m := &Model{scale: f.Scale, bias: f.Bias}
	for feature, weight := range f.Weights {
		i := slices.Index(featureNames[:], feature)
		if i < 0 {
			panic(fmt.Sprintf("%s: unknown feature %q", name, feature))
		}
		m.weights[i] = weight
	}
	return named{f.Embedder, m}
}
