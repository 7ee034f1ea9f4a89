package provider

import (
	"bytes"
	"io"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/sse"
	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"
)

// openaiCodec serves every vendor that speaks OpenAI's format, as its row describes it.
// What the row does not mention passes through byte for byte.
type openaiCodec struct {
	vendor Vendor
	places *places
}

func (c *openaiCodec) Request(t *gateway.Target, req *gateway.Request, credential gateway.Secret) (*Post, error) {
	v := &c.vendor
	path := pick(v.Quirks.ChatPath, "/chat/completions")
	if req.Op == gateway.OpEmbeddings {
		if path = pick(v.Quirks.EmbeddingsPath, "/embeddings"); v.Quirks.NoEmbeddings {
			return nil, noEmbeddings(v, t)
		}
	}
	to, err := c.places.at(v, t, req.Model(), path)
	if err != nil {
		return nil, err
	}
	body, err := c.body(t, req)
	if err != nil {
		return nil, err
	}
	out := newPost(to, body, req.Stream())
	v.authorize(out, credential)
	return out, nil
}

func pick(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func noEmbeddings(v *Vendor, t *gateway.Target) error {
	return &gateway.Error{Op: "provider.Request", Kind: gateway.Invalid, Param: "model", Target: t.Path,
		Public: "The provider '" + v.ID + "' has no embeddings."}
}

func (c *openaiCodec) Decoder(_ *gateway.Target, req *gateway.Request, _ Header) Decoder {
	return &openaiDecoder{vendor: c.vendor.ID, op: req.Op, strip: !req.WantsUsage()}
}

// openaiDecoder hands Raw on as it came, but for a usage that the caller did not ask for.
type openaiDecoder struct {
	vendor string
	op     gateway.Op
	strip  bool

	chunk [1]gateway.Chunk
	room  []gateway.Delta
	seen  uint64 // choices that said something, by index
	done  uint64 // choices with a finish reason
	ended bool   // [DONE]
}

func (d *openaiDecoder) Feed(e sse.Event) ([]gateway.Chunk, error) {
	const op = "provider.openai.Feed"
	data := bytes.TrimSpace(e.Data)
	if len(data) == 0 {
		return nil, nil
	}
	if string(data) == "[DONE]" {
		d.ended = true
		return nil, io.EOF
	}
	if data[0] != '{' || !gateway.ValidJSON(data) {
		return nil, broken(op, "The provider's stream holds an event that is not valid JSON.", nil)
	}
	c := &d.chunk[0]
	*c = gateway.Chunk{Raw: data}
	c.ReadDeltas(d.room)
	d.room = c.Deltas
	if len(c.Deltas) == 0 || string(e.Name) == "error" {
		if err := failedEvent(op, data, d.vendor); err != nil {
			return nil, err
		}
	}
	for i := range c.Deltas {
		bit := uint64(1) << (uint(c.Deltas[i].Choice) & 63)
		d.seen |= bit
		if c.Deltas[i].Finish == "error" {
			if err := failedEvent(op, data, d.vendor); err != nil {
				return nil, err
			}
		}
		if c.Deltas[i].Finish != "" {
			d.done |= bit
			if c.Usage == nil {
				c.Usage = elsewhere(data)
			}
		}
	}
	if d.strip {
		return d.chunk[:], d.hide(c)
	}
	return d.chunk[:], nil
}

// elsewhere finds a usage that a vendor puts beside the finish reason: Moonshot into the
// choice, Groq into a field of its own.
func elsewhere(data []byte) *gateway.Usage {
	if !bytes.Contains(data, []byte(`"usage"`)) {
		return nil
	}
	for _, path := range []string{"choices.0.usage", "x_groq.usage"} {
		if u := gjson.GetBytes(data, path); u.IsObject() {
			c := gateway.Chunk{Raw: []byte(`{"usage":` + u.Raw + `}`)}
			c.ReadDeltas(nil)
			c.Usage.CacheRead = max(c.Usage.CacheRead, u.Get("cached_tokens").Int())
			return c.Usage
		}
	}
	return nil
}

var noUsage = []byte(`,"usage":null}`)

// hide takes the usage out of what the caller will see. An event that held only a usage
// becomes one with an empty Raw.
func (d *openaiDecoder) hide(c *gateway.Chunk) error {
	if bytes.HasSuffix(c.Raw, noUsage) {
		c.Raw = append(c.Raw[:len(c.Raw)-len(noUsage)], '}') // the frequent case, in place: the buffer is ours
		return nil
	}
	if len(c.Deltas) == 0 && c.Usage != nil {
		c.Raw = nil
		return nil
	}
	if !bytes.Contains(c.Raw, []byte(`"usage"`)) || !gjson.GetBytes(c.Raw, "usage").Exists() {
		return nil
	}
	raw, err := sjson.DeleteBytes(c.Raw, "usage")
	if err != nil {
		return broken("provider.openai.hide", "The provider's stream holds an event that cannot be read.", err)
	}
	c.Raw = raw
	return nil
}

func (d *openaiDecoder) End() error {
	if d.ended || d.seen != 0 && d.seen == d.done {
		return nil
	}
	return broken("provider.openai.End", "The provider's answer broke off.", nil)
}

func (d *openaiDecoder) Body(body []byte) (gateway.Chunk, error) {
	const op = "provider.openai.Body"
	body = bytes.TrimSpace(body)
	switch {
	case len(body) == 0:
		return gateway.Chunk{}, broken(op, "The provider's answer is empty.", nil)
	case body[0] != '{' || !gateway.ValidJSON(body):
		return gateway.Chunk{}, broken(op, "The provider's answer is not a JSON object.", nil)
	}
	c := gateway.Chunk{Raw: body, Form: gateway.FormBody, Lasting: true}
	c.ReadDeltas(nil)
	field, some := "choices", len(c.Deltas) > 0
	if d.op == gateway.OpEmbeddings {
		field, some = "data", gjson.GetBytes(body, "data.0").Exists()
	}
	if !some {
		if err := failed(op, body, d.vendor); err != nil {
			return gateway.Chunk{}, err
		}
		return gateway.Chunk{}, broken(op, "The provider's answer has no '"+field+"'.", nil)
	}
	return c, nil
}

func (c *openaiCodec) Error(status int, header Header, body []byte) *gateway.Error {
	return refusedBy(c.vendor.ID, status, header, body)
}
