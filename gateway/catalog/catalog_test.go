package catalog

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

const usd = 1_000_000_000

func day(t *testing.T, s string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestPrice(t *testing.T) {
	c, err := New(Row{Provider: "mock", Model: "mock-fast", From: "2026-01-01", Input: usd, Output: 2 * usd})
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		provider, model, at string
		in, out             int64 // in == -1: unpriced
		version             string
	}{
		{"anthropic", "claude-opus-4-7", "2026-11-22", 5 * usd, 25 * usd, "anthropic/claude-opus-4-7@2026-04-16"},
		{"anthropic", "claude-sonnet-4-6", "2026-11-22", 3 * usd, 15 * usd, "anthropic/claude-sonnet-4-6@2026-02-18"},
		{"anthropic", "claude-sonnet-4-6-20260217", "2026-11-22", 3 * usd, 15 * usd, "anthropic/claude-sonnet-4-6@2026-02-18"},
		{"anthropic", "claude-opus-4-7-latest", "2026-11-22", 5 * usd, 25 * usd, "anthropic/claude-opus-4-7@2026-04-16"},
		{"openai", "gpt-5", "2026-11-22", 1_250_000_000, 10 * usd, "openai/gpt-5@2025-12-26"},
		{"openai", "gpt-5-2025-08-07", "2026-11-22", 1_250_000_000, 10 * usd, "openai/gpt-5@2025-12-26"},
		{"openai", "gpt-4o-2024-05-13", "2026-11-22", 5 * usd, 15 * usd, "openai/gpt-4o-2024-05-13@2025-12-26"}, // dearer than its family
		{"openai", "gpt-5.6-terra", "2026-07-20", 2_500_000_000, 15 * usd, "openai/gpt-5.6-terra@2026-07-10"},
		{"openai", "gpt-5.6-terra", "2026-07-30", 2 * usd, 12 * usd, "openai/gpt-5.6-terra@2026-07-30"},
		{"openai", "gpt-5.6-terra", "2026-07-01", -1, 0, ""}, // before it was sold
		{"openai", "ft:gpt-4o-mini-2024-07-18:acme::A1", "2026-11-22", 300_000_000, 1_200_000_000, "openai/ft:gpt-4o-mini@2025-12-26"},
		{"openai", "text-embedding-3-small", "2026-11-22", 20_000_000, 0, "openai/text-embedding-3-small@2025-12-26"},
		{"openai", "gpt-5-latest", "2026-11-22", -1, 0, ""},
		{"openai", "gpt-5-2026-13-40", "2026-11-22", -1, 0, ""},
		{"openai", "gpt-5-turbo", "2026-11-22", -1, 0, ""},
		{"openai", "-2026-01-01", "2026-11-22", -1, 0, ""},
		{"openai", "", "2026-11-22", -1, 0, ""},
		{"anthropic", "gpt-5", "2026-11-22", -1, 0, ""},
		{"mock", "mock-fast", "2026-11-22", usd, 2 * usd, "mock/mock-fast@2026-01-01"},
	} {
		p, ok := c.Price(tc.provider, tc.model, day(t, tc.at))
		if ok != (tc.in >= 0) {
			t.Errorf("%s/%s at %s: known = %v", tc.provider, tc.model, tc.at, ok)
			continue
		}
		if ok && (p.Input != tc.in || p.Output != tc.out || p.Version != tc.version) {
			t.Errorf("%s/%s at %s: %d %d %s, want %d %d %s", tc.provider, tc.model, tc.at, p.Input, p.Output, p.Version, tc.in, tc.out, tc.version)
		}
	}
}

// The arithmetic, by hand: 1,000 fresh + 9,000 read + 500 written in, 200 out.
func TestCostOfCachedTokens(t *testing.T) {
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	at := day(t, "2026-11-22")
	p, ok := c.Price("anthropic", "claude-opus-4-7", at)
	if !ok {
		t.Fatal("unpriced")
	}
	u := gateway.Usage{Input: 10_500, Output: 200, CacheRead: 9_000, CacheWrite: 500}
	if got, want := p.Cost(u), int64(5_000_000+4_500_000+3_125_000+5_000_000); got != want {
		t.Errorf("cost %d, want %d nano-USD", got, want)
	}
	p, _ = c.Price("openai", "gpt-5", at)
	if got, want := p.Cost(gateway.Usage{Input: 1, Output: 0}), int64(1250); got != want {
		t.Errorf("one token of gpt-5: %d, want %d nano-USD", got, want)
	}
	if got := (gateway.Price{Input: 1}).Cost(gateway.Usage{Input: 1}); got != 1 {
		t.Errorf("a fraction of a nano-USD must round up: %d", got)
	}
}

func TestRowsAreSane(t *testing.T) {
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	now := day(t, "2026-11-22")
	for _, provider := range []string{"openai", "anthropic"} {
		if len(c.Models(provider)) < 20 {
			t.Errorf("%s: %d models", provider, len(c.Models(provider)))
		}
	}
	for key := range c.prices {
		p, ok := c.Price(key.provider, key.model, now)
		switch {
		case !ok:
			t.Errorf("%v has no price today", key)
		case p.Input <= 0, p.Input > 200*usd, p.Output > 700*usd:
			t.Errorf("%v: %d in, %d out per million is out of range", key, p.Input, p.Output)
		case p.CacheRead != nil && *p.CacheRead > p.Input:
			t.Errorf("%v: reading the cache costs more than input", key)
		case p.CacheWrite != nil && *p.CacheWrite < p.Input:
			t.Errorf("%v: writing the cache costs less than input", key)
		}
	}
}

// TestSources: every row says where it was read, and none claims a vendor's own page.
func TestSources(t *testing.T) {
	var file struct {
		Sources map[string]string `json:"sources"`
		Rows    []Row             `json:"rows"`
	}
	if err := json.Unmarshal(table, &file); err != nil {
		t.Fatal(err)
	}
	for _, row := range file.Rows {
		if file.Sources[row.Source] == "" || row.Source == row.Provider {
			t.Errorf("%s/%s: source %q", row.Provider, row.Model, row.Source)
		}
	}
	if s := file.Sources["third-party"]; !strings.Contains(s, "not checked") {
		t.Errorf("%q", s)
	}
}

func TestModels(t *testing.T) {
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	got := c.Models("anthropic")
	if !slices.IsSorted(got) || !slices.Contains(got, "claude-opus-4-7") || !slices.Contains(got, "claude-sonnet-4-6") {
		t.Errorf("models %v", got)
	}
	if got := c.Models("nobody"); len(got) != 0 {
		t.Errorf("models of an unknown provider: %v", got)
	}
	for _, m := range c.Models("openai") {
		if strings.HasPrefix(m, "ft:") {
			t.Errorf("%s cannot be called as it stands", m)
		}
	}
}

func TestNewRefusesBadRows(t *testing.T) {
	for _, row := range []Row{
		{Provider: "mock", Model: "m", From: "soon"},
		{Provider: "", Model: "m", From: "2026-01-01"},
		{Provider: "mock", Model: "m", From: "2026-01-01", Input: -1},
	} {
		if _, err := New(row); err == nil {
			t.Errorf("accepted %+v", row)
		}
	}
}

func BenchmarkPrice(b *testing.B) {
	c, err := New()
	if err != nil {
		b.Fatal(err)
	}
	at := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	b.ReportAllocs()
	for b.Loop() {
		c.Price("anthropic", "claude-opus-4-7", at)
	}
}
