package anthropic

import (
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// WriteAnswer implements dialect.Format.
func (Dialect) WriteAnswer(m *message.Request) message.AnswerWriter {
	w := &answerWriter{}
	if m != nil {
		w.model = m.Model
	}
	return w
}

// answerWriter writes one answer. A block is closed before the next one opens, as clients
// expect: parts that overlap wait for the one that is open. The stop reason and the usage
// are one event here, so both wait for the end. Of several choices only the first is written.
type answerWriter struct {
	eventWriter
	model string // that the caller asked for
	id    string // of the message

	begun, ended bool
	index        int            // of the block that is open, or comes next
	open         *message.Event // the start of the part that is open, nil if none is
	waiting      []*waitingPart
	kept         int                // bytes in waiting
	sources      []message.Citation // for the next text, told before it
	cited        int                // citations so far

	finish, sequence string
	called, refused  bool // a tool was called; the model refused
	usage            *gateway.Usage
}

// waitingPart is a part that began before the one before it ended.
type waitingPart struct {
	part   int
	events []message.Event
}

// Events implements message.AnswerWriter.
func (w *answerWriter) Events(es []message.Event) ([]gateway.Chunk, error) {
	w.out = nil
	for i := range es {
		if es[i].Choice == 0 && !w.ended {
			w.take(&es[i])
		}
	}
	if w.kept > maxWaiting {
		return nil, &gateway.Error{Op: "anthropic.WriteAnswer", Kind: gateway.BadUpstream, Public: "The provider's answer is too long to be put in order."}
	}
	return w.out, nil
}

// maxWaiting bounds what is kept of parts that overlap, in bytes; eventSize is what an event
// takes beside its text.
const (
	maxWaiting = 32 << 20
	eventSize  = 256
)

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
	if w.usage == nil {
		c.Usage = nil // what is written in its place counts nothing
	}
	return c, nil
}

func (w *answerWriter) take(e *message.Event) {
	if !w.begun {
		w.begin(e)
	}
	switch e.Kind {
	case message.EventPartStart, message.EventDelta, message.EventPartEnd:
		w.part(e)
	case message.EventOwn: // callers of this format know none
	case message.EventCitation:
		w.cite(e.Source)
	case message.EventFinish:
		w.finish, w.sequence = e.Finish, e.Stop
	case message.EventUsage:
		w.usage = e.Usage
	case message.EventEnd:
		w.end()
	}
}

// begin opens the message. Nothing is known of its usage yet.
func (w *answerWriter) begin(e *message.Event) {
	w.begun = true
	id, model := "", w.model
	if e.Kind == message.EventStart {
		id = e.ID
		if e.Model != "" {
			model = e.Model
		}
	}
	if !strings.HasPrefix(id, "msg_") {
		id = "msg_" + id
	}
	w.id = id
	w.write(messageEvent(newMessage(id, model)))
	w.out[len(w.out)-1].Usage = nil
}

// part writes an event of a part, or keeps it until the part's turn comes.
func (w *answerWriter) part(e *message.Event) {
	for _, p := range w.waiting {
		if p.part == e.Part {
			p.events = append(p.events, *e)
			w.kept += len(e.Text) + eventSize
			return
		}
	}
	switch {
	case w.open == nil && e.Kind == message.EventPartStart:
		w.start(e)
	case w.open == nil: // of a part that never began or has ended
	case w.open.Part != e.Part:
		if e.Kind == message.EventPartStart {
			w.waiting = append(w.waiting, &waitingPart{e.Part, []message.Event{*e}})
			w.kept += len(e.Text) + eventSize
		}
	case e.Kind == message.EventDelta:
		w.delta(e)
	case e.Kind == message.EventPartEnd:
		w.close()
		w.next()
	}
}

// next opens the part that waits longest.
func (w *answerWriter) next() {
	if len(w.waiting) == 0 {
		return
	}
	p := w.waiting[0]
	w.waiting = w.waiting[1:]
	for i := range p.events {
		w.kept -= len(p.events[i].Text) + eventSize
		w.part(&p.events[i])
	}
}

func (w *answerWriter) start(e *message.Event) {
	began := *e // the list is the caller's
	w.open = &began
	block := textBlock("")
	switch {
	case e.Of == message.KindRefusal:
		w.refused = true
	case e.Of == message.KindToolCall:
		w.called = true
		id := e.Call.ID
		if id == "" { // some vendors give none, and the caller's result must name one
			id = "toolu_" + strings.TrimPrefix(w.id, "msg_") + "_" + strconv.Itoa(w.index)
		}
		block = toolBlock(id, e.Call.Name, []byte("{}"))
	case e.Of == message.KindReasoning && e.Sign.Encrypted != "":
		block = redactedBlock(e.Sign.Encrypted)
	case e.Of == message.KindReasoning:
		block = thinkingBlock("", "")
	}
	w.write(startEvent(w.index, block))
	if e.Of == message.KindText {
		for i := range w.sources {
			w.citation(&w.sources[i])
		}
		w.sources = nil
	}
}

// cite writes a citation into the text that is open, else into the next one. Files have no citation
// here that does not name a place in them.
func (w *answerWriter) cite(c *message.Citation) {
	if c.URL == "" || w.cited >= message.MaxCitations {
		return
	}
	w.cited++
	if w.open != nil && w.open.Of == message.KindText {
		w.citation(c)
		return
	}
	w.sources = append(w.sources, *c)
}

func (w *answerWriter) citation(c *message.Citation) {
	w.write(pieceEvent(w.index, "citations_delta", "citation", webCitation(c)))
}

func (w *answerWriter) delta(e *message.Event) {
	switch w.open.Of {
	case message.KindToolCall:
		w.piece(w.index, "input_json_delta", "partial_json", jsonx.Quote(e.Text))
	case message.KindReasoning:
		if w.open.Sign.Encrypted == "" {
			w.piece(w.index, "thinking_delta", "thinking", jsonx.Quote(e.Text))
			w.piece(w.index, "signature_delta", "signature", jsonx.Quote(e.Sign.Value))
		}
	default:
		w.piece(w.index, "text_delta", "text", jsonx.Quote(e.Text))
	}
}

func (w *answerWriter) close() {
	if w.open != nil {
		w.write(endEvent(w.index))
		w.open = nil
		w.index++
	}
}

func (w *answerWriter) end() {
	for w.open != nil || len(w.waiting) > 0 {
		w.close()
		w.next()
	}
	reason, sequence := stopOf(w.finish), []byte("null")
	switch {
	case reason != "end_turn":
	case w.sequence != "":
		reason, sequence = "stop_sequence", jsonx.Quote(w.sequence)
	case w.called: // some vendors say "stop" here
		reason = "tool_use"
	case w.refused:
		reason = "refusal"
	}
	w.write(finishEvent(jsonx.Quote(reason), sequence, wireUsage(w.usage)))
	w.out[len(w.out)-1].Usage = w.usage
	w.write(stopEvent)
	w.ended = true
}
