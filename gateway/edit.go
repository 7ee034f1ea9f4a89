package gateway

import (
	"slices"
	"strconv"

	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"

	"github.com/sluicegate/sluice/internal/jsonx"
)

// The Set methods replace one field in both Deltas and Raw. Both are copied first: the
// chunk may be a replayed one that others read.

// SetText replaces the text of delta i.
func (c *Chunk) SetText(i int, s string) error {
	c.own(i).Text = s
	return c.set(i, "content", s)
}

// SetReasoning replaces the reasoning of delta i, under the name the vendor uses.
func (c *Chunk) SetReasoning(i int, s string) error {
	c.own(i).Reasoning = s
	if gjson.GetBytes(c.Raw, c.path(i)+"reasoning").Exists() {
		return c.set(i, "reasoning", s)
	}
	return c.set(i, "reasoning_content", s)
}

// SetRefusal replaces the refusal of delta i.
func (c *Chunk) SetRefusal(i int, s string) error {
	c.own(i).Refusal = s
	return c.set(i, "refusal", s)
}

// SetArgs replaces the piece of arguments of tool t of delta i.
func (c *Chunk) SetArgs(i, t int, s string) error {
	d := c.own(i)
	d.Tools = slices.Clone(d.Tools)
	d.Tools[t].Args = s
	return c.set(i, "tool_calls."+strconv.Itoa(c.Deltas[i].Tools[t].At)+".function.arguments", s)
}

func (c *Chunk) own(i int) *Delta {
	c.Deltas = slices.Clone(c.Deltas)
	return &c.Deltas[i]
}

func (c *Chunk) path(i int) string {
	part := ".delta."
	if c.Form == FormBody {
		part = ".message."
	}
	return "choices." + strconv.Itoa(c.Deltas[i].At) + part
}

// set makes a new Raw: the old one may be shared.
func (c *Chunk) set(i int, field, s string) error {
	raw, err := sjson.SetRawBytes(c.Raw, c.path(i)+field, jsonx.Quote(s))
	if err != nil {
		return &Error{Op: "gateway.Chunk.set", Kind: Internal, Public: "The answer could not be edited.", Err: err}
	}
	c.Raw = raw
	return nil
}
