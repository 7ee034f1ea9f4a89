package openai

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// ReadAnswer implements dialect.Format.
func (Dialect) ReadAnswer() message.AnswerReader {
	return &answerReader{choices: map[int]*choiceState{}}
}

// answerReader makes parts of the deltas: a part begins with the first delta of another
// kind, and ends where the next one begins.
type answerReader struct {
	started bool
	choices map[int]*choiceState
	events  []message.Event
}

// choiceState is the part of one choice that is open.
type choiceState struct {
	open  bool
	of    message.Kind
	tool  int // index of the open tool call, as the vendor numbers it
	parts int // so far
}

// Read implements message.AnswerReader.
func (r *answerReader) Read(c *gateway.Chunk) ([]message.Event, error) {
	r.events = nil
	if !r.started && len(c.Raw) > 0 {
		r.started = true
		a := &assembler{}
		a.Add(c)
		r.emit(message.Event{Kind: message.EventStart, ID: a.head.ID, Model: a.head.Model, Created: a.head.Created})
	}
	for i := range c.Deltas {
		r.delta(&c.Deltas[i])
	}
	if c.Usage != nil {
		u := *c.Usage
		r.emit(message.Event{Kind: message.EventUsage, Usage: &u})
	}
	return r.events, nil
}

func (r *answerReader) emit(e message.Event) { r.events = append(r.events, e) }

func (r *answerReader) delta(d *gateway.Delta) {
	s := r.choices[d.Choice]
	if s == nil {
		s = &choiceState{}
		r.choices[d.Choice] = s
	}
	r.text(s, d.Choice, message.KindReasoning, d.Reasoning)
	r.text(s, d.Choice, message.KindText, d.Text)
	r.text(s, d.Choice, message.KindRefusal, d.Refusal)
	for _, t := range d.Tools {
		if !s.open || s.of != message.KindToolCall || s.tool != t.Index {
			s.tool = t.Index
			r.begin(s, d.Choice, message.Event{Of: message.KindToolCall, Call: message.Call{ID: t.ID, Name: t.Name}})
		}
		if t.Args != "" {
			r.emit(message.Event{Kind: message.EventDelta, Choice: d.Choice, Part: s.parts - 1, Of: message.KindToolCall, Text: t.Args})
		}
	}
	if d.Finish != "" {
		r.end(s, d.Choice)
		r.emit(message.Event{Kind: message.EventFinish, Choice: d.Choice, Finish: d.Finish})
	}
}

func (r *answerReader) text(s *choiceState, choice int, of message.Kind, text string) {
	if text == "" {
		return
	}
	if !s.open || s.of != of {
		r.begin(s, choice, message.Event{Of: of})
	}
	r.emit(message.Event{Kind: message.EventDelta, Choice: choice, Part: s.parts - 1, Of: of, Text: text})
}

func (r *answerReader) begin(s *choiceState, choice int, e message.Event) {
	r.end(s, choice)
	e.Kind, e.Choice, e.Part = message.EventPartStart, choice, s.parts
	s.open, s.of = true, e.Of
	s.parts++
	r.emit(e)
}

func (r *answerReader) end(s *choiceState, choice int) {
	if s.open {
		s.open = false
		r.emit(message.Event{Kind: message.EventPartEnd, Choice: choice, Part: s.parts - 1, Of: s.of})
	}
}
