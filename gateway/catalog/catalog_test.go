package catalog

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/catalog/table"
)

const usd = 1_000_000_000

func day(t *testing.T, s string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, s)
	if len(s) > len(time.DateOnly) {
		d, err = time.Parse(time.RFC3339, s)
	}
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
		{"anthropic", "claude-opus-4-7", "2026-11-22", 5 * usd, 25 * usd, "anthropic/claude-opus-4-7@2026-11-28"},
		{"anthropic", "claude-sonnet-4-6-20260217", "2026-11-22", 3 * usd, 15 * usd, "anthropic/claude-sonnet-4-6@2026-11-28"},
		{"anthropic", "claude-opus-4-7-latest", "2026-11-22", 5 * usd, 25 * usd, "anthropic/claude-opus-4-7@2026-11-28"},
		{"openai", "gpt-5", "2026-11-22", 1_250_000_000, 10 * usd, "openai/gpt-5@2025-08-07"},
		{"openai", "gpt-5-2031-08-07", "2026-11-22", 1_250_000_000, 10 * usd, "openai/gpt-5@2025-08-07"},
		{"openai", "gpt-4o-2024-05-13", "2026-11-22", 5 * usd, 15 * usd, "openai/gpt-4o-2024-05-13@2026-11-28"}, // dearer than its family
		{"openai", "gpt-5.6-terra", "2026-07-20", 2_500_000_000, 15 * usd, "openai/gpt-5.6-terra@2026-11-28"},
		{"openai", "gpt-5.6-terra", "2026-07-30", 2 * usd, 12 * usd, "openai/gpt-5.6-terra@2026-07-30"},
		{"openai", "ft:gpt-4o-mini-2024-07-18:acme::A1", "2026-11-22", 300_000_000, 1_200_000_000, "openai/ft:gpt-4o-mini-2024-07-18@2026-11-28"},
		{"openai", "text-embedding-3-small", "2026-11-22", 20_000_000, 0, "openai/text-embedding-3-small@2026-11-28"},
		{"deepseek", "deepseek-v4-pro", "2026-06-01", 435_000_000, 870_000_000, "deepseek/deepseek-v4-pro@2026-05-25"},
		{"deepseek", "deepseek-v4-pro", "2026-11-30T02:00:00Z", 1_320_000_000, 3_960_000_000, "deepseek/deepseek-v4-pro@2026-11-28"}, // a Monday, peak hours
		{"deepseek", "deepseek-v4-pro", "2026-11-30T04:00:00Z", 660_000_000, 1_980_000_000, "deepseek/deepseek-v4-pro@2026-11-28"},
		{"deepseek", "deepseek-v4-pro", "2026-11-29T02:00:00Z", 660_000_000, 1_980_000_000, "deepseek/deepseek-v4-pro@2026-11-28"}, // a Sunday
		{"openai", "gpt-image-1", "2026-11-22", 5 * usd, 40 * usd, "openai/gpt-image-1@2026-11-28"},
		{"chatgpt", "gpt-6-sol", "2026-11-22", -1, 0, ""}, // a subscription pays for it
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

// TestTable holds what every line promises: it is parsed, its days, hours and amounts are sane, and the
// table has what the package comment says.
func TestTable(t *testing.T) {
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	providers, models, agreed, conflicts := map[string]bool{}, 0, 0, 0
	listed, err := os.ReadFile("conflicts.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, lines := range c.now.Load().lines {
		for _, line := range lines {
			m, err := table.Parse(line)
			if err != nil {
				t.Fatal(err)
			}
			if err := m.Check(); err != nil {
				t.Error(err)
			}
			if got := table.Line(m); got != line {
				t.Fatalf("%q is written as %q", line, got)
			}
			providers[m.Provider] = true
			models++
			switch m.Agreement {
			case table.Agreed:
				agreed++
			case table.Conflict:
				conflicts++
				if !strings.Contains(string(listed), "\n"+m.Provider+"/"+m.ID+"\t") {
					t.Errorf("%s/%s: the conflict is not in conflicts.txt", m.Provider, m.ID)
				}
			}
			for _, p := range m.Prices {
				checkPrice(t, m, p)
			}
		}
	}
	t.Logf("%d models of %d providers, %d bytes; of %d prices that both sources tell %d agree", models, len(providers), len(embedded), agreed+conflicts, agreed)
	if models < 4_000 || len(providers) < 100 || len(embedded) > 2<<20 || agreed*100 < (agreed+conflicts)*95 {
		t.Error("that is less than the table promises")
	}
}

func checkPrice(t *testing.T, m table.Model, p table.Price) {
	t.Helper()
	for _, d := range []string{p.From, p.Until} {
		if d != "" {
			day(t, d)
		}
	}
	if p.When.Hours != "" {
		if _, err := table.Hours(p.When.Hours, time.Now()); err != nil {
			t.Errorf("%s/%s: %v", m.Provider, m.ID, err)
		}
	}
	for unit, n := range p.Amounts {
		most := int64(2_000 * usd) // the dearest second of a video, or a million tokens
		if n < 0 || n > most {
			t.Errorf("%s/%s: %s costs %d", m.Provider, m.ID, unit, n)
		}
	}
}

// TestLongPrompts prices a call by the length of its prompt: all of its tokens at the price of the
// band that it is in.
func TestLongPrompts(t *testing.T) {
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	p, ok := c.Price("openai", "gpt-5.6-terra", day(t, "2026-11-22"))
	if !ok || len(p.Bands) != 1 || p.Bands[0].Over != 272_000 {
		t.Fatalf("%+v", p)
	}
	for _, tc := range []struct{ input, cost int64 }{
		{272_000, 272_000*2_000 + 1_000*12_000},
		{272_001, 272_001*4_000 + 1_000*18_000},
	} {
		if got := p.Cost(gateway.Usage{Input: tc.input, Output: 1_000}); got != tc.cost {
			t.Errorf("%d tokens: %d nano-USD, want %d", tc.input, got, tc.cost)
		}
	}
	p, ok = c.Price("dashscope", "qwen3-max", day(t, "2026-11-22"))
	if !ok || len(p.Bands) != 2 || p.Bands[0].Over != 32_000 || p.Bands[1].Input != 3*usd {
		t.Errorf("%+v", p)
	}
}

func TestFind(t *testing.T) {
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	m, ok := c.Find("anthropic", "claude-opus-4-7-20260416")
	if !ok || m.Context != 1_000_000 || m.MaxOutput != 128_000 || !slices.Contains(m.Capabilities, "tools") || m.Agreement != table.Agreed {
		t.Errorf("%+v", m)
	}
	if m, ok = c.Find("openai", "gpt-5"); !ok || m.Deprecated != "2026-12-11" || m.Successor != "gpt-5.6-sol" {
		t.Errorf("%+v", m)
	}
	if _, ok := c.Find("openai", "gpt-5-turbo"); ok {
		t.Error("a model that does not exist")
	}
}

func TestModels(t *testing.T) {
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	got := c.Models("anthropic")
	if slices.Contains(c.Models("openai"), "dall-e-3") {
		t.Error("a model that no route is for")
	}
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
