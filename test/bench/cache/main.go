// Command cache measures how often the semantic cache answers, and how often wrongly.
//
//	make bench-cache CLINC=FILE
//
// FILE is the full data set of CLINC150 (clinc_oos, CC BY 3.0), which is not part of Sluice. Two
// questions with one intent count as having the same answer; each question without an intent
// has an answer of its own. A stream of questions drawn at random meets an empty cache.
//
// It compares three policies, with each embedder that is at hand:
//
//	static   one similarity for all questions
//	vCache   a decision per stored question that keeps an error rate (arXiv 2502.03771),
//	         written anew from its formulas
//	ours     packages decide and promise, which learn from the answers of misses and from a
//	         few checked hits as they come
//
// and then, on pairs of questions that differ in one thing each, which of them are served.
// With -scale it measures a full cache instead: lookups, memory, snapshot and restart.
// Everything but times follows from the seed.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
)

type options struct {
	clinc, data, vectors string
	embedder             string
	count                int
	seed                 uint64
	orders               int
	scale                bool
}

func main() {
	var o options
	flag.StringVar(&o.clinc, "clinc", "", "data_full.json of CLINC150")
	flag.StringVar(&o.data, "data", "", "data directory with an embedding model; without it, only builtin is measured")
	flag.StringVar(&o.vectors, "vectors", "", "folder in which embeddings are kept between runs")
	flag.StringVar(&o.embedder, "embedder", "", "measure only the embedder whose name begins so")
	flag.IntVar(&o.count, "count", 12000, "questions of the stream")
	flag.Uint64Var(&o.seed, "seed", 1, "of everything random")
	flag.IntVar(&o.orders, "orders", 3, "further orders of each stream, in which the promise must hold")
	flag.BoolVar(&o.scale, "scale", false, "measure lookups, memory and restarts of a full cache instead")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	if o.scale {
		return runScale(ctx, o)
	}
	embedders, err := openEmbedders(o)
	if err != nil {
		return err
	}
	for _, e := range embedders {
		if !strings.HasPrefix(e.Model(), o.embedder) {
			continue
		}
		if o.clinc != "" {
			questions, err := readCLINC(o)
			if err != nil {
				return err
			}
			if err := runStream(ctx, "CLINC150", e, questions, o); err != nil {
				return err
			}
		}
		if err := runStream(ctx, "own stream, held-out half", e, ownStream(o), o); err != nil {
			return err
		}
		if err := runPairs(ctx, e, o); err != nil {
			return err
		}
	}
	return nil
}
