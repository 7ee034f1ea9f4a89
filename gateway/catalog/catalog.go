package catalog

import (
	"bufio"
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/catalog/table"
)

//go:embed models.tsv.gz
var embedded []byte

// Row is a price that is not in the embedded table, valid from one day on. Amounts are nano-USD per
// million tokens.
type Row struct {
	Provider, Model, From string // From is a day in UTC, "2026-08-01"
	Input, Output         int64
}

// Catalog is the table of models. It is immutable and safe for concurrent use.
type Catalog struct {
	lines  map[string][]string // of the table, by the model's id; one for each provider, by name
	parsed sync.Map            // line → *table.Model, for those that somebody asked for
}

// New reads the embedded table and adds the extra rows.
func New(extra ...Row) (*Catalog, error) {
	const op = "catalog.New"
	z, err := gzip.NewReader(bytes.NewReader(embedded))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", op, err)
	}
	var text strings.Builder
	if _, err := io.Copy(&text, bufio.NewReader(z)); err != nil {
		return nil, fmt.Errorf("%s: %w", op, err)
	}
	c := &Catalog{lines: make(map[string][]string, strings.Count(text.String(), "\n"))}
	for line := range strings.Lines(text.String()) {
		if err := c.add(strings.TrimSuffix(line, "\n")); err != nil {
			return nil, fmt.Errorf("%s: %w", op, err)
		}
	}
	for _, row := range extra {
		if err := check(row); err != nil {
			return nil, fmt.Errorf("%s: %w", op, err)
		}
		p := table.Price{From: row.From, Amounts: table.Amounts{table.Input: row.Input, table.Output: row.Output}}
		if err := c.add(table.Line(table.Model{Provider: row.Provider, ID: row.Model, Mode: "chat", Prices: []table.Price{p}})); err != nil {
			return nil, fmt.Errorf("%s: %w", op, err)
		}
	}
	return c, nil
}

func check(row Row) error {
	if _, err := time.Parse(time.DateOnly, row.From); err != nil {
		return fmt.Errorf("price of %s/%s: 'from' must be a day, e.g. 2026-08-01", row.Provider, row.Model)
	}
	if row.Provider == "" || row.Model == "" || row.Input < 0 || row.Output < 0 {
		return fmt.Errorf("price of %q/%q: provider and model must be given, prices must not be negative", row.Provider, row.Model)
	}
	return nil
}

func (c *Catalog) add(line string) error {
	_, id, ok := table.Name(line)
	if !ok {
		return fmt.Errorf("a line of the catalogue names no model: %.80q", line)
	}
	c.lines[id] = append(c.lines[id], line)
	return nil
}

// Model returns what is known of a model under exactly this id.
func (c *Catalog) Model(provider, id string) (*table.Model, bool) {
	for _, line := range c.lines[id] {
		if !strings.HasPrefix(line, provider+"\t") {
			continue
		}
		if m, ok := c.parsed.Load(line); ok {
			return m.(*table.Model), true
		}
		m, err := table.Parse(line)
		if err != nil { // the tests parse each line
			return nil, false
		}
		c.parsed.Store(line, &m)
		return &m, true
	}
	return nil, false
}

// Find returns what is known of a model under its id, else under the id without its date; see the
// package comment.
func (c *Catalog) Find(provider, model string) (*table.Model, bool) {
	for _, id := range ids(provider, model) {
		if m, ok := c.Model(provider, id); ok {
			return m, true
		}
	}
	return nil, false
}

// Price returns the price of a model at a time; ok is false if it is unknown.
func (c *Catalog) Price(provider, model string, at time.Time) (price gateway.Price, ok bool) {
	for _, id := range ids(provider, model) {
		if m, known := c.Model(provider, id); known {
			if price, ok = priceOf(m, at); ok {
				return price, true
			}
		}
	}
	return gateway.Price{}, false
}

// MaxOutput is the most output tokens of one answer of a model; ok is false when that is
// not known.
func (c *Catalog) MaxOutput(provider, model string) (tokens int64, ok bool) {
	for _, id := range ids(provider, model) {
		if m, known := c.Model(provider, id); known && m.MaxOutput > 0 && slices.Contains(inWords, m.Mode) {
			return m.MaxOutput, true
		}
	}
	return 0, false
}

// inWords are the modes of models that answer in text.
var inWords = []string{"chat", "responses", "completion"}

// callable are the modes of models that Sluice has a route for.
var callable = append([]string{"embedding"}, inWords...)

// Models lists the models of a provider that can be called and have a price, by id: without those that
// the vendor has ended, and without the base models of fine-tuning.
func (c *Catalog) Models(provider string) []string {
	var out []string
	for id := range c.lines {
		m, ok := c.Model(provider, id)
		if ok && len(m.Prices) > 0 && (m.Deprecated == "" || m.Deprecated > Day) && slices.Contains(callable, m.Mode) && !strings.HasPrefix(id, "ft:") {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// ids are the ids under which a model may stand in the table, its own first.
func ids(provider, model string) []string {
	list := []string{model}
	if rest, tuned := strings.CutPrefix(model, "ft:"); tuned {
		base, _, _ := strings.Cut(rest, ":")
		model = "ft:" + base
		list = append(list, model)
	}
	if base, found := undated(model); found {
		return append(list, base)
	}
	if base, found := strings.CutSuffix(model, "-latest"); found && provider == "anthropic" {
		list = append(list, base)
	}
	return list
}

// undated removes the snapshot date from a model id: -2026-01-31 or -20260131.
func undated(model string) (string, bool) {
	for _, form := range []string{"-2006-01-02", "-20060102"} {
		cut := len(model) - len(form)
		if cut <= 0 || model[cut] != '-' {
			continue
		}
		if _, err := time.Parse(form, model[cut:]); err == nil {
			return model[:cut], true
		}
	}
	return "", false
}
