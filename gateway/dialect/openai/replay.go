package openai

import (
	"encoding/json"

	"github.com/sluicegate/sluice/gateway"
)

// Events implements gateway.AnswerFormat: for each choice a role, what it thought, said and
// called, with its sources and probabilities, and its finish reason; then the usage, if the caller
// asked for it.
func (d Dialect) Events(body []byte, usage bool) ([]gateway.Chunk, error) {
	whole := gateway.Chunk{Raw: body, Form: gateway.FormBody, Dialect: d}
	whole.Read()
	var r gateway.Response
	r.Fold(whole)
	var a assembler
	a.addBesides(body, "message")
	w := eventWriter{head: &r.AnswerHead}
	for i := range r.Choices {
		b := a.choices[r.Choices[i].Index]
		if b == nil {
			b = &besides{}
		}
		w.choice(&r.Choices[i], b)
	}
	if usage && r.Usage != nil {
		w.usage(r.Usage)
	}
	return w.out, nil
}

// eventWriter writes the chunks of a streamed completion.
type eventWriter struct {
	head *gateway.AnswerHead // shared with the chunks
	out  []gateway.Chunk
}

func (w *eventWriter) choice(c *gateway.Choice, b *besides) {
	empty := ""
	w.delta(gateway.Delta{Choice: c.Index}, wireDelta{Role: "assistant", Content: &empty})
	if s := c.Reasoning(); s != "" {
		w.delta(gateway.Delta{Choice: c.Index, Reasoning: s}, wireDelta{Reasoning: s})
	}
	if len(b.thinking)+len(b.details) > 0 {
		w.delta(gateway.Delta{Choice: c.Index}, wireDelta{Thinking: b.thinking, Details: b.details})
	}
	if s := c.Text(); s != "" {
		w.delta(gateway.Delta{Choice: c.Index, Text: s}, wireDelta{Content: &s})
	}
	if s := c.Refusal(); s != "" {
		w.delta(gateway.Delta{Choice: c.Index, Refusal: s}, wireDelta{Refusal: s})
	}
	for n := range c.Tools {
		t := &c.Tools[n]
		said := gateway.ToolDelta{Index: n, ID: t.ID, Name: t.Name, Args: t.Args(), FreeForm: t.FreeForm}
		tool := streamedTool(&said)
		tool.Extra = b.signatures[n]
		w.delta(gateway.Delta{Choice: c.Index, Tools: []gateway.ToolDelta{said}}, wireDelta{Tools: []wireTool{tool}})
	}
	if len(b.sources) > 0 {
		w.delta(gateway.Delta{Choice: c.Index}, wireDelta{Sources: b.sources})
	}
	if len(b.tokens)+len(b.refused) > 0 {
		w.write(gateway.Chunk{Deltas: []gateway.Delta{{Choice: c.Index}}}, event{Choices: []eventChoice{{Index: c.Index, Logprobs: &rawLogprobs{b.tokens, b.refused}}}})
	}
	w.delta(gateway.Delta{Choice: c.Index, Finish: c.Finish}, wireDelta{})
}

// delta writes one event. said is what it says, as stages read it and as it is written.
func (w *eventWriter) delta(said gateway.Delta, wire wireDelta) {
	w.write(gateway.Chunk{Deltas: []gateway.Delta{said}},
		event{Choices: []eventChoice{{Index: said.Choice, Delta: wire, Finish: nilable(said.Finish)}}})
}

func (w *eventWriter) usage(u *gateway.Usage) {
	w.write(gateway.Chunk{Usage: u}, event{Choices: []eventChoice{}, Usage: usageOf(u)})
}

func (w *eventWriter) write(c gateway.Chunk, e event) {
	e.ID, e.Object, e.Created, e.Model = w.head.ID, "chat.completion.chunk", w.head.Created, w.head.Model
	c.Raw, _ = json.Marshal(e) // plain data always encodes
	c.Head, c.Dialect = w.head, Dialect{}
	w.out = append(w.out, c)
}
