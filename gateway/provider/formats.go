package provider

import (
	"cmp"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/dialect/gemini"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/dialect/responses"
	"github.com/sluicegate/sluice/gateway/dialect/workersai"
	"github.com/sluicegate/sluice/gateway/provider/codec"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
)

// formatOfDialect is the name of the format of each dialect.
var formatOfDialect = map[string]string{
	openai.Dialect{}.Name(): gateway.FormatChat, responses.Dialect{}.Name(): gateway.FormatResponses,
	anthropic.Dialect{}.Name(): gateway.FormatMessages, gemini.Dialect{}.Name(): gateway.FormatGemini,
}

// formatHeaders are headers that belong to a format and that every vendor gets who is called in the
// caller's own format.
var formatHeaders = map[string][]string{anthropic.Dialect{}.Name(): {"Anthropic-Beta", "Anthropic-Version"}}

// formatOf is the name of a codec's format.
func formatOf(wire codec.Codec) string {
	return cmp.Or(formatOfDialect[wire.Format().Name()], wire.Format().Name())
}

// codecID identifies a codec: vendor id and name of the format.
type codecID struct{ vendor, format string }

// format returns the name of the format in which a request is sent: the caller's own where the
// target offers it, else the vendor's own, else the first that is offered.
func (c *Client) format(v *vendor.Vendor, t *gateway.Target, req *gateway.Request) string {
	own, callers := v.OwnFormat(req.Model()), formatOfDialect[req.Dialect.Name()]
	switch {
	case v.Format == vendor.FormatByModel:
		return own
	case codec.RunsRequest(v, t, req):
		return workersai.Dialect{}.Name()
	case req.Op == gateway.OpEmbeddings:
		return own
	case req.Op == gateway.OpRetrieve && v.Format == vendor.FormatOpenAI:
		return gateway.FormatResponses
	case c.offers(v, t, callers):
		return callers
	}
	return c.ownOrFirst(v, t, req.Model())
}

// ownOrFirst returns the vendor's own format if the target offers it, else the first that is offered.
func (c *Client) ownOrFirst(v *vendor.Vendor, t *gateway.Target, model string) string {
	own := v.OwnFormat(model)
	if c.offers(v, t, own) {
		return own
	}
	for _, name := range gateway.FormatNames() {
		if c.offers(v, t, name) {
			return name
		}
	}
	return own
}

// offers reports whether a target offers a format. A base URL of its own stands in place of the
// vendor's, so what the vendor offers elsewhere does not count there.
func (c *Client) offers(v *vendor.Vendor, t *gateway.Target, name string) bool {
	if len(t.Formats) > 0 {
		return t.Formats.Offers(name)
	}
	if v.Format != vendor.FormatByModel && name == v.OwnFormat("") {
		return true
	}
	url, ok := v.Formats[name]
	if t.BaseURL == "" || !ok {
		return ok
	}
	return url == "" && (name != gateway.FormatResponses || !c.chatOnly.has(t.BaseURL))
}

// counts reports whether the target counts the tokens of a request itself.
func (c *Client) counts(v *vendor.Vendor, t *gateway.Target, req *gateway.Request) bool {
	switch format := c.format(v, t, req); format {
	case gateway.FormatMessages, gateway.FormatGemini:
		return !v.Quirks.NoCount && format == v.OwnFormat(req.Model())
	case gateway.FormatResponses:
		return formatOfDialect[req.Dialect.Name()] == format
	}
	return false
}
