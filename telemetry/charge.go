package telemetry

import (
	"encoding/json"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry/internal/packed"
)

// Charge is what one attempt cost, in nano-USD.
type Charge struct {
	Target string // config path
	Price  string // version of the price; "" if none is known
	Rule   string // of the price rule that Charged follows; "" without one
	Lines  []gateway.PriceLine
	Nano   int64 // what Lines add up to, rounded up
	Known  bool

	Charged      int64 // what the caller pays
	ChargedKnown bool
}

func (x *Charge) walk(c *packed.Codec) {
	for _, s := range []*string{&x.Target, &x.Price, &x.Rule} {
		c.Text(s)
	}
	packed.List(c, &x.Lines, walkPriceLine)
	c.Int(&x.Nano)
	c.Flag(&x.Known)
	c.Int(&x.Charged)
	c.Flag(&x.ChargedKnown)
}

func walkPriceLine(l *gateway.PriceLine, c *packed.Codec) {
	c.Text((*string)(&l.Unit))
	c.Int(&l.Count)
	c.Int(&l.Price)
	c.Int(&l.Per)
	c.Text(&l.Condition)
	c.Flag(&l.Unpriced)
	c.Int(&l.Amount)
}

type chargeJSON struct {
	Target string          `json:"target"`
	Price  string          `json:"price,omitempty"`      // version of the price
	Rule   string          `json:"price_rule,omitempty"` // that price_usd follows
	Lines  []priceLineJSON `json:"lines"`
	Cost   *json.Number    `json:"cost_usd"`  // what the lines add up to, rounded up to a billionth; null: no price is known
	Paid   *json.Number    `json:"price_usd"` // what the caller pays
}

type priceLineJSON struct {
	Unit      string       `json:"unit"` // "input", "output", "cache_read", "audio_input" … tokens, "web_search", "image" …
	Quantity  int64        `json:"quantity"`
	Price     *json.Number `json:"price_usd"`           // for so many units as per says; null: the unit was used and has no price
	Per       int64        `json:"per"`                 // 1000000 for tokens, 1 for others
	Amount    *int64       `json:"amount_nano_usd"`     // rounded so that the lines add up to the cost
	Condition string       `json:"condition,omitempty"` // why this price applies and not another one of the model
}

func (x *Charge) json() chargeJSON {
	out := chargeJSON{Target: x.Target, Price: x.Price, Rule: x.Rule, Lines: make([]priceLineJSON, len(x.Lines))}
	for i, l := range x.Lines {
		out.Lines[i] = priceLineJSON{Unit: string(l.Unit), Quantity: l.Count, Per: l.Per, Condition: l.Condition}
		if !l.Unpriced {
			usd := dollars(l.Price)
			out.Lines[i].Price, out.Lines[i].Amount = &usd, &l.Amount
		}
	}
	if x.Known {
		usd := dollars(x.Nano)
		out.Cost = &usd
	}
	if x.ChargedKnown {
		usd := dollars(x.Charged)
		out.Paid = &usd
	}
	return out
}
