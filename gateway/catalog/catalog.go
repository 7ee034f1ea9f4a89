package catalog

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

//go:embed prices.json
var table []byte

// Row is one price, valid from one day on. Amounts are nano-USD per million tokens. A nil
// cache price means the price of Input.
type Row struct {
	Provider   string `json:"provider"`
	Model      string `json:"model"`
	From       string `json:"from"` // "2026-08-01", UTC
	Input      int64  `json:"input"`
	Output     int64  `json:"output"`
	CacheRead  *int64 `json:"cache_read,omitempty"`
	CacheWrite *int64 `json:"cache_write,omitempty"`
	Source     string `json:"source"`
}

// Catalog is the price table. It is immutable and safe for concurrent use.
type Catalog struct {
	prices    map[ref][]dated // newest first
	models    map[string][]string
	vendors   []string                    // sorted
	maxOutput map[string]map[string]int64 // provider → model → tokens
}

type ref struct{ provider, model string }

type dated struct {
	from  time.Time
	price gateway.Price
}

// New parses the embedded table and adds the extra rows, which replace rows of the same
// provider, model and day.
func New(extra ...Row) (*Catalog, error) {
	const op = "catalog.New"
	var file struct {
		Sources map[string]string `json:"sources"`
		Rows    []Row             `json:"rows"`
	}
	if err := json.Unmarshal(table, &file); err != nil {
		return nil, fmt.Errorf("%s: read the price table: %w", op, err)
	}
	limits, err := readMaxOutput()
	if err != nil {
		return nil, fmt.Errorf("%s: read the table of output limits: %w", op, err)
	}
	c := &Catalog{prices: map[ref][]dated{}, models: map[string][]string{}, maxOutput: limits}
	for _, row := range append(file.Rows, extra...) {
		if err := c.add(row); err != nil {
			return nil, fmt.Errorf("%s: %w", op, err)
		}
	}
	for _, names := range c.models {
		sort.Strings(names)
	}
	c.vendors = slices.Sorted(maps.Keys(c.models))
	return c, nil
}

func (c *Catalog) add(row Row) error {
	from, err := time.Parse(time.DateOnly, row.From)
	if err != nil {
		return fmt.Errorf("price of %s/%s: 'from' must be a day, e.g. 2026-08-01", row.Provider, row.Model)
	}
	if row.Provider == "" || row.Model == "" || row.Input < 0 || row.Output < 0 {
		return fmt.Errorf("price of %q/%q: provider and model must be given, prices must not be negative", row.Provider, row.Model)
	}
	key := ref{row.Provider, row.Model}
	list := c.prices[key]
	if list == nil {
		c.models[row.Provider] = append(c.models[row.Provider], row.Model)
	}
	d := dated{from, gateway.Price{Input: row.Input, Output: row.Output, CacheRead: row.CacheRead, CacheWrite: row.CacheWrite,
		Version: row.Provider + "/" + row.Model + "@" + row.From}}
	for i := range list {
		if list[i].from.Equal(from) {
			list[i] = d
			return nil
		}
	}
	list = append(list, d)
	sort.Slice(list, func(i, j int) bool { return list[i].from.After(list[j].from) })
	c.prices[key] = list
	return nil
}

// Price returns the price of a model at a time; ok is false if it is unknown.
func (c *Catalog) Price(provider, model string, at time.Time) (price gateway.Price, ok bool) {
	for _, id := range ids(provider, model) {
		if price, ok = c.at(provider, id, at); ok {
			return price, true
		}
	}
	return gateway.Price{}, false
}

// ids are the ids under which a model may stand in the tables, its own first.
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

func (c *Catalog) at(provider, model string, at time.Time) (gateway.Price, bool) {
	for _, d := range c.prices[ref{provider, model}] {
		if !at.Before(d.from) {
			return d.price, true
		}
	}
	return gateway.Price{}, false
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

// Models lists the priced models of a provider by id, without the base models of
// fine-tuning.
func (c *Catalog) Models(provider string) []string {
	var out []string
	for _, m := range c.models[provider] {
		if !strings.HasPrefix(m, "ft:") {
			out = append(out, m)
		}
	}
	return out
}
