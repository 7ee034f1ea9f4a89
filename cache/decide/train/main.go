// Command train makes the weights of package decide.
//
//	go run ./cache/decide/train [-data DIR] [-vectors DIR] [-check]
//
// It writes cache/decide/weights/NAME.json for each embedder that is at hand: builtin, and
// all-MiniLM-L6-v2 and multilingual-e5-small if they are in the data directory. With -check it writes
// nothing, and fails if a file is not what it would write.
//
// All it learns from is package suite: streams of questions past a cache, in which neighbours have a
// history, and pairs, in which they have none. What is held out there is not trained on, and measured
// at the end.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
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

type options struct {
	data, vectors, weights string
	check                  bool
}

func main() {
	var o options
	flag.StringVar(&o.data, "data", "", "the data directory that has the models")
	flag.StringVar(&o.vectors, "vectors", "", "a folder in which embeddings are kept between runs")
	flag.StringVar(&o.weights, "weights", "cache/decide/weights", "the folder of the weights")
	flag.BoolVar(&o.check, "check", false, "compare the files with what would be written, and write nothing")
	flag.Parse()
	if err := run(o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(o options, out io.Writer) error {
	if err := ship(embed.Builtin{}, "builtin-distilled-words", "builtin.json", o, out); err != nil {
		return err
	}
	if o.data == "" {
		return nil
	}
	installed := library.New(o.data)
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
		if err := ship(m, manifest.Name, file, o, out); err != nil {
			return err
		}
	}
	return nil
}

// ship trains the weights for an embedder, and writes their file or compares it.
func ship(e cache.Embedder, name, file string, o options, out io.Writer) error {
	vectors, err := replay.NewVectors(e, o.vectors)
	if err != nil {
		return err
	}
	trained, err := train(&corpus{context.Background(), vectors}, name, o.check, out)
	if err != nil {
		return err
	}
	return settle(filepath.Join(o.weights, file), trained, o.check)
}

// settle writes a file, or reports that it has another content.
func settle(path string, trained []byte, check bool) error {
	if !check {
		return os.WriteFile(path, trained, 0o644)
	}
	shipped, err := os.ReadFile(path)
	if err == nil && !bytes.Equal(shipped, trained) {
		err = fmt.Errorf("%s is not what the training writes: train again, without -check", path)
	}
	return err
}

// train returns the file of the weights for one embedder. Quietly it measures and prints nothing.
func train(c *corpus, name string, quietly bool, out io.Writer) ([]byte, error) {
	training, measuring := halves(suite.Needs())
	scale, err := c.scale(suite.Pairs(training, 8, rand.New(rand.NewPCG(1, 1))))
	if err != nil {
		return nil, err
	}
	examples, err := c.examples(training, scale, 2)
	if err != nil {
		return nil, err
	}
	weights, bias := fit(examples)
	if quietly {
		return encoded(name, scale, weights, bias)
	}
	held, err := c.examples(measuring, scale, 3)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(out, "%s: scale %.3f to %.3f, %d examples\n", name, scale.Unrelated, scale.Paraphrase, len(examples))
	for i, w := range weights {
		fmt.Fprintf(out, "  %-36s %7.2f\n", decide.FeatureNames()[i], w)
	}
	fmt.Fprintf(out, "  bias %.2f\n  trained: %s\n  held out: %s\n", bias, measure(examples, weights, bias), measure(held, weights, bias))
	return encoded(name, scale, weights, bias)
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

func encoded(name string, scale decide.Scale, weights []float64, bias float64) ([]byte, error) {
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
	return append(b, '\n'), err
}
