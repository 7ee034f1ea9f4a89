package catalog

import (
	"slices"
	"strings"
)

// makers are the vendors of the tables that offer models of their own making.
var makers = []string{"openai", "anthropic", "google", "mistral-ai", "x-ai", "deepseek", "moonshot"}

// families are beginnings of model names that only one maker uses, for models that the tables do
// not hold yet.
var families = []struct{ prefix, maker string }{
	{"gpt-", "openai"}, {"chatgpt-", "openai"}, {"o1", "openai"}, {"o3", "openai"}, {"o4-", "openai"}, {"text-embedding-3-", "openai"},
	{"claude-", "anthropic"}, {"gemini-", "google"}, {"grok-", "x-ai"}, {"deepseek-", "deepseek"}, {"kimi-", "moonshot"},
	{"mistral-", "mistral-ai"}, {"codestral-", "mistral-ai"}, {"magistral-", "mistral-ai"},
}

// Vendors lists the vendors that have a model of this name: its maker first, then others that
// the price table knows it from, by name.
func (c *Catalog) Vendors(model string) []string {
	var out []string
	add := func(vendor string) {
		if !slices.Contains(out, vendor) {
			out = append(out, vendor)
		}
	}
	for _, maker := range makers {
		if c.knows(maker, model) {
			add(maker)
		}
	}
	for _, f := range families {
		if strings.HasPrefix(model, f.prefix) {
			add(f.maker)
		}
	}
	for _, vendor := range c.vendors {
		if c.knows(vendor, model) {
			add(vendor)
		}
	}
	return out
}

// knows reports whether a vendor has a model, or its undated form, in the price table.
func (c *Catalog) knows(vendor, model string) bool {
	return slices.ContainsFunc(ids(vendor, model), func(id string) bool { return c.prices[ref{vendor, id}] != nil })
}
