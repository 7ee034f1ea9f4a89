package table

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

const columns = 10

// Line writes a model as one line, without the line's end.
func Line(m Model) string {
	number := func(n int64) string {
		if n == 0 {
			return ""
		}
		return strconv.FormatInt(n, 10)
	}
	prices := make([]string, len(m.Prices))
	for i, p := range m.Prices {
		prices[i] = words(p)
	}
	return strings.Join([]string{
		m.Provider, m.ID, m.Mode, number(m.Context), number(m.MaxOutput), strings.Join(m.Capabilities, ","),
		m.Deprecated, m.Successor, string(m.Agreement), strings.Join(prices, ";"),
	}, "\t")
}

func words(p Price) string {
	var out []string
	if p.From != "" || p.Until != "" {
		out = append(out, p.From+".."+p.Until)
	}
	for _, c := range []struct{ name, value string }{{"tier", p.When.Tier}, {"region", p.When.Region}, {"hours", p.When.Hours}, {"size", p.When.Size}, {"quality", p.When.Quality}} {
		if c.value != "" {
			out = append(out, c.name+"="+c.value)
		}
	}
	if p.When.Over > 0 {
		out = append(out, "over="+strconv.FormatInt(p.When.Over, 10))
	}
	for _, unit := range slices.Sorted(maps.Keys(p.Amounts)) {
		out = append(out, string(unit)+"="+strconv.FormatInt(p.Amounts[unit], 10))
	}
	return strings.Join(out, " ")
}

// Name returns the provider and the id that a line begins with.
func Name(line string) (provider, id string, ok bool) {
	provider, rest, ok := strings.Cut(line, "\t")
	if !ok {
		return "", "", false
	}
	id, _, ok = strings.Cut(rest, "\t")
	return provider, id, ok && provider != "" && id != ""
}

// Parse reads a line that [Line] wrote.
func Parse(line string) (Model, error) {
	parts := strings.Split(line, "\t")
	if len(parts) != columns {
		return Model{}, fmt.Errorf("a line of the catalogue has %d columns, not %d", len(parts), columns)
	}
	m := Model{Provider: parts[0], ID: parts[1], Mode: parts[2], Deprecated: parts[6], Successor: parts[7], Agreement: Agreement(parts[8])}
	for _, n := range []struct {
		text string
		to   *int64
	}{{parts[3], &m.Context}, {parts[4], &m.MaxOutput}} {
		var err error
		if n.text == "" {
			continue
		}
		if *n.to, err = strconv.ParseInt(n.text, 10, 64); err != nil {
			return Model{}, fmt.Errorf("%s/%s: %w", m.Provider, m.ID, err)
		}
	}
	if parts[5] != "" {
		m.Capabilities = strings.Split(parts[5], ",")
	}
	if parts[9] == "" {
		return m, nil
	}
	for text := range strings.SplitSeq(parts[9], ";") {
		p, err := price(text)
		if err != nil {
			return Model{}, fmt.Errorf("%s/%s: %w", m.Provider, m.ID, err)
		}
		m.Prices = append(m.Prices, p)
	}
	return m, nil
}

func price(text string) (p Price, err error) {
	p.Amounts = Amounts{}
	for word := range strings.SplitSeq(text, " ") {
		name, value, named := strings.Cut(word, "=")
		if !named {
			from, until, span := strings.Cut(word, "..")
			if !span {
				return p, fmt.Errorf("%q is no part of a price", word)
			}
			p.From, p.Until = from, until
			continue
		}
		switch name {
		case "tier":
			p.When.Tier = value
		case "region":
			p.When.Region = value
		case "hours":
			p.When.Hours = value
		case "size":
			p.When.Size = value
		case "quality":
			p.When.Quality = value
		case "over":
			p.When.Over, err = strconv.ParseInt(value, 10, 64)
		default:
			p.Amounts[Unit(name)], err = strconv.ParseInt(value, 10, 64)
		}
		if err != nil {
			return p, fmt.Errorf("%q: %w", word, err)
		}
	}
	return p, nil
}
