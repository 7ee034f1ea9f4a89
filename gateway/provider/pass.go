package provider

import (
	"context"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/opaque"
	"github.com/sluicegate/sluice/gateway/provider/codec"
	"github.com/sluicegate/sluice/gateway/provider/passthrough"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
)

// pass passes a call on to its target.
func (c *Client) pass(ctx context.Context, ex *gateway.Exchange, v *vendor.Vendor) (gateway.Stream, error) {
	ex.Facts.Hints = nil
	d, _ := ex.Request.Dialect.(opaque.Dialect)
	wire := passthrough.New(v, d)
	if ex.Request.Pass.Stored != "" {
		at, err := passthrough.Storage(v, ex.Target)
		if err != nil {
			return nil, err
		}
		return c.send(ctx, ex, v, at, wire, ex.Request)
	}
	if n := len(ex.Facts.Attempts); n > 0 { // Router began the record of this attempt
		ex.Facts.Attempts[n-1].Format = string(gateway.OpPassThrough)
	}
	return c.send(ctx, ex, v, codec.ReachedIn(v, ex.Target, v.OwnFormat(modelOf(ex.Request))), wire, ex.Request)
}

// modelOf is the model that a call names, in its path or body; "" if it names none.
func modelOf(req *gateway.Request) string {
	if names, _ := req.Dialect.Models(req.Raw); len(names) > 0 {
		return names[0]
	}
	return ""
}
