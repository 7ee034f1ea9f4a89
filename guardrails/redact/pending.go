package redact

import "github.com/sluicegate/sluice/gateway"

// textID names one text of an answer.
type textID struct {
	choice, part, tool int
	field              gateway.Field
	freeForm           bool // of FieldArgs: the arguments are no JSON
}

// pendingText is the end of a text that may become a placeholder.
type pendingText struct {
	textID
	rest  string
	event []byte // the raw event that brought it
}

// release returns a chunk with the pending text, which is then empty.
func (p *pendingText) release(dialect gateway.Dialect) (gateway.Chunk, error) {
	d := gateway.Delta{Choice: p.choice, Part: p.part}
	switch p.field {
	case gateway.FieldText:
		d.Text = p.rest
	case gateway.FieldReasoning:
		d.Reasoning = p.rest
	case gateway.FieldRefusal:
		d.Refusal = p.rest
	case gateway.FieldArgs:
		d.Tools = []gateway.ToolDelta{{Index: p.tool, Args: p.rest, FreeForm: p.freeForm}}
	}
	p.rest = ""
	raw, err := dialect.Event(p.event, &d)
	if err != nil {
		return gateway.Chunk{}, &gateway.Error{Op: "guardrails.restore", Kind: gateway.Internal, Public: "The answer could not be restored.", Err: err}
	}
	return gateway.Chunk{Deltas: []gateway.Delta{d}, Raw: raw, Form: gateway.FormEvent, Dialect: dialect}, nil
}
