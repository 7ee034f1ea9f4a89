package responses

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// eventWriter writes and numbers the events of one answer that Sluice tells itself: of translated
// answers and of replays.
type eventWriter struct {
	out    []gateway.Chunk
	number int64
}

// write writes one event. Its members follow the type and the number.
func (w *eventWriter) write(kind string, members func(o *jsonx.Object)) {
	var o jsonx.Object
	o.Text("type", kind)
	o.Int("sequence_number", w.number)
	w.number++
	members(&o)
	c := gateway.Chunk{Raw: o.JSON(), Dialect: Dialect{}}
	c.Read()
	w.out = append(w.out, c)
}

// response writes an event about the whole answer.
func (w *eventWriter) response(kind string, response []byte) {
	w.write(kind, func(o *jsonx.Object) { o.Raw("response", response) })
}

// item writes response.output_item.added or response.output_item.done.
func (w *eventWriter) item(kind string, output int, item []byte) {
	w.write(kind, func(o *jsonx.Object) {
		o.Int("output_index", int64(output))
		o.Raw("item", item)
	})
}

// spot is a part of an item as events name it.
type spot struct {
	id string // of the item
	place
	logprobs []byte // of the text; nil = none
}

func (s spot) members(o *jsonx.Object) {
	o.Text("item_id", s.id)
	o.Int("output_index", int64(s.output))
	switch s.section {
	case inContent:
		o.Int("content_index", int64(s.index))
	case inSummary:
		o.Int("summary_index", int64(s.index))
	}
}

// at writes an event about one part, with one member more.
func (w *eventWriter) at(s spot, kind, name string, value []byte) {
	w.write(kind, func(o *jsonx.Object) {
		s.members(o)
		o.Raw(name, value)
		if kind == "response.output_text.delta" || kind == "response.output_text.done" {
			if s.logprobs == nil {
				s.logprobs = []byte("[]")
			}
			o.Raw("logprobs", s.logprobs)
		}
	})
}

// texts are the names of the events of one kind of text.
type texts struct {
	name        string // of the events with pieces, without ".delta"
	value       string // the member with the complete text
	added, done string // the events around a part; "" = there are none
}

var (
	outputText  = texts{"response.output_text", "text", "response.content_part.added", "response.content_part.done"}
	refusal     = texts{"response.refusal", "refusal", "response.content_part.added", "response.content_part.done"}
	summaryText = texts{"response.reasoning_summary_text", "text", "response.reasoning_summary_part.added", "response.reasoning_summary_part.done"}
	thinking    = texts{"response.reasoning_text", "text", "response.content_part.added", "response.content_part.done"}
	arguments   = texts{"response.function_call_arguments", "arguments", "", ""}
	customText  = texts{customInput, "input", "", ""}
)

// open writes the event that opens a part.
func (w *eventWriter) open(s spot, t texts, part []byte) {
	if t.added != "" {
		w.at(s, t.added, "part", part)
	}
}

// piece writes one piece of a text, unless it is empty.
func (w *eventWriter) piece(s spot, t texts, piece string) {
	if piece != "" {
		w.at(s, t.name+".delta", "delta", jsonx.Quote(piece))
	}
}

// annotation writes the event of one source of a text.
func (w *eventWriter) annotation(s spot, index int, annotation []byte) {
	w.write("response.output_text.annotation.added", func(o *jsonx.Object) {
		s.members(o)
		o.Int("annotation_index", int64(index))
		o.Raw("annotation", annotation)
	})
}

// close writes the complete text, and closes the part.
func (w *eventWriter) close(s spot, t texts, complete string, part []byte) {
	w.at(s, t.name+".done", t.value, jsonx.Quote(complete))
	if t.done != "" {
		w.at(s, t.done, "part", part)
	}
}
