// Command train makes the weights of package decide.
//
//	go run ./cache/decide/train [-data DIR]
//
// It writes cache/decide/weights/NAME.json for each embedder that is at hand: builtin, and
// all-MiniLM-L6-v2 if it is in the data directory. All it learns from is package suite: streams
// of questions past a cache, in which neighbours have a history, and pairs, in which they have
// none. What is held out there is not trained on; the figures that are printed are those of the
// held-out half.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/cache/decide"
	"github.com/sluicegate/sluice/cache/decide/suite"
	"github.com/sluicegate/sluice/cache/embed"
	"github.com/sluicegate/sluice/cache/embed/model/library"
)

func main() {
	data := flag.String("data", "", "the data directory that has the model")
	out := flag.String("out", "cache/decide/weights", "where the weights are written")
	flag.Parse()
	if err := run(*data, *out); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(data, out string) error {
	if err := train(embed.Builtin{}, "builtin-hashed-words", filepath.Join(out, "builtin.json")); err != nil {
		return err
	}
	if data == "" {
		return nil
	}
	m, manifest, err := library.New(data).Open("all-MiniLM-L6-v2")
	if err != nil {
		return err
	}
	return train(m, manifest.Name, filepath.Join(out, "minilm.json"))
}

func train(e cache.Embedder, name, path string) error {
	c := &corpus{embedder: e, vectors: map[string][]float32{}}
	training, measuring := halves(suite.Needs())
	scale, err := c.scale(suite.Pairs(training, 8, rand.New(rand.NewPCG(1, 1))))
	if err != nil {
		return err
	}
	examples, err := c.examples(training, scale, 2)
	if err != nil {
		return err
	}
	held, err := c.examples(measuring, scale, 3)
	if err != nil {
		return err
	}
	weights, bias := fit(examples)
	fmt.Printf("%s: scale %.3f to %.3f, %d examples\n", name, scale.Unrelated, scale.Paraphrase, len(examples))
	for i, w := range weights {
		fmt.Printf("  %-36s %7.2f\n", decide.FeatureNames()[i], w)
	}
	fmt.Printf("  bias %.2f\n  trained: %s\n  held out: %s\n", bias, measure(examples, weights, bias), measure(held, weights, bias))
	return write(path, name, scale, weights, bias)
}

func halves(needs []suite.Need) (training, measuring []suite.Need) {
	for _, n := range needs {
		if n.HeldOut {
			measuring = append(measuring, n)
		} else {
			training = append(training, n)
		}
	}
	return training, measuring
}

func write(path, name string, scale decide.Scale, weights []float64, bias float64) error {
	file := struct {
		Embedder string             `json:"embedder"`
		Scale    decide.Scale       `json:"scale"`
		Bias     float64            `json:"bias"`
		Weights  map[string]float64 `json:"weights"`
	}{name, rounded(scale), round(bias), map[string]float64{}}
	for i, w := range weights {
		if w != 0 {
			file.Weights[decide.FeatureNames()[i]] = round(w)
		}
	}
	b, err := json.MarshalIndent(file, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(b, '\n'), 0o644)
}

// corpus embeds each text once.
type corpus struct {
	embedder cache.Embedder
	vectors  map[string][]float32
}

func (c *corpus) embed(texts ...string) error {
	const batch = 64
	var missing []string
	for _, t := range texts {
		if _, known := c.vectors[t]; !known {
			c.vectors[t] = nil
			missing = append(missing, t)
		}
	}
	for len(missing) > 0 {
		n := min(batch, len(missing))
		vectors, err := c.embedder.Embed(context.Background(), missing[:n])
		if err != nil {
			return err
		}
		for i, v := range vectors {
			c.vectors[missing[i]] = v
		}
		missing = missing[n:]
	}
	return nil
}
