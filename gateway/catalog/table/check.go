package table

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Bounds of one model. maxAmount is a million USD, for a million tokens or one piece.
const (
	maxName   = 300 // bytes
	maxPrices = 200
	maxWord   = 40 // bytes
	maxTokens = 1_000_000_000_000
	maxAmount = 1_000_000_000_000_000
)

// Check refuses what no model can be. The error begins with the model's name.
func (m *Model) Check() error {
	if err := m.check(); err != nil {
		return fmt.Errorf("%.80s/%.80s: %w", m.Provider, m.ID, err)
	}
	return nil
}

func (m *Model) check() error {
	for _, word := range []struct{ column, text string }{{"provider", m.Provider}, {"id", m.ID}, {"mode", m.Mode}, {"successor", m.Successor}} {
		if len(word.text) > maxName || strings.ContainsFunc(word.text, notPrinted) {
			return fmt.Errorf("%s: must have at most %d bytes and no control characters", word.column, maxName)
		}
	}
	switch {
	case m.Provider == "" || m.ID == "" || strings.ContainsAny(m.Provider, "/ "):
		return errors.New("provider and id must be given, the provider without '/' and spaces")
	case m.Context < 0 || m.Context > maxTokens:
		return errors.New("context: is no number of tokens")
	case m.MaxOutput < 0 || m.MaxOutput > maxTokens:
		return errors.New("max_output: is no number of tokens")
	case !slices.Contains([]Agreement{OneSource, Agreed, Conflict, NoPrice}, m.Agreement):
		return fmt.Errorf("agreement: %.40q is not one of one, both and conflict", m.Agreement)
	case len(m.Prices) > maxPrices:
		return fmt.Errorf("prices: there are more than %d", maxPrices)
	}
	if m.Deprecated != "" {
		if err := CheckDay(m.Deprecated); err != nil {
			return fmt.Errorf("deprecated: %w", err)
		}
	}
	for i, p := range m.Prices {
		if err := p.check(); err != nil {
			return fmt.Errorf("price %d: %w", i+1, err)
		}
	}
	return nil
}

func (p *Price) check() error {
	for _, day := range []struct{ name, text string }{{"from", p.From}, {"until", p.Until}} {
		if day.text == "" {
			continue
		}
		if err := CheckDay(day.text); err != nil {
			return fmt.Errorf("%s: %w", day.name, err)
		}
	}
	if p.Until != "" && p.Until <= p.From {
		return fmt.Errorf("until: %s is not after %s", p.Until, p.From)
	}
	if p.When.Over < 0 || p.When.Over > maxTokens {
		return errors.New("over: is no number of tokens")
	}
	if p.When.Hours != "" {
		if err := checkHours(p.When.Hours); err != nil {
			return fmt.Errorf("hours: %w", err)
		}
	}
	for _, word := range []struct{ name, text string }{{"size", p.When.Size}, {"quality", p.When.Quality}} {
		if len(word.text) > maxWord || strings.ContainsFunc(word.text, func(r rune) bool { return r != '-' && r != '_' && (r < 'a' || r > 'z') && (r < '0' || r > '9') }) {
			return fmt.Errorf("%s: %.40q must be at most %d lower-case letters and digits", word.name, word.text, maxWord)
		}
	}
	for unit, n := range p.Amounts {
		if len(unit) > 40 || unit == "" || strings.ContainsFunc(string(unit), func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') && (r < '0' || r > '9') }) {
			return fmt.Errorf("%.40q is no unit", unit)
		}
		if n < 0 || n > maxAmount {
			return fmt.Errorf("%s: %d is no amount of nano-USD up to %d", unit, n, int64(maxAmount))
		}
	}
	return nil
}

// checkHours looks at each span. [Hours] stops at the first one that holds.
func checkHours(hours string) error {
	for part := range strings.SplitSeq(hours, "/") {
		days, spans, _ := strings.Cut(part, "@")
		for span := range strings.SplitSeq(spans, "+") {
			if _, err := Hours(days+"@"+span, time.Time{}); err != nil {
				return err
			}
		}
	}
	return nil
}

func notPrinted(r rune) bool { return !unicode.IsPrint(r) }
