package responses

import (
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// WriteAnswer implements dialect.Format.
func (Dialect) WriteAnswer(m *message.Request) message.AnswerWriter {
	w := &answerWriter{open: map[int]*openItem{}, tools: map[string]definedTool{}}
	if m != nil {
		w.model, w.request, w.tail = m.Model, m.Source, m.AnswerID
		tools, _, _ := definedTools(gjson.ParseBytes(m.Source)) // ReadRequest read them already
		for _, t := range tools {
			w.tools[t.flat()] = t
		}
	}
	return w
}

// answerWriter writes one answer. Each part of the model becomes an item of its own, so items may
// overlap. Tools come back as what the caller defined. Of several choices only the first is
// written.
type answerWriter struct {
	eventWriter
	request []byte                 // the caller's body
	model   string                 // that the caller asked for
	tools   map[string]definedTool // by the name that the target knows

	response     []byte // as it began
	tail         string // of the ids
	begun, ended bool
	open         map[int]*openItem  // by part
	items        [][]byte           // complete ones, by their index; nil while open
	kept         int                // bytes of texts
	said         int                // characters of texts
	cited        int                // sources so far
	sources      []message.Citation // for the next text, told before it

	finish string
	usage  *gateway.Usage
}

// openItem is an item that is being written.
type openItem struct {
	spot
	texts
	of      message.Kind
	call    toolCall // of a tool call
	begun   bool     // the part was opened
	text    strings.Builder
	sign    strings.Builder
	encoded string // reasoning in place of a text

	base        int // of a text: characters of the answer before it
	annotations [][]byte
	told        int // annotations that events were written of
}

// maxAnswer bounds what is kept of an answer to be repeated at its end, in bytes.
const maxAnswer = 32 << 20

// Events implements message.AnswerWriter.
func (w *answerWriter) Events(es []message.Event) ([]gateway.Chunk, error) {
	w.out = nil
	for i := range es {
		if es[i].Choice == 0 && !w.ended {
			w.take(&es[i])
		}
	}
	if w.kept > maxAnswer || len(w.items) > maxItems {
		return nil, &gateway.Error{Op: "responses.WriteAnswer", Kind: gateway.BadUpstream, Public: "The provider's answer is too long to be repeated at its end."}
	}
	return w.out, nil
}

// Body implements message.AnswerWriter: the response of the last event.
func (w *answerWriter) Body(es []message.Event) (gateway.Chunk, error) {
	events, err := w.Events(append(es[:len(es):len(es)], message.Event{Kind: message.EventEnd}))
	if err != nil {
		return gateway.Chunk{}, err
	}
	last := gjson.GetBytes(events[len(events)-1].Raw, "response")
	c := gateway.Chunk{Raw: []byte(last.Raw), Form: gateway.FormBody, Dialect: Dialect{}}
	c.Read()
	return c, nil
}

func (w *answerWriter) take(e *message.Event) {
	if !w.begun {
		w.begin(e)
	}
	switch e.Kind {
	case message.EventStart:
	case message.EventPartStart:
		w.start(e)
	case message.EventDelta:
		w.delta(e)
	case message.EventPartEnd:
		w.endPart(e.Part)
	case message.EventOwn: // callers of this format know none
	case message.EventCitation:
		w.cite(e.Source)
	case message.EventFinish:
		w.finish = e.Finish
	case message.EventUsage:
		w.usage = e.Usage
	case message.EventEnd:
		w.end()
	}
}

// idTail is how many characters of the target's id the ids of a response and its items share:
// OpenAI allows 64 in all.
const idTail = 40

// begin opens the response.
func (w *answerWriter) begin(e *message.Event) {
	w.begun = true
	id, model, created := "", w.model, time.Now().Unix()
	if e.Kind == message.EventStart {
		id = e.ID
		if e.Model != "" {
			model = e.Model
		}
		if e.Created != 0 {
			created = e.Created
		}
	}
	if w.tail == "" {
		for _, prefix := range []string{"resp_", "msg_", "chatcmpl-"} {
			id = strings.TrimPrefix(id, prefix)
		}
		w.tail = id[max(len(id)-idTail, 0):]
	}
	w.response = newResponse(w.request, "resp_"+w.tail, model, created)
	w.eventWriter.response("response.created", w.response)
	w.eventWriter.response("response.in_progress", w.response)
}

func (w *answerWriter) end() {
	for part := range w.items {
		if i := w.openAt(part); i != nil {
			w.endPart(*i)
		}
	}
	output := []byte{'['}
	for _, item := range w.items {
		output = appendItem(output, item)
	}
	status, _ := statusOf(w.finish)
	w.eventWriter.response("response."+status, finished(w.response, w.finish, append(output, ']'), writeUsage(w.usage)))
	w.ended = true
}

// openAt is the part whose item has that index; nil if it is complete.
func (w *answerWriter) openAt(output int) *int {
	for part, item := range w.open {
		if item.output == output {
			return &part
		}
	}
	return nil
}
