package gemini

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// WriteAnswer implements dialect.Format.
func (Dialect) WriteAnswer(m *message.Request) message.AnswerWriter {
	w := &answerWriter{choices: map[int]*writingChoice{}, parts: map[partKey]*writingPart{}}
	if m != nil {
		w.head.Model, w.hide = m.Model, m.Reasoning.Hidden
	}
	return w
}

// answerWriter writes one answer. A function call is written when it is complete. Finish
// reasons and the usage wait for the end, because clients take them from the last event.
type answerWriter struct {
	head    answer // id and model
	hide    bool   // the caller did not ask for thoughts
	choices map[int]*writingChoice
	order   []*writingChoice // as they began
	parts   map[partKey]*writingPart
	kept    int // bytes of parts that wait
	usage   *gateway.Usage
	ended   bool
	out     []gateway.Chunk
}

type partKey struct{ choice, part int }

// writingChoice is one candidate.
type writingChoice struct {
	index  int
	calls  int
	finish string
	sealed []sealedReasoning // since the last call
	cited  citedText
	cites  []message.Citation
	tokens []message.Logprob
}

// writingPart is a part that is open. The text of a call and of reasoning is kept.
type writingPart struct {
	start message.Event
	text  strings.Builder
	value strings.Builder // signature of reasoning
}

// maxWaiting bounds the text of parts that are open and of reasoning that waits for a call,
// in bytes.
const maxWaiting = 32 << 20

func tooLong() error {
	return &gateway.Error{Op: "gemini.WriteAnswer", Kind: gateway.BadUpstream, Public: "The provider's answer is too long to be put in order."}
}

// Events implements message.AnswerWriter.
func (w *answerWriter) Events(es []message.Event) ([]gateway.Chunk, error) {
	w.out = nil
	for i := range es {
		if !w.ended {
			if err := w.take(&es[i]); err != nil {
				return nil, err
			}
		}
	}
	return w.out, nil
}

// Body implements message.AnswerWriter: the events of the answer, folded.
func (w *answerWriter) Body(es []message.Event) (gateway.Chunk, error) {
	events, err := w.Events(append(es[:len(es):len(es)], message.Event{Kind: message.EventEnd}))
	if err != nil {
		return gateway.Chunk{}, err
	}
	var a assembler
	for i := range events {
		a.Add(&events[i])
	}
	c := gateway.Chunk{Raw: a.Body(nil), Form: gateway.FormBody, Dialect: Dialect{}}
	c.Read()
	return c, nil
}

func (w *answerWriter) take(e *message.Event) error {
	switch e.Kind {
	case message.EventStart:
		if w.head.ID = e.ID; e.Model != "" {
			w.head.Model = e.Model
		}
	case message.EventPartStart:
		if len(w.parts) == maxParts {
			return tooLong()
		}
		w.choice(e.Choice)
		w.parts[partKey{e.Choice, e.Part}] = &writingPart{start: *e}
	case message.EventDelta:
		return w.delta(e)
	case message.EventPartEnd:
		return w.endPart(e)
	case message.EventFinish:
		w.choice(e.Choice).finish = e.Finish
	case message.EventLogprobs:
		if c := w.choice(e.Choice); len(c.tokens)+len(e.Tokens) <= maxLogprobs {
			c.tokens = append(c.tokens, e.Tokens...)
		}
	case message.EventOwn: // callers of this format know none
	case message.EventCitation:
		if c := w.choice(e.Choice); e.Source.URL != "" && len(c.cites) < message.MaxCitations {
			c.cites = append(c.cites, *e.Source)
		}
	case message.EventUsage:
		w.usage = e.Usage
	case message.EventEnd:
		return w.end()
	}
	return nil
}

func (w *answerWriter) choice(index int) *writingChoice {
	c := w.choices[index]
	if c == nil {
		c = &writingChoice{index: index}
		w.choices[index] = c
		w.order = append(w.order, c)
	}
	return c
}

