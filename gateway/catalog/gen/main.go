// Command gen writes the catalogue's table of models from three Python packages, which are read as
// the archives that `pip download --no-deps` brings:
//
//	litellm       the map of models: breadth, capabilities, limits, prices of today (MIT licence,
//	              Copyright (c) 2023 Berri AI)
//	genai-prices  the overlay: prices by date and service tier (MIT licence, Copyright (c) 2025
//	              Pydantic Services Inc.)
//	model-prices  the history: what models.dev told on which day (MIT licence, Copyright (c) 2026
//	              wakamex; models.dev: MIT licence, Copyright (c) 2025 opencode)
//
// Where litellm and genai-prices tell different prices for one model today, the overlay's is used and
// the conflict is written into conflicts.txt. A conflict that is not in that file yet stops the
// generator, unless -accept is given: somebody must look at it.
//
//	go run ./gen -day 2026-11-28 [-accept] litellm-1.110.2-….whl genai_prices-0.2.3-….whl model_prices-0.0.5-….whl
package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"

	"github.com/sluicegate/sluice/gateway/catalog/table"
)

func main() {
	day := flag.String("day", "", "the day of the prices that the packages tell, 2026-11-28")
	accept := flag.Bool("accept", false, "write new conflicts into conflicts.txt instead of stopping")
	flag.Parse()
	if err := run(*day, *accept, flag.Args()); err != nil {
		panic(err)
	}
}

func run(day string, accept bool, archives []string) error {
	if day == "" || len(archives) != 3 {
		return errors.New("usage: gen -day DAY LITELLM GENAI_PRICES MODEL_PRICES")
	}
	base, err := readLiteLLM(archives[0])
	if err != nil {
		return err
	}
	overlay, err := readGenaiPrices(archives[1])
	if err != nil {
		return err
	}
	history, err := readModelPrices(archives[2])
	if err != nil {
		return err
	}
	models, conflicts := merge(base, overlay, history, day)
	if err := writeConflicts(conflicts, accept); err != nil {
		return err
	}
	return writeModels(models)
}

func writeConflicts(conflicts []string, accept bool) error {
	const name = "conflicts.txt"
	listed, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	var fresh []string
	for _, c := range conflicts {
		if !strings.Contains(string(listed), c+"\n") {
			fresh = append(fresh, c)
		}
	}
	if len(fresh) > 0 && !accept {
		return fmt.Errorf("%d conflicts are not in %s; look at them, then run again with -accept:\n%s", len(fresh), name, strings.Join(fresh, "\n"))
	}
	head := "# Models for which the two sources tell different prices: input/output in USD per million tokens.\n# The second one is used.\n"
	return os.WriteFile(name, []byte(head+strings.Join(conflicts, "\n")+"\n"), 0o644)
}

func writeModels(models []table.Model) error {
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return err
	}
	for _, m := range models {
		if _, err := fmt.Fprintln(z, table.Line(m)); err != nil {
			return err
		}
	}
	if err := z.Close(); err != nil {
		return err
	}
	return os.WriteFile("models.tsv.gz", out.Bytes(), 0o644)
}
