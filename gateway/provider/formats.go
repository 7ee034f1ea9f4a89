package provider

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/dialect/gemini"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/dialect/replicate"
	"github.com/sluicegate/sluice/gateway/dialect/responses"
	"github.com/sluicegate/sluice/gateway/dialect/workersai"
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
func formatOf(codec Codec) string {
	return orElse(formatOfDialect[codec.Format().Name()], codec.Format().Name())
}

// ownFormat is the name of the vendor's own format for a model.
func (v *Vendor) ownFormat(model string) string {
	switch v.Format {
	case FormatByModel:
		return v.FormatOf(model)
	case FormatAnthropic:
		return gateway.FormatMessages
	case FormatGoogle:
		return gateway.FormatGemini
	case FormatReplicate:
		return replicate.Dialect{}.Name()
	}
	if api := v.native(); api != nil {
		return api.format.Name()
	}
	return gateway.FormatChat
}

// codecID identifies a codec: vendor id and name of the format.
type codecID struct{ vendor, format string }

func newCodec(v *Vendor, format string) Codec {
	switch {
	case v.Scheme == SchemeGoogle:
		return newVertexCodec(v, format)
	case v.Scheme == SchemeAWS:
		return newBedrockCodec(v, format)
	case v.Format == FormatByModel && format == gateway.FormatMessages:
		return &foundryClaude{anthropicCodec{*v}}
	case v.Format == FormatReplicate && format == v.ownFormat(""):
		return &replicateCodec{*v}
	case v.RunPath != "" && format == workersai.Dialect{}.Name():
		return &runCodec{*v}
	case v.native() != nil && format == v.ownFormat(""):
		return &nativeCodec{*v, v.native()}
	}
	switch format {
	case gateway.FormatResponses:
		return &responsesCodec{*v}
	case gateway.FormatMessages:
		return &anthropicCodec{*v}
	case gateway.FormatGemini:
		return &googleCodec{*v}
	}
	return newOpenAICodec(*v)
}

// format returns the name of the format in which a request is sent: the caller's own where the
// target offers it, else the vendor's own, else the first that is offered.
func (c *Client) format(v *Vendor, t *gateway.Target, req *gateway.Request) string {
	own, callers := v.ownFormat(req.Model()), formatOfDialect[req.Dialect.Name()]
	switch {
	case v.Format == FormatByModel:
		return own
	case v.runsRequest(t, req):
		return workersai.Dialect{}.Name()
	case req.Op == gateway.OpEmbeddings:
		return own
	case req.Op == gateway.OpRetrieve && v.Format == FormatOpenAI:
		return gateway.FormatResponses
	case c.offers(v, t, callers):
		return callers
	}
	return c.ownOrFirst(v, t, req.Model())
}

// ownOrFirst returns the vendor's own format if the target offers it, else the first that is offered.
func (c *Client) ownOrFirst(v *Vendor, t *gateway.Target, model string) string {
	own := v.ownFormat(model)
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
func (c *Client) offers(v *Vendor, t *gateway.Target, name string) bool {
	if len(t.Formats) > 0 {
		return t.Formats.Offers(name)
	}
	if v.Format != FormatByModel && name == v.ownFormat("") {
		return true
	}
	url, ok := v.Formats[name]
	if t.BaseURL == "" || !ok {
		return ok
	}
	return url == "" && (name != gateway.FormatResponses || !c.chatOnly.has(t.BaseURL))
}

// reachedIn returns t with the base URL at which it is reached in a format.
func reachedIn(v *Vendor, t *gateway.Target, name string) *gateway.Target {
	url, checked := t.Formats[name], t.CheckFormats
	if url == "" && t.BaseURL == "" {
		url, checked = v.Formats[name], false
	}
	if url == "" {
		return v.rooted(t, name)
	}
	c := *t
	c.BaseURL, c.CustomHost = url, checked
	return v.rooted(&c, name)
}

// counts reports whether the target counts the tokens of a request itself.
func (c *Client) counts(v *Vendor, t *gateway.Target, req *gateway.Request) bool {
	switch format := c.format(v, t, req); format {
	case gateway.FormatMessages, gateway.FormatGemini:
		return !v.Quirks.NoCount && format == v.ownFormat(req.Model())
	case gateway.FormatResponses:
		return formatOfDialect[req.Dialect.Name()] == format
	}
	return false
}
