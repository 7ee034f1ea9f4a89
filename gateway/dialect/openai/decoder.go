package openai

import (
	"io"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/gateway/sse"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Decoder reads one answer of a vendor and hands Raw on as it came, but for a usage that
// the caller did not ask for. It is for one goroutine; chunks are valid until the next call.
type Decoder struct {
	vendor    string
	op        gateway.Op
	hideUsage bool
	searches  bool // the model searches the web for each answer, which no field counts

	tier  string // as the vendor told it last
	seen  uint64 // choices that said something, by index
	done  uint64 // choices with a finish reason
	ended bool   // [DONE]
}

// NewDecoder makes a decoder for the answer to req.
func NewDecoder(vendor string, req *gateway.Request) *Decoder {
	return &Decoder{vendor: vendor, op: req.Op, hideUsage: !req.WantsUsage(), searches: strings.Contains(req.Model(), "-search-preview") || strings.Contains(req.Model(), "-search-api")}
}

// Feed takes one event. io.EOF: it was the end mark.
func (d *Decoder) Feed(e sse.Event) ([]gateway.Chunk, error) {
	const op = "openai.Decoder.Feed"
	if vendorerror.IsEndMark(e.Data) {
		d.ended = true
		return nil, io.EOF
	}
	data, err := vendorerror.Event(op, e.Data)
	if len(data) == 0 {
		return nil, err
	}
	c := gateway.Chunk{Raw: data, Dialect: Dialect{}}
	c.Read()
	if len(c.Deltas) == 0 || string(e.Name) == "error" {
		if err := vendorerror.FromEvent(op, data, d.vendor); err != nil {
			return nil, err
		}
	}
	for i := range c.Deltas {
		if err := d.note(&c, &c.Deltas[i]); err != nil {
			return nil, err
		}
	}
	d.complete(&c)
	if d.hideUsage {
		withoutUsage(&c)
	}
	return []gateway.Chunk{c}, nil
}

// note keeps account of which choices have begun and ended.
func (d *Decoder) note(c *gateway.Chunk, delta *gateway.Delta) error {
	bit := uint64(1) << (uint(delta.Choice) & 63)
	d.seen |= bit
	if delta.Finish == "error" {
		if err := vendorerror.FromEvent("openai.Decoder.Feed", c.Raw, d.vendor); err != nil {
			return err
		}
	}
	if delta.Finish != "" {
		d.done |= bit
		if c.Usage == nil {
			c.Usage = misplacedUsage(c.Raw)
		}
	}
	return nil
}

// complete adds to a usage what the rest of the answer says of it. The tier may have come in an
// earlier event.
func (d *Decoder) complete(c *gateway.Chunk) {
	if c.Head != nil && c.Head.Tier != "" {
		d.tier = c.Head.Tier
	}
	if c.Usage == nil {
		return
	}
	c.Usage.Terms.Tier = gateway.Tier(d.tier)
	if d.searches {
		c.Usage.Searches = max(c.Usage.Searches, 1)
	}
}

// misplacedUsage finds a usage that a vendor puts beside the finish reason: Moonshot into
// the choice, Groq into a field of its own.
func misplacedUsage(data []byte) *gateway.Usage {
	for _, path := range [][]string{{"choices", "0", "usage"}, {"x_groq", "usage"}} {
		if v := jsonx.Get(data, path...); len(v) > 0 && v[0] == '{' {
			return readUsage(v)
		}
	}
	return nil
}

// withoutUsage takes the usage out of what the caller will see. An event that held nothing
// else becomes one with an empty Raw.
func withoutUsage(c *gateway.Chunk) {
	if len(c.Deltas) == 0 && c.Usage != nil {
		c.Raw = nil
		return
	}
	if jsonx.Get(c.Raw, "usage") != nil {
		c.Raw = jsonx.Delete(c.Raw, "usage")
	}
}

// End takes the end of the stream. An error says that the answer broke off.
func (d *Decoder) End() ([]gateway.Chunk, error) {
	if d.ended || d.seen != 0 && d.seen == d.done {
		return nil, nil
	}
	return nil, vendorerror.Broken("openai.Decoder.End", "The provider's answer broke off.", nil)
}

// Body takes a whole answer.
func (d *Decoder) Body(body []byte) (gateway.Chunk, error) {
	const op = "openai.Decoder.Body"
	body, err := vendorerror.Body(op, body)
	if err != nil {
		return gateway.Chunk{}, err
	}
	c := gateway.Chunk{Raw: body, Form: gateway.FormBody, Dialect: Dialect{}}
	c.Read()
	d.complete(&c)
	field, some := "choices", len(c.Deltas) > 0
	if d.op == gateway.OpEmbeddings {
		field, some = "data", jsonx.Get(body, "data", "0") != nil
	}
	if some {
		return c, nil
	}
	if err := vendorerror.FromBody(op, body, d.vendor); err != nil {
		return gateway.Chunk{}, err
	}
	return gateway.Chunk{}, vendorerror.Broken(op, "The provider's answer has no '"+field+"'.", nil)
}