func (w *answerWriter) delta(e *message.Event) error {
	p := w.parts[partKey{e.Choice, e.Part}]
	switch {
	case p == nil:
		return nil
	case p.start.Of == message.KindText || p.start.Of == message.KindRefusal:
		w.choice(e.Choice).cited.add(e.Text)
		return w.write(w.choice(e.Choice), textPart(e.Text))
	}
	if w.kept += len(e.Text) + len(e.Sign.Value); w.kept > maxWaiting {
		return tooLong()
	}
	p.text.WriteString(e.Text)
	p.value.WriteString(e.Sign.Value)
	if p.start.Of == message.KindReasoning && e.Text != "" && !w.hide {
		return w.write(w.choice(e.Choice), thoughtPart(e.Text))
	}
	return nil
}

func (w *answerWriter) endPart(e *message.Event) error {
	key := partKey{e.Choice, e.Part}
	p := w.parts[key]
	if p == nil {
		return nil
	}
	delete(w.parts, key)
	c := w.choice(e.Choice)
	switch p.start.Of {
	case message.KindReasoning:
		sealed := sealedReasoning{Value: p.value.String(), Encrypted: p.start.Sign.Encrypted}
		if sealed != (sealedReasoning{}) {
			sealed.Text = p.text.String()
			c.sealed = append(c.sealed, sealed)
			return nil
		}
		w.kept -= p.text.Len()
	case message.KindToolCall:
		w.kept -= p.text.Len()
		return w.call(c, p)
	}
	return nil
}

// call writes a function call with the signed reasoning before it. Arguments that are no
// JSON object, of an answer that was cut off, stand in a member of one.
func (w *answerWriter) call(c *writingChoice, p *writingPart) error {
	args := strings.TrimSpace(p.text.String())
	switch {
	case args == "":
		args = "{}"
	case !gjson.Valid(args) || args[0] != '{':
		raw, err := json.Marshal(map[string]string{"arguments": args})
		if err != nil {
			return err
		}
		args = string(raw)
	}
	written := part{Call: &functionCall{p.start.Call.ID, p.start.Call.Name, json.RawMessage(args)}}
	if len(c.sealed) > 0 {
		written.Signature = seal(c.sealed)
		for _, s := range c.sealed {
			w.kept -= len(s.Text) + len(s.Value)
		}
		c.sealed = nil
	}
	return w.write(c, written)
}

// write writes an event with one part. A call has the index that follows those before it.
func (w *answerWriter) write(c *writingChoice, p part) error {
	e := w.head
	e.Candidates = []candidate{{Content: content{Parts: []part{p}, Role: "model"}, Index: c.index}}
	if err := w.event(&e); err != nil {
		return err
	}
	for _, d := range w.out[len(w.out)-1].Deltas {
		for i := range d.Tools {
			d.Tools[i].Index = c.calls
			c.calls++
		}
	}
	return nil
}

func (w *answerWriter) event(e *answer) error {
	raw, err := json.Marshal(e)
	c := gateway.Chunk{Raw: raw, Dialect: Dialect{}}
	c.Read()
	w.out = append(w.out, c)
	return err
}

// end writes the last event. Calls that were not complete are written as far as they came.
func (w *answerWriter) end() error {
	w.ended = true
	w.choice(0)
	open := slices.SortedFunc(maps.Keys(w.parts), func(a, b partKey) int {
		return cmp.Or(cmp.Compare(a.choice, b.choice), cmp.Compare(a.part, b.part))
	})
	for _, key := range open {
		if err := w.endPart(&w.parts[key].start); err != nil {
			return err
		}
	}
	e := w.head
	e.Usage = usageOf(w.usage)
	for _, c := range w.order {
		e.Candidates = append(e.Candidates, candidate{Content: content{Role: "model"}, Finish: reasonOf(c.finish), Index: c.index,
			Grounding: writeGrounding(c.cites, &c.cited), Logprobs: writeLogprobs(c.tokens)})
	}
	if err := w.event(&e); err != nil {
		return err
	}
	deltas := w.out[len(w.out)-1].Deltas
	for i := range deltas {
		if c := w.choices[deltas[i].Choice]; deltas[i].Finish == "stop" && c != nil && c.calls > 0 {
			deltas[i].Finish = "tool_calls"
		}
	}
	return nil
}
