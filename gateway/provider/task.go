package provider

import (
	"context"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/provider/codec"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
)

// runTask calls a vendor for an operation besides chat and embeddings. A vendor without it answers with an
// error of its own; only those that speak no format of OpenAI's are not asked.
func (c *Client) runTask(ctx context.Context, ex *gateway.Exchange, v *vendor.Vendor) (gateway.Stream, error) {
	ex.Facts.Hints = nil
	wire, format, ok := codec.ForTask(v, ex.Request)
	if !ok {
		return nil, &gateway.Error{Op: "provider.runTask", Kind: gateway.Invalid, Param: "model", Target: ex.Target.Path, Code: "unsupported_operation",
			Public: "The provider '" + v.ID + "' does not offer this operation in OpenAI's format: name another target."}
	}
	if n := len(ex.Facts.Attempts); n > 0 { // Router began the record of this attempt
		ex.Facts.Attempts[n-1].Format = wire.Format().Name()
	}
	return c.send(ctx, ex, v, codec.ReachedIn(v, ex.Target, format), wire, ex.Request)
}
