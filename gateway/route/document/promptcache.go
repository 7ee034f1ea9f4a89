package document

import (
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
)

// cachePoints parses "auto" and "off".
func (p *parser) cachePoints(d *Document, at string, v gjson.Result) {
	word, ok := p.stringValue(at, v)
	auto := word == "auto"
	if ok && !auto && word != "off" {
		p.problemf(at, v.Index, "must be auto or off, not '%s'", gateway.Shorten(word))
	}
	d.CachePoints = &auto
}

// billingLine parses "keep" and "drop".
func (p *parser) billingLine(d *Document, at string, v gjson.Result) {
	word, ok := p.stringValue(at, v)
	switch d.BillingLine = gateway.BillingLine(word); d.BillingLine {
	case gateway.BillingLineKeep, gateway.BillingLineDrop:
	default:
		if ok {
			p.problemf(at, v.Index, "must be keep or drop, not '%s'", gateway.Shorten(word))
		}
	}
}
