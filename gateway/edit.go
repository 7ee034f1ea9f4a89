package gateway

import "slices"

// SetText replaces the text of delta i, in Deltas and Raw. Like all Set methods, it copies
// what it changes, because a replayed chunk is shared.
func (c *Chunk) SetText(i int, s string) error {
	return c.set(i, FieldText, 0, s, func(d *Delta) { d.Text = s })
}

// SetReasoning replaces the reasoning of delta i.
func (c *Chunk) SetReasoning(i int, s string) error {
	return c.set(i, FieldReasoning, 0, s, func(d *Delta) { d.Reasoning = s })
}

// SetRefusal replaces the refusal of delta i.
func (c *Chunk) SetRefusal(i int, s string) error {
	return c.set(i, FieldRefusal, 0, s, func(d *Delta) { d.Refusal = s })
}

// SetArgs replaces the arguments part of tool t of delta i.
func (c *Chunk) SetArgs(i, t int, s string) error {
	return c.set(i, FieldArgs, t, s, func(d *Delta) {
		d.Tools = slices.Clone(d.Tools)
		d.Tools[t].Args = s
	})
}

// SetName replaces the name of the function that tool t of delta i calls.
func (c *Chunk) SetName(i, t int, s string) error {
	return c.set(i, FieldName, t, s, func(d *Delta) {
		d.Tools = slices.Clone(d.Tools)
		d.Tools[t].Name = s
	})
}

func (c *Chunk) set(i int, field Field, tool int, s string, change func(*Delta)) error {
	const op = "gateway.Chunk.set"
	if c.Dialect == nil {
		return &Error{Op: op, Kind: Internal, Public: "The answer could not be edited."}
	}
	raw, err := c.Dialect.Replace(c, i, field, tool, s)
	if err != nil {
		return &Error{Op: op, Kind: Internal, Public: "The answer could not be edited.", Err: err}
	}
	c.Raw = raw
	c.Deltas = slices.Clone(c.Deltas)
	change(&c.Deltas[i])
	return nil
}
