package telemetry

import (
	"encoding/json"

	"github.com/sluicegate/sluice/gateway"
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

func (x *Charge) walk(c *recordCodec) {
	for _, s := range []*string{&x.Target, &x.Price, &x.Rule} {
		c.text(s)
	}
	list(c, &x.Lines, walkPriceLine)
	c.int(&x.Nano)
	c.flag(&x.Known)
	c.int(&x.Charged)
	c.flag(&x.ChargedKnown)
}

func walkPriceLine(l *gateway.PriceLine, c *recordCodec) {
	c.text((*string)(&l.Unit))
	c.int(&l.Count)
	c.int(&l.Price)
	c.int(&l.Per)
	c.text(&l.Condition)
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
	Unit      string      `json:"unit"` // "input", "cache_read", "cache_write" or "output" tokens
	Quantity  int64       `json:"quantity"`
	Price     json.Number `json:"price_usd"`           // for so many units as per says
	Per       int64       `json:"per"`                 // 1000000 for tokens
	Condition string      `json:"condition,omitempty"` // why this price applies and not another one of the model
}

func (x *Charge) json() chargeJSON {
	out := chargeJSON{Target: x.Target, Price: x.Price, Rule: x.Rule, Lines: make([]priceLineJSON, len(x.Lines))}
	for i, l := range x.Lines {
		out.Lines[i] = priceLineJSON{string(l.Unit), l.Count, dollars(l.Price), l.Per, l.Condition}
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
