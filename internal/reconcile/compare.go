package reconcile

import (
	"cmp"
	"slices"
	"strings"
)

// Difference is an amount of a group on which the sides do not agree.
type Difference struct {
	Day   string `json:"day"`
	Model string `json:"model"`
	Key   string `json:"key,omitempty"`
	// Kind is "missing" (the vendor tells of it, no row does), "extra" (rows tell of it, the vendor
	// does not) or "amount".
	Kind   string `json:"kind"`
	What   string `json:"what"` // "calls", "input_tokens", "output_tokens" or "cost_nano_usd"
	Vendor int64  `json:"vendor"`
	Rows   int64  `json:"rows"`
}

// Settings are those of a comparison.
type Settings struct {
	// Keys are virtual keys by the vendor's key. Without any, keys are not compared.
	Keys map[string]string
	// Tolerance is the part of the vendor's amount by which the sides may differ: 0.01 is 1 %.
	Tolerance float64
}

// Result is the outcome of a comparison.
type Result struct {
	Groups      int          `json:"groups"`  // compared
	Matched     int          `json:"matched"` // of them
	Differences []Difference `json:"differences"`
}

type group struct{ day, model, key string }

// Compare compares a vendor's entries with those of rows. Amounts that the vendor does not tell are
// not compared. Rows of an id that the vendor's name begins with are of that model, for Google's
// SKUs.
func Compare(vendor *Export, rows []Entry, by Settings) Result {
	theirs, ours := map[group]*Amounts{}, map[group]*Amounts{}
	models := map[string]bool{}
	for _, e := range rows {
		models[e.Model] = true
		add(ours, by.group(e, e.Key), e.Amounts)
	}
	for _, e := range vendor.Entries {
		if slices.Equal(vendor.Vendors, googleVendors) {
			e.Model = longestBeginning(models, e.Model)
		} else if vendor.named() {
			e.Model = modelIn(models, e.Model)
		}
		key, known := by.Keys[e.Key]
		if !known {
			key = e.Key
		}
		add(theirs, by.group(e, key), e.Amounts)
	}
	var tells Has
	for _, a := range theirs {
		tells = Has{tells.Calls || a.Has.Calls, tells.Tokens || a.Has.Tokens, tells.Cost || a.Has.Cost}
	}
	var all []group
	for g := range theirs {
		all = append(all, g)
	}
	for g := range ours {
		if theirs[g] == nil {
			all = append(all, g)
		}
	}
	slices.SortFunc(all, func(a, b group) int {
		return cmp.Or(strings.Compare(a.day, b.day), strings.Compare(a.model, b.model), strings.Compare(a.key, b.key))
	})
	result := Result{Differences: []Difference{}}
	for _, g := range all {
		found := by.differences(g, theirs[g], ours[g], tells)
		if theirs[g] != nil && theirs[g].zero() && (ours[g] == nil || ours[g].zero()) {
			continue
		}
		if result.Groups++; len(found) == 0 {
			result.Matched++
		}
		result.Differences = append(result.Differences, found...)
	}
	return result
}

func (by Settings) group(e Entry, key string) group {
	if len(by.Keys) == 0 {
		key = ""
	}
	return group{e.Day, e.Model, key}
}

func add(to map[group]*Amounts, g group, a Amounts) {
	if to[g] == nil {
		to[g] = &Amounts{}
	}
	to[g].add(a)
}

func longestBeginning(models map[string]bool, name string) string {
	best := ""
	for m := range models {
		if len(m) > len(best) && strings.HasPrefix(name, m) {
			best = m
		}
	}
	return cmp.Or(best, name)
}

func (by Settings) differences(g group, theirs, ours *Amounts, tells Has) (out []Difference) {
	kind := "amount"
	none := &Amounts{}
	switch {
	case theirs == nil:
		kind, theirs = "extra", none
	case ours == nil:
		kind, ours = "missing", none
	}
	for _, w := range []struct {
		what         string
		told         bool
		vendor, rows int64
	}{{"calls", tells.Calls, theirs.Calls, ours.Calls}, {"input_tokens", tells.Tokens, theirs.Input, ours.Input}, {"output_tokens", tells.Tokens, theirs.Output, ours.Output},
		{"cost_nano_usd", tells.Cost, theirs.Cost, ours.Cost}} {
		if w.told && !by.same(w.vendor, w.rows) {
			out = append(out, Difference{Day: g.day, Model: g.model, Key: g.key, Kind: kind, What: w.what, Vendor: w.vendor, Rows: w.rows})
		}
	}
	return out
}

func (by Settings) same(vendor, rows int64) bool {
	difference, allowed := vendor-rows, by.Tolerance*float64(vendor)
	if difference < 0 {
		difference = -difference
	}
	if allowed < 0 {
		allowed = -allowed
	}
	return float64(difference) <= allowed
}
