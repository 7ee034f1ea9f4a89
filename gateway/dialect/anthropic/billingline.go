package anthropic

import (
	"bytes"
	"regexp"
	"strconv"

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
	line, _ := billingLine(raw)
	for f := range jsonx.Members(raw[line.Start:line.End]) {
		if at := checksumLine.FindSubmatchIndex(f.Value); f.Key == "text" && at != nil {
			base := line.Start + f.Start
			return []gateway.Span{{Start: base + at[2], End: base + at[3]}}
		}
	}
	return nil
}

// HasBillingLine reports whether the system prompt holds Claude Code's billing line.
func HasBillingLine(raw []byte) bool {
	_, index := billingLine(raw)
	return index >= 0
}

// WithoutBillingLine returns a body without Claude Code's billing line. Where it is the whole
// system prompt, it stays.
func WithoutBillingLine(raw []byte) []byte {
	_, index := billingLine(raw)
	if index < 0 || index == 0 && jsonx.Get(raw, "system", "1") == nil {
		return raw
	}
	return jsonx.Delete(raw, "system", strconv.Itoa(index))
}

// billingLine finds the billing line among the system blocks. The client writes it first; a
// prompt template puts its own system text before it, where it must have the known form. index is
// -1 if there is none.
func billingLine(raw []byte) (at gateway.Span, index int) {
	if !bytes.Contains(raw, []byte(`"`+billingHeader)) {
		return at, -1
	}
	for m := range jsonx.Members(raw) {
		if m.Key != "system" {
			continue
		}
		for e := range jsonx.Elements(m.Value) {
			if isBillingLine(e.Value) && (e.Index == 0 || checksumLine.Match(jsonx.Get(e.Value, "text"))) {
				return gateway.Span{Start: m.Start + e.Start, End: m.Start + e.End}, e.Index
			}
		}
	}
	return at, -1
}

// isBillingLine reports whether a block is Claude Code's billing line.
func isBillingLine(block []byte) bool {
	return bytes.HasPrefix(jsonx.Get(block, "text"), []byte(`"`+billingHeader))
}
