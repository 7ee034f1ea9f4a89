package catalog

import (
	"slices"
	"strings"

	"github.com/sluicegate/sluice/gateway/catalog/table"
)

// makers are the vendors of the table that offer models of their own making.
var makers = []string{"openai", "anthropic", "google", "mistral-ai", "x-ai", "deepseek", "moonshot"}

// families are beginnings of model names that only one maker uses, for models that the table does
// not hold yet.
var families = []struct{ prefix, maker string }{
	{"gpt-", "openai"}, {"chatgpt-", "openai"}, {"o1", "openai"}, {"o3", "openai"}, {"o4-", "openai"}, {"text-embedding-3-", "openai"},
	{"claude-", "anthropic"}, {"gemini-", "google"}, {"grok-", "x-ai"}, {"deepseek-", "deepseek"}, {"kimi-", "moonshot"},
	{"mistral-", "mistral-ai"}, {"codestral-", "mistral-ai"}, {"magistral-", "mistral-ai"},
}

// Vendors lists the vendors that have a model of this name: its maker first, then others that
// the table knows it from, by name.
func (c *Catalog) Vendors(model string) []string {
	known, lines := map[string]bool{}, c.now.Load().lines
	var others []string
	for _, id := range ids("", model) {
		for _, line := range lines[id] {
			vendor, _, _ := table.Name(line)
			if !known[vendor] {
				known[vendor] = true
				others = append(others, vendor)
			}
		}
	}
	slices.Sort(others)
	var out []string
	add := func(vendor string) {
		if !slices.Contains(out, vendor) {
			out = append(out, vendor)
		}
	}
	for _, maker := range makers {
		if known[maker] {
			add(maker)
		}
	}
	for _, f := range families {
		if strings.HasPrefix(model, f.prefix) {
			add(f.maker)
		}
	}
	for _, vendor := range others {
		add(vendor)
	}
	return out
}
