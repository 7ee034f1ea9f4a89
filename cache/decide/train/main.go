// Command train makes the weights of package decide.
//
//	go run ./cache/decide/train [-data DIR] [-vectors DIR]
//
// It writes cache/decide/weights/NAME.json for each embedder that is at hand: builtin, and
// all-MiniLM-L6-v2 and multilingual-e5-small if they are in the data directory. All it learns from is package suite: streams
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
	"github.com/sluicegate/sluice/cache/decide/replay"
	"github.com/sluicegate/sluice/cache/decide/suite"
	"github.com/sluicegate/sluice/cache/embed"
	"github.com/sluicegate/sluice/cache/embed/model/library"
)

// files are those of the weights that are shipped, by the name of the model, beside builtin.
var files = map[string]string{"all-MiniLM-L6-v2": "minilm.json", "multilingual-e5-small": "e5.json"}

func main() {
	data := flag.String("data", "", "the data directory that has the model")
	vectors := flag.String("vectors", "", "a folder in which embeddings are kept between runs")
	out := flag.String("out", "cache/decide/weights", "where the weights are written")
	flag.Parse()
	if err := run(*data, *vectors, *out); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(data, vectors, out string) error {
	if err := train(embed.Builtin{}, vectors, "builtin-distilled-words", filepath.Join(out, "builtin.json")); err != nil {
		return err
	}
	if data == "" {
		return nil
	}
	installed := library.New(data)
	manifests, err := installed.List()
	if err != nil {
		return err
	}
	for _, manifest := range manifests {
		file, ships := files[manifest.Name]
		if !ships {
			continue
		}
		m, _, err := installed.Open(manifest.Name)
		if err != nil {
			return err
		}
		if err := train(m, vectors, manifest.Name, filepath.Join(out, file)); err != nil {
			return err
		}
	}
	return nil
}

func train(e cache.Embedder, folder, name, path string) error {
	vectors, err := replay.NewVectors(e, folder)
	if err != nil {
		return err
	}
	c := &corpus{context.Background(), vectors}
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
