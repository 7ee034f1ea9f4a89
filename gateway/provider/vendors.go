package provider

import (
	"slices"
	"strings"
)

// formatVendors have a format, and a codec, of their own.
var formatVendors = []Vendor{
	{ID: "anthropic", Aliases: []string{"claude"}, Name: "Anthropic", BaseURL: "https://api.anthropic.com", Format: FormatAnthropic, OTel: "anthropic",
		KeyHeader: "X-Api-Key", Pass: []string{"Anthropic-Beta", "Anthropic-Version"}, Quirks: Quirks{NoEmbeddings: true}},
}

// rows joins the lists into the one table, sorted by id.
func rows() []Vendor {
	all := slices.Concat(formatVendors, worldVendors, asiaVendors, smallVendors, localVendors)
	slices.SortFunc(all, func(a, b Vendor) int { return strings.Compare(a.ID, b.ID) })
	return all
}
