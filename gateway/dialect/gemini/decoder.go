package gemini

import (
	"net/http"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/gateway/sse"
)

// Decoder reads one answer of a vendor and hands every event on as it came. It is for one
// goroutine; chunks are valid until the next call.
type Decoder struct {
	vendor string
	op     gateway.Op

	choices map[int]*choice
	blocked bool           // the prompt was refused: there is no candidate
	last    *gateway.Usage // latest report

	searches int64  // the most that one event tells of
	tier     string // that a header of the answer names
}

// choice is what is known of one candidate.
type choice struct {
	calls    int // function calls so far
	finished bool
}

// maxChoices bounds what an endless answer can make us keep.
const maxChoices = 1 << 10

// NewDecoder makes a decoder for the answer to req.
func NewDecoder(vendor string, req *gateway.Request) *Decoder {
	return &Decoder{vendor: vendor, op: req.Op, choices: map[int]*choice{}}
}

// Header takes the header of the answer, which names the service tier that it was made in.
func (d *Decoder) Header(h http.Header) { d.tier = gateway.Tier(h.Get("X-Gemini-Service-Tier")) }

// complete adds to a usage what the rest of the answer says of it.
func (d *Decoder) complete(u *gateway.Usage) {
	u.Searches = max(u.Searches, d.searches)
	if u.Terms.Tier == "" {
		u.Terms.Tier = d.tier
	}
}

// Feed takes one event. The format has no end mark, so it never reports the end. Each event
// of a stream counts all tokens so far: until the answer is finished, that is an early usage.
func (d *Decoder) Feed(e sse.Event) ([]gateway.Chunk, error) {
	const op = "gemini.Decoder.Feed"
	if vendorerror.IsEndMark(e.Data) {
		return nil, nil
	}
	data, err := vendorerror.Event(op, e.Data)
	if len(data) == 0 {
		return nil, err
	}
	c := gateway.Chunk{Raw: data, Dialect: Dialect{}}
	c.Read()
	if len(c.Deltas) == 0 {
		if err := vendorerror.FromEvent(op, data, d.vendor); err != nil {
			return nil, err
		}
	}
	for i := range c.Deltas {
		if !d.note(&c.Deltas[i]) {
			return nil, vendorerror.Broken(op, "The provider's answer has too many candidates.", nil)
		}
	}
	f := fieldsOf(gjson.ParseBytes(data))
	d.blocked = d.blocked || blocked(f)
	d.searches = max(d.searches, searches(f))
	if c.Usage != nil {
		d.last = c.Usage
	}
	if d.last != nil {
		u := *d.last
		d.complete(&u)
		d.last = &u
	}
	if c.Usage, c.Early = nil, c.Usage; d.finished() {
		c.Usage, c.Early = d.last, nil
	}
	return []gateway.Chunk{c}, nil
}

// note keeps account of a candidate, and corrects what one event alone cannot tell. It
// reports whether the candidate may be kept.
func (d *Decoder) note(delta *gateway.Delta) bool {
	c := d.choices[delta.Choice]
	if c == nil {
		if len(d.choices) == maxChoices {
			return false
		}
		c = &choice{}
		d.choices[delta.Choice] = c
	}
	for i := range delta.Tools {
		delta.Tools[i].Index = c.calls
		c.calls++
	}
	if delta.Finish == "stop" && c.calls > 0 {
		delta.Finish = "tool_calls"
	}
	c.finished = c.finished || delta.Finish != ""
	return true
}

// finished reports whether every candidate has a finish reason, or the prompt was refused.
func (d *Decoder) finished() bool {
	for _, c := range d.choices {
		if !c.finished {
			return false
		}
	}
	return len(d.choices) > 0 || d.blocked
}

// End takes the end of the stream.
func (d *Decoder) End() ([]gateway.Chunk, error) {
	if d.finished() {
		return nil, nil
	}
	return nil, vendorerror.Broken("gemini.Decoder.End", "The provider's answer broke off.", nil)
}

// required are the members of which an answer has one.
var required = map[gateway.Op][]string{
	gateway.OpCountTokens: {"totalTokens"},
	gateway.OpEmbeddings:  {"embedding", "embeddings"},
	gateway.OpChat:        {"candidates", "promptFeedback"},
}

// Body takes a whole answer.
func (d *Decoder) Body(body []byte) (gateway.Chunk, error) {
	const op = "gemini.Decoder.Body"
	body, err := vendorerror.Body(op, body)
	if err != nil {
		return gateway.Chunk{}, err
	}
	names := required[d.op]
	if names == nil {
		names = required[gateway.OpChat]
	}
	c := gateway.Chunk{Raw: body, Form: gateway.FormBody, Dialect: Dialect{}}
	c.Read()
	if c.Usage != nil {
		d.complete(c.Usage)
	}
	for _, name := range names {
		switch v := gjson.GetBytes(body, name); {
		case name == "candidates" && len(elements(v)) == 0, name == "promptFeedback" && len(c.Deltas) == 0:
		case given(v):
			return c, nil
		}
	}
	if err := vendorerror.FromBody(op, body, d.vendor); err != nil {
		return gateway.Chunk{}, err
	}
	return gateway.Chunk{}, vendorerror.Broken(op, "The provider's answer has no '"+names[0]+"'.", nil)
}
