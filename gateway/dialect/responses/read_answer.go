package responses

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// ReadAnswer implements dialect.Format.
func (Dialect) ReadAnswer() message.AnswerReader {
	return &answerReader{open: map[place]int{}, base: map[place]int{}}
}

// answerReader reads the events of one answer. Items of other kinds than messages, reasoning and
// calls of the caller's tools have no counterpart and are passed over, and so is what only
// OpenAI's models can decrypt.
type answerReader struct {
	started bool
	parts   int           // begun so far
	open    map[place]int // parts that are open
	said    int           // characters of texts so far
	base    map[place]int // such characters before each text
	cited   int           // sources so far
	out     []message.Event
}

// Read implements message.AnswerReader.
func (r *answerReader) Read(c *gateway.Chunk) ([]message.Event, error) {
	r.out = nil
	root := gjson.ParseBytes(c.Raw)
	if !root.IsObject() {
		return nil, nil
	}
	if c.Form == gateway.FormBody {
		r.begin(root)
		for _, s := range outputSays(root.Get("output")) {
			if s.section == inContent {
				for _, a := range root.Get("output." + strconv.Itoa(s.output) + ".content." + strconv.Itoa(s.index) + ".annotations").Array() {
					r.cite(a, r.said)
				}
			}
			r.complete(s)
		}
		r.finish(root)
		return r.out, nil
	}
	r.event(c, root, text(root.Get("type")))
	return r.out, nil
}

func (r *answerReader) emit(e message.Event) { r.out = append(r.out, e) }

func (r *answerReader) event(c *gateway.Chunk, root gjson.Result, kind string) {
	switch kind {
	case "response.created", "response.in_progress":
		r.begin(root.Get("response"))
	case "response.output_item.added":
		if item := root.Get("item"); callOf(text(item.Get("type"))) != noCall {
			r.start(place{int(root.Get("output_index").Int()), inItem, 0}, message.KindToolCall, callIn(item))
		}
	case "response.output_item.done":
		r.unseen(c, itemSays(root.Get("item"), int(root.Get("output_index").Int())))
	case "response.completed", "response.incomplete":
		response := root.Get("response")
		r.begin(response)
		r.unseen(c, outputSays(response.Get("output")))
		for at := range r.open {
			r.end(at)
		}
		r.finish(response)
	case "response.output_text.annotation.added":
		at := placeOf(root, inContent)
		base, known := r.base[at]
		if !known {
			base = r.said
		}
		r.cite(root.Get("annotation"), base)
	default:
		name, done := strings.CutSuffix(kind, ".done")
		name, isPiece := strings.CutSuffix(name, ".delta")
		piece, known := pieceEvents[name]
		if !known || !done && !isPiece {
			return
		}
		at := placeOf(root, piece.section)
		if done {
			r.end(at)
			return
		}
		r.add(at, kindOf(piece.field), text(root.Get("delta")))
	}
}

func kindOf(f gateway.Field) message.Kind {
	switch f {
	case gateway.FieldReasoning:
		return message.KindReasoning
	case gateway.FieldRefusal:
		return message.KindRefusal
	case gateway.FieldArgs:
		return message.KindToolCall
	}
	return message.KindText
}

func callIn(item gjson.Result) message.Call {
	return message.Call{ID: text(item.Get("call_id")), Name: text(item.Get("name"))}
}

func (r *answerReader) begin(response gjson.Result) {
	if r.started {
		return
	}
	r.started = true
	r.emit(message.Event{Kind: message.EventStart, ID: text(response.Get("id")), Model: text(response.Get("model")), Created: response.Get("created_at").Int()})
}

func (r *answerReader) start(at place, of message.Kind, c message.Call) int {
	part := r.parts
	r.parts++
	r.open[at] = part
	r.emit(message.Event{Kind: message.EventPartStart, Part: part, Of: of, Call: c})
	return part
}

// add adds to a part, or begins one.
func (r *answerReader) add(at place, of message.Kind, piece string) {
	part, open := r.open[at]
	if !open {
		part = r.start(at, of, message.Call{})
	}
	if _, known := r.base[at]; !known && of == message.KindText {
		r.base[at] = r.said
	}
	if piece != "" {
		if of == message.KindText {
			r.said += utf8.RuneCountInString(piece)
		}
		r.emit(message.Event{Kind: message.EventDelta, Part: part, Of: of, Text: piece})
	}
}

// cite reads a source of a text that base characters stand before.
func (r *answerReader) cite(annotation gjson.Result, base int) {
	if c, ok := readAnnotation(annotation, base); ok && r.cited < message.MaxCitations {
		r.cited++
		r.emit(message.Event{Kind: message.EventCitation, Source: &c})
	}
}

func (r *answerReader) end(at place) {
	if part, open := r.open[at]; open {
		delete(r.open, at)
		of := message.KindText
		if at.section == inItem {
			of = message.KindToolCall
		}
		r.emit(message.Event{Kind: message.EventPartEnd, Part: part, Of: of})
	}
}

// unseen reads what the Decoder found complete without pieces before it.
func (r *answerReader) unseen(c *gateway.Chunk, all []said) {
	for _, s := range all {
		for i := range c.Deltas {
			if d := &c.Deltas[i]; d.Part == s.part() && hasPiece(d) {
				r.complete(s)
			}
		}
	}
}

// complete reads one text that came whole.
func (r *answerReader) complete(s said) {
	of, piece := message.KindText, s.Text
	var c message.Call
	switch {
	case len(s.Tools) > 0:
		of, piece, c = message.KindToolCall, s.Tools[0].Args, message.Call{ID: s.Tools[0].ID, Name: s.Tools[0].Name}
	case s.Reasoning != "":
		of, piece = message.KindReasoning, s.Reasoning
	case s.Refusal != "":
		of, piece = message.KindRefusal, s.Refusal
	case piece == "":
		return
	}
	if _, open := r.open[s.place]; !open {
		r.start(s.place, of, c)
	}
	r.add(s.place, of, piece)
	r.end(s.place)
}

func (r *answerReader) finish(response gjson.Result) {
	if finish := finishOf(response); finish != "" {
		r.emit(message.Event{Kind: message.EventFinish, Finish: finish})
	}
	if u := readUsage(response); u != nil {
		r.emit(message.Event{Kind: message.EventUsage, Usage: u})
	}
	r.emit(message.Event{Kind: message.EventEnd})
}
