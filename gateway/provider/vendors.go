package provider

import (
	"slices"
	"strings"
)

// formatVendors have their own format and codec.
var formatVendors = []Vendor{
	{ID: "anthropic", Aliases: []string{"claude"}, Name: "Anthropic", BaseURL: "https://api.anthropic.com", Format: FormatAnthropic, Source: "https://docs.anthropic.com/en/api/overview", OTel: "anthropic",
		CredentialHeader: "X-Api-Key", ForwardHeaders: []string{"Anthropic-Beta", "Anthropic-Version"}, Quirks: Quirks{NoEmbeddings: true}},
	{ID: "google", Aliases: []string{"gemini", "google-ai-studio", "google-ai"}, Name: "Google Gemini", BaseURL: "https://generativelanguage.googleapis.com",
		Format: FormatGoogle, Source: "https://ai.google.dev/api", OTel: "gcp.gemini", CredentialHeader: "X-Goog-Api-Key"},
}

// rows returns all rows, sorted by id.
func rows() []Vendor {
	all := slices.Concat(formatVendors, worldVendors, asiaVendors, chinaVendors, smallVendors, hostVendors, relayVendors, localVendors)
	slices.SortFunc(all, func(a, b Vendor) int { return strings.Compare(a.ID, b.ID) })
	return all
}
