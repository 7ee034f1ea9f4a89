package catalog

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/catalog/table"
)

//go:embed models.tsv.gz
var embedded []byte

//go:embed conflicts.txt
var conflicts string

// Row is a price that is not in the embedded table, valid from one day on. Amounts are nano-USD per
// million tokens.
type Row struct {
	Provider, Model, From string // From is a day in UTC, "2026-08-01"
	Input, Output         int64
	Units                 map[gateway.Unit]int64 // of what is priced apart
}

// Catalog is the table of models. It is safe for concurrent use. Which edition it tells of may change
// at any time, by [Catalog.Use].
type Catalog struct {
	extra []string // lines that every edition has
	now   atomic.Pointer[state]
}

// state is one edition. It is immutable.
type state struct {
	edition table.Edition
	lines   map[string][]string // by the model's id; one for each provider, by name
	parsed  sync.Map            // line → *table.Model, for those that somebody asked for
}

// New reads the embedded table and adds the extra rows.
func New(extra ...Row) (*Catalog, error) {
	const op = "catalog.New"
	c := &Catalog{}
	for _, row := range extra {
		if err := check(row); err != nil {
			return nil, fmt.Errorf("%s: %w", op, err)
		}
		p := table.Price{From: row.From, Amounts: table.Amounts{table.Input: row.Input, table.Output: row.Output}}
		for unit, n := range row.Units {
			p.Amounts[table.Unit(unit)] = n
		}
		c.extra = append(c.extra, table.Line(table.Model{Provider: row.Provider, ID: row.Model, Mode: "chat", Prices: []table.Price{p}}))
	}
	edition, err := BuiltIn()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", op, err)
	}
	if err := c.Use(edition); err != nil {
		return nil, fmt.Errorf("%s: %w", op, err)
	}
	return c, nil
}

// BuiltIn reads the embedded table. Its lines are checked by the tests.
func BuiltIn() (table.Edition, error) {
	e := table.Edition{Day: Day}
	z, err := gzip.NewReader(bytes.NewReader(embedded))
	if err != nil {
		return e, err
	}
	var text strings.Builder
	if _, err := io.Copy(&text, z); err != nil {
		return e, err
	}
	e.Models = slices.Collect(withoutEnds(text.String()))
	for line := range withoutEnds(conflicts) {
		if !strings.HasPrefix(line, "#") {
			e.Conflicts = append(e.Conflicts, line)
		}
	}
	return e, nil
}

func withoutEnds(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for line := range strings.Lines(text) {
			if !yield(strings.TrimSuffix(line, "\n")) {
				return
			}
		}
	}
}

// Use makes the catalogue tell of another edition, with the next question that it is asked.
func (c *Catalog) Use(e table.Edition) error {
	s := &state{edition: e, lines: make(map[string][]string, len(e.Models)+len(c.extra))}
	for _, lines := range [][]string{e.Models, c.extra} {
		for _, line := range lines {
			_, id, ok := table.Name(line)
			if !ok {
				return fmt.Errorf("a line of the catalogue names no model: %.80q", line)
			}
			s.lines[id] = append(s.lines[id], line)
		}
	}
	c.now.Store(s)
	return nil
}

// Edition is the one that the catalogue tells of. It must not be changed.
func (c *Catalog) Edition() table.Edition { return c.now.Load().edition }

func check(row Row) error {
	if _, err := time.Parse(time.DateOnly, row.From); err != nil {
		return fmt.Errorf("price of %s/%s: 'from' must be a day, e.g. 2026-08-01", row.Provider, row.Model)
	}
	if row.Provider == "" || row.Model == "" || row.Input < 0 || row.Output < 0 {
		return fmt.Errorf("price of %q/%q: provider and model must be given, prices must not be negative", row.Provider, row.Model)
	}
	return nil
}

// Model returns what is known of a model under exactly this id.
func (c *Catalog) Model(provider, id string) (*table.Model, bool) {
	return c.now.Load().model(provider, id)
}

func (s *state) model(provider, id string) (*table.Model, bool) {
	for _, line := range s.lines[id] {
		if !strings.HasPrefix(line, provider+"\t") {
			continue
		}
		if m, ok := s.parsed.Load(line); ok {
			return m.(*table.Model), true
		}
		m, err := table.Parse(line)
		if err != nil { // every edition is checked before it is used
			return nil, false
		}
		s.parsed.Store(line, &m)
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
	s := c.now.Load()
	for _, id := range ids(provider, model) {
		if m, known := s.model(provider, id); known {
			if price, ok = priceOf(m, s.edition.Day, at); ok {
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
	s := c.now.Load()
	for id := range s.lines {
		m, ok := s.model(provider, id)
		if ok && len(m.Prices) > 0 && (m.Deprecated == "" || m.Deprecated > s.edition.Day) && slices.Contains(callable, m.Mode) && !strings.HasPrefix(id, "ft:") {
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
