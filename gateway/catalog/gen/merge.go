package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sluicegate/sluice/gateway/catalog/table"
)

// firstHand are the vendors whose prices the overlay tells by model. Of clouds it tells one price for
// a model in all regions, where litellm has one for each.
var firstHand = map[string]bool{
	"anthropic": true, "openai": true, "google": true, "mistral-ai": true, "deepseek": true, "x-ai": true, "cohere": true,
	"moonshot": true, "z-ai": true, "zhipu": true, "minimax": true, "perplexity-ai": true, "voyage": true, "groq": true,
	"cerebras": true, "together-ai": true, "fireworks-ai": true, "novita-ai": true, "openrouter": true, "meta": true,
}

// merge puts the three sources together, sorted by provider and id, and tells the conflicts.
func merge(base []table.Model, overlay []overlayModel, history map[ref][]table.Price, day string) (models []table.Model, conflicts []string) {
	byRef := map[ref]table.Model{}
	for _, m := range base {
		key := ref{m.Provider, m.ID}
		if had, ok := byRef[key]; ok && len(had.Prices) >= len(m.Prices) {
			continue // a bare name beside "provider/name"
		}
		m.Agreement = agreement(m.Prices)
		byRef[key] = m
	}
	byProvider := map[string][]overlayModel{}
	for _, o := range overlay {
		if o.provider == "google" && strings.HasPrefix(o.id, "claude") {
			o.provider = "vertex-ai" // the overlay has one vendor for both
		}
		byProvider[o.provider] = append(byProvider[o.provider], o)
		if key := (ref{o.provider, o.id}); byRef[key].ID == "" && !strings.ContainsAny(o.id, " \t") {
			byRef[key] = table.Model{Provider: o.provider, ID: o.id, Mode: "chat"}
		}
	}
	for _, key := range slices.SortedFunc(maps.Keys(byRef), func(a, b ref) int {
		return cmp.Or(cmp.Compare(a.provider, b.provider), cmp.Compare(a.id, b.id))
	}) {
		m := byRef[key]
		if o := find(byProvider[m.Provider], m.ID); o != nil && (firstHand[m.Provider] && !o.hourly || len(m.Prices) == 0) {
			if c := lay(&m, o, day); c != "" {
				conflicts = append(conflicts, c)
			}
		}
		if dated := remember(m.Prices, history[key], day); dated != nil {
			m.Prices = dated
		}
		m.Prices = priced(m.Prices)
		models = append(models, m)
	}
	return models, conflicts
}

func find(overlay []overlayModel, id string) *overlayModel {
	for i := range overlay {
		if overlay[i].id == id {
			return &overlay[i]
		}
	}
	for i := range overlay {
		if overlay[i].match(id) {
			return &overlay[i]
		}
	}
	return nil
}

func agreement(prices []table.Price) table.Agreement {
	if len(prices) == 0 {
		return table.NoPrice
	}
	return table.OneSource
}

// lay puts the overlay's prices over a model's, and returns the conflict if both tell a price of
// today and they differ.
func lay(m *table.Model, o *overlayModel, day string) (conflict string) {
	if m.Context == 0 {
		m.Context = o.context
	}
	if len(o.prices) == 0 {
		return ""
	}
	was, is := today(m.Prices, day), today(o.prices, day)
	m.Agreement = table.OneSource
	switch {
	case was == nil || is == nil:
	case alike(was, is, table.Input) && alike(was, is, table.Output):
		m.Agreement = table.Agreed
	default:
		m.Agreement = table.Conflict
		conflict = fmt.Sprintf("%s/%s\t%s/%s\t%s/%s", m.Provider, m.ID, usd(was[table.Input]), usd(was[table.Output]), usd(is[table.Input]), usd(is[table.Output]))
	}
	told := map[table.Condition]bool{}
	out := slices.Clone(o.prices)
	for _, p := range out {
		told[p.When] = true
	}
	for _, p := range m.Prices {
		switch {
		case !told[p.When] && (m.Agreement != table.Conflict || p.When.Plain()):
			out = append(out, p)
		case p.When.Plain() && m.Agreement == table.Agreed:
			for i := range out { // units that only one of them tells
				if out[i].When.Plain() && maps.Equal(out[i].Amounts, is) {
					out[i].Amounts = union(out[i].Amounts, p.Amounts)
				}
			}
		}
	}
	m.Prices = out
	return conflict
}

// alike reports whether two prices tell the same of a unit, or one of them tells nothing.
func alike(a, b table.Amounts, unit table.Unit) bool {
	x, inA := a[unit]
	y, inB := b[unit]
	return x == y || !inA || !inB
}

// today is the plain price of a day; nil if there is none.
func today(prices []table.Price, day string) table.Amounts {
	var amounts table.Amounts
	from := ""
	for _, p := range prices {
		if p.When.Plain() && p.From <= day && p.From >= from {
			amounts, from = p.Amounts, p.From
		}
	}
	return amounts
}

// remember puts earlier prices before one that has no day; nil if there is nothing to add.
func remember(prices, history []table.Price, day string) []table.Price {
	at := slices.IndexFunc(prices, func(p table.Price) bool { return p.When.Plain() })
	if at < 0 || len(history) == 0 || slices.ContainsFunc(prices, func(p table.Price) bool { return p.When.Plain() && p.From != "" }) {
		return nil
	}
	out := slices.Clone(prices)
	last := history[len(history)-1]
	now := out[at].Amounts
	if last.Amounts[table.Input] == now[table.Input] && last.Amounts[table.Output] == now[table.Output] {
		out[at].From, history = last.From, history[:len(history)-1]
	} else {
		out[at].From = day
	}
	for i := range out {
		if out[i].When.Hours != "" { // began with the price that it is a part of
			out[i].From = out[at].From
		}
	}
	return append(out, history...)
}

// priced drops prices without an amount other than 0, and sorts the rest: plain ones first, by day.
func priced(prices []table.Price) []table.Price {
	out := slices.DeleteFunc(slices.Clone(prices), func(p table.Price) bool {
		for _, n := range p.Amounts {
			if n > 0 {
				return false
			}
		}
		return true
	})
	slices.SortFunc(out, func(a, b table.Price) int {
		return cmp.Or(cmp.Compare(a.When.Tier, b.When.Tier), cmp.Compare(a.When.Region, b.When.Region), cmp.Compare(a.When.Hours, b.When.Hours),
			cmp.Compare(a.When.Over, b.When.Over), cmp.Compare(a.When.Size, b.When.Size), cmp.Compare(a.When.Quality, b.When.Quality), cmp.Compare(a.From, b.From))
	})
	return slices.CompactFunc(out, func(a, b table.Price) bool { return a.When == b.When && maps.Equal(a.Amounts, b.Amounts) })
}

func union(a, b table.Amounts) table.Amounts {
	out := maps.Clone(b)
	maps.Copy(out, a)
	return out
}
