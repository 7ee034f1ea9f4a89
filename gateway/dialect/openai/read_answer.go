package openai

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// ReadAnswer implements dialect.Format.
func (Dialect) ReadAnswer() message.AnswerReader {
	return &answerReader{choices: map[int]*choiceState{}}
}

// answerReader makes parts of the deltas. A text begins with the first delta of its kind and
// ends where another part begins. A tool call lasts until the choice is finished, because
// pieces of several calls may alternate.
type answerReader struct {
	started bool
	choices map[int]*choiceState
	events  []message.Event
}

// choiceState is what is open of one choice.
type choiceState struct {
	parts int         // so far
	text  *openText   // nil: none is open
	tools map[int]int // part of each tool call, by the vendor's index
}

// openText is a part that is no tool call.
type openText struct {
	part int
	of   message.Kind
}

// Read implements message.AnswerReader.
func (r *answerReader) Read(c *gateway.Chunk) ([]message.Event, error) {
	r.events = nil
	if !r.started && len(c.Raw) > 0 {
		r.started = true
		start := message.Event{Kind: message.EventStart}
		if h := c.Head; h != nil {
			start.ID, start.Model, start.Created = h.ID, h.Model, h.Created
		}
		r.emit(start)
	}
	if bytes.Contains(c.Raw, []byte(`_citation"`)) {
		part := "delta"
		if c.Form == gateway.FormBody {
			part = "message"
		}
		readAnnotations(c.Raw, part, func(choice int, source message.Citation) {
			r.emit(message.Event{Kind: message.EventCitation, Choice: choice, Source: &source})
		})
	}
	if bytes.Contains(c.Raw, []byte(`"`+ownFields+`"`)) {
		part := "delta"
		if c.Form == gateway.FormBody {
			part = "message"
		}
		readOwnFields(c.Raw, part, func(choice int, fields json.RawMessage) {
			if s := r.choices[choice]; s != nil {
				r.endText(s, choice) // they are about what follows
			}
			r.emit(message.Event{Kind: message.EventOwn, Choice: choice, Own: message.OwnFields{Fields: fields}})
		})
	}
	if bytes.Contains(c.Raw, []byte(`"logprob"`)) {
		readLogprobs(c.Raw, func(choice int, list []message.Logprob) {
			r.emit(message.Event{Kind: message.EventLogprobs, Choice: choice, Tokens: list})
		})
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
		s = &choiceState{tools: map[int]int{}}
		r.choices[d.Choice] = s
	}
	r.piece(s, d.Choice, message.KindReasoning, d.Reasoning)
	r.piece(s, d.Choice, message.KindText, d.Text)
	r.piece(s, d.Choice, message.KindRefusal, d.Refusal)
	for _, t := range d.Tools {
		r.tool(s, d.Choice, t)
	}
	if d.Finish != "" {
		r.endAll(s, d.Choice)
		r.emit(message.Event{Kind: message.EventFinish, Choice: d.Choice, Finish: d.Finish})
	}
}

// piece adds to the open text, or begins another one.
func (r *answerReader) piece(s *choiceState, choice int, of message.Kind, text string) {
	if text == "" {
		return
	}
	if s.text == nil || s.text.of != of {
		r.endText(s, choice)
		s.text = &openText{part: r.begin(s, message.Event{Choice: choice, Of: of}), of: of}
	}
	r.emit(message.Event{Kind: message.EventDelta, Choice: choice, Part: s.text.part, Of: of, Text: text})
}

// tool adds to a tool call, or begins one.
func (r *answerReader) tool(s *choiceState, choice int, t gateway.ToolDelta) {
	part, open := s.tools[t.Index]
	if !open {
		r.endText(s, choice)
		part = r.begin(s, message.Event{Choice: choice, Of: message.KindToolCall, Call: message.Call{ID: t.ID, Name: t.Name}})
		s.tools[t.Index] = part
	}
	if t.Args != "" {
		r.emit(message.Event{Kind: message.EventDelta, Choice: choice, Part: part, Of: message.KindToolCall, Text: t.Args})
	}
}

// begin opens the next part of a choice and returns its index.
func (r *answerReader) begin(s *choiceState, e message.Event) int {
	e.Kind, e.Part = message.EventPartStart, s.parts
	s.parts++
	r.emit(e)
	return e.Part
}

func (r *answerReader) endText(s *choiceState, choice int) {
	if s.text != nil {
		r.emit(message.Event{Kind: message.EventPartEnd, Choice: choice, Part: s.text.part, Of: s.text.of})
		s.text = nil
	}
}

// endAll ends what is open, in the order in which it began.
func (r *answerReader) endAll(s *choiceState, choice int) {
	r.endText(s, choice)
	for _, part := range slices.Sorted(maps.Values(s.tools)) {
		r.emit(message.Event{Kind: message.EventPartEnd, Choice: choice, Part: part, Of: message.KindToolCall})
	}
	clear(s.tools)
}
