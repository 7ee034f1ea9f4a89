package catalog_test

import (
	"slices"
	"testing"

	"github.com/sluicegate/sluice/gateway/catalog"
)

func TestVendors(t *testing.T) {
	c, err := catalog.New()
	if err != nil {
		t.Fatal(err)
	}
	for model, want := range map[string][]string{
		"claude-opus-4-7":          {"anthropic"},
		"claude-opus-4-7-20260416": {"anthropic"},
		"claude-of-next-year":      {"anthropic"},
		"gpt-5":                    {"openai"},
		"o3":                       {"openai"},
		"text-embedding-3-small":   {"openai"},
		"gemini-2.5-flash":         {"google"},
		"deepseek-chat":            {"deepseek"},
		"openai/gpt-oss-120b":      {"groq"},
		"my-own":                   nil,
		"":                         nil,
	} {
		if got := c.Vendors(model); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", model, got, want)
		}
	}
}
