package anthropic

import (
	"bytes"
	"regexp"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// billingHeader begins a system block that Claude Code writes for Anthropic. It means
// nothing to others, and since it changes with every request, it would keep their prefix
// caches from ever matching.
const billingHeader = "x-anthropic-billing-header:"

// checksumLine is a billing line that holds nothing else than short words, with the checksum of
// the call. A line of any other form may instruct the model.
var checksumLine = regexp.MustCompile(`^"` + billingHeader + `(?: [a-z_]{1,32}=[0-9A-Za-z._-]{0,64};){0,8}? cch=([0-9a-f]{1,16});(?: [a-z_]{1,32}=[0-9A-Za-z._-]{0,64};){0,8}"$`)

// Volatile implements gateway.VolatileFormat: the checksum in Claude Code's billing line.
func (Dialect) Volatile(raw []byte) []gateway.Span {
	if !HasBillingLine(raw) {
		return nil
	}
	for m := range jsonx.Members(raw) {
		if m.Key != "system" {
			continue
		}
		for e := range jsonx.Elements(m.Value) {
			for f := range jsonx.Members(e.Value) {
				if at := checksumLine.FindSubmatchIndex(f.Value); f.Key == "text" && at != nil {
					base := m.Start + e.Start + f.Start
					return []gateway.Span{{Start: base + at[2], End: base + at[3]}}
				}
			}
			return nil // only the first block can be one
		}
	}
	return nil
}

// HasBillingLine reports whether the system prompt begins with Claude Code's billing line.
func HasBillingLine(raw []byte) bool {
	return bytes.Contains(raw, []byte(`"`+billingHeader)) && isBillingLine(jsonx.Get(raw, "system", "0"))
}

// WithoutBillingLine returns a body without Claude Code's billing line. Where it is the whole
// system prompt, it stays.
func WithoutBillingLine(raw []byte) []byte {
	if !HasBillingLine(raw) || jsonx.Get(raw, "system", "1") == nil {
		return raw
	}
	return jsonx.Delete(raw, "system", "0")
}

// isBillingLine reports whether a block is the one with which Claude Code begins the system
// prompt.
func isBillingLine(block []byte) bool {
	return bytes.HasPrefix(jsonx.Get(block, "text"), []byte(`"`+billingHeader))
}
