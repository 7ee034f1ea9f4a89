package billing

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/tariff"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// typicalOutput is how many tokens an answer is expected to have whose request sets no limit.
const typicalOutput = 500

// Expected is what a call is estimated to cost at t with the request that t would get, in nano-USD, at the
// prices that [Service.Reserve] charges by. It compares targets; a reservation needs the most that a call
// can cost. A vendor's bill counts, whatever the caller pays for it. known is false if a part of the call
// has no price at t: a ceiling of the workspace is no price.
//
// The input counts as estimated from its texts, nothing of it as cached. The output counts as the limit
// that the request sets, else as typicalOutput.
func Expected(book tariff.Catalog, ex *gateway.Exchange, t *gateway.Target, req *gateway.Request) (nano int64, known bool) {
	if req.Pass != nil || req.Realtime != nil || req.Op == gateway.OpTranscription || req.Op == gateway.OpAudioTranslation {
		return 0, false // nobody knows yet what is used, nor how long a recording is
	}
	names, readable := req.Dialect.Models(req.Raw)
	if !readable || len(names) == 0 {
		return 0, false
	}
	used := expectedUsage(req)
	rates := tariff.Rates{Book: book}
	asked := ex.With(req)
	for _, model := range names { // the vendor may choose any
		u := used
		u.Terms = u.Terms.Or(tariff.Piece(model, req))
		c := rates.Of(asked, t, model).Charge(u)
		if !c.Known || c.Partial {
			return 0, false
		}
		nano = max(nano, c.Nano)
	}
	return nano, true
}

// expectedUsage is what a request is estimated to use.
func expectedUsage(req *gateway.Request) gateway.Usage {
	d := demand{choices: 1}
	d.addPieces(req)
	u := d.pieces
	u.Input, u.Output = req.EstimatedInput(), d.tokens(d.output)
	if req.Op == gateway.OpRerank {
		u.Queries = 1
	}
	if req.Op.GeneratesText() {
		p := req.Parameters()
		d.choices, d.output = p.Choices, typicalOutput
		if p.MaxOutput > 0 {
			d.output = p.MaxOutput
		}
		u.Output = d.tokens(d.output)
	}
	u.Terms.Tier = gateway.Tier(jsonx.String(jsonx.Get(req.Raw, "service_tier")))
	return tariff.ClampUsage(u)
}
