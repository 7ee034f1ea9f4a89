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
		"claude-opus-4-7":          {"anthropic", "azure-ai", "kyma", "vertex-ai"},
		"claude-opus-4-7-20260416": {"anthropic", "azure-ai", "kyma", "vertex-ai"},
		"claude-of-next-year":      {"anthropic"},
		"gpt-5":                    {"openai", "azure-openai"},
		"o3":                       {"openai", "azure-openai"},
		"gemini-2.5-flash":         {"google", "vertex-ai"},
		"deepseek-chat":            {"deepseek", "inferenceapis"},
		"my-own":                   nil,
		"":                         nil,
	} {
		if got := c.Vendors(model); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", model, got, want)
		}
	}
}
