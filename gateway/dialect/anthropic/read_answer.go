package anthropic

import (
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// ReadAnswer implements dialect.Format.
func (Dialect) ReadAnswer() message.AnswerReader { return &answerReader{} }

// answerReader reads the events of one answer. Blocks of other kinds than text, reasoning
// and tool calls have no counterpart and are passed over.
type answerReader struct {
	counts counts
	parts  int                     // parts begun so far
	said   int                     // characters of text so far
	open   map[int64]*readingBlock // by index of the block
	out    []message.Event
}

// readingBlock is a block that is being read.
type readingBlock struct {
	part  int
	of    message.Kind
	input string // of a tool call: its whole input, unless pieces of it follow

	begin     int // of a text: characters of the answer before it
	citations []message.Citation
}

func (r *answerReader) Read(c *gateway.Chunk) ([]message.Event, error) {
	r.out = nil
	root := gjson.ParseBytes(c.Raw)
	if !root.IsObject() {
		return nil, nil
	}
	if c.Form == gateway.FormBody {
		r.body(root)
		return r.out, nil
	}
	index := root.Get("index").Int()
	switch kindOf(root) {
	case "message_start":
		r.begin(root.Get("message"))
	case "content_block_start":
		r.start(index, root.Get("content_block"))
	case "content_block_delta":
		r.piece(index, root.Get("delta"))
	case "content_block_stop":
		r.stop(index)
	case "message_delta":
		r.finish(root.Get("delta"), root.Get("usage"))
	case "message_stop":
		r.emit(message.Event{Kind: message.EventEnd})
	}
	return r.out, nil
}

func (r *answerReader) emit(e message.Event) { r.out = append(r.out, e) }

// body reads a whole answer as the sequence of its events.
func (r *answerReader) body(root gjson.Result) {
	r.begin(root)
	if content := root.Get("content"); content.IsArray() {
		index := int64(0)
		content.ForEach(func(_, b gjson.Result) bool {
			r.start(index, b)
			r.stop(index)
			index++
			return true
		})
	}
	r.finish(root, gjson.Result{}) // begin took in the usage
	r.emit(message.Event{Kind: message.EventEnd})
}

func (r *answerReader) begin(m gjson.Result) {
	r.counts.add(m.Get("usage"))
	r.emit(message.Event{Kind: message.EventStart, ID: text(m.Get("id")), Model: text(m.Get("model"))})
}

func (r *answerReader) start(index int64, v gjson.Result) {
	b := &readingBlock{part: r.parts, begin: r.said}
	start := message.Event{Kind: message.EventPartStart, Part: b.part}
	begun, signature := "", ""
	switch kindOf(v) {
	case "text":
		begun = text(v.Get("text"))
		for _, c := range v.Get("citations").Array() {
			b.cite(c)
		}
	case "thinking":
		b.of, begun, signature = message.KindReasoning, text(v.Get("thinking")), text(v.Get("signature"))
	case "redacted_thinking":
		b.of, start.Sign.Encrypted = message.KindReasoning, text(v.Get("data"))
	case "tool_use":
		b.of, start.Call = message.KindToolCall, message.Call{ID: text(v.Get("id")), Name: text(v.Get("name"))}
		if b.input = v.Get("input").Raw; b.input == "" {
			b.input = "{}"
		}
	default:
		return
	}
	if r.open == nil {
		r.open = map[int64]*readingBlock{}
	}
	r.open[index] = b
	r.parts++
	start.Of = b.of
	r.emit(start)
	r.add(b, begun)
	r.sign(b, signature)
}

// cite takes in a citation of a text.
func (b *readingBlock) cite(v gjson.Result) {
	if c, ok := readCitation(v); ok && b.of == message.KindText && len(b.citations) < message.MaxCitations {
		b.citations = append(b.citations, c)
	}
}

// piece takes in what is added to a block. What is not known is passed over.
func (r *answerReader) piece(index int64, v gjson.Result) {
	b := r.open[index]
	if b == nil {
		return
	}
	switch kindOf(v) {
	case "text_delta":
		r.add(b, text(v.Get("text")))
	case "citations_delta":
		b.cite(v.Get("citation"))
	case "thinking_delta":
		r.add(b, text(v.Get("thinking")))
	case "signature_delta":
		r.sign(b, text(v.Get("signature")))
	case "input_json_delta":
		if s := text(v.Get("partial_json")); s != "" {
			b.input = ""
			r.add(b, s)
		}
	}
}

func (r *answerReader) add(b *readingBlock, s string) {
	if s != "" {
		if b.of == message.KindText {
			r.said += utf8.RuneCountInString(s)
		}
		r.emit(message.Event{Kind: message.EventDelta, Part: b.part, Of: b.of, Text: s})
	}
}

func (r *answerReader) sign(b *readingBlock, s string) {
	if s != "" {
		r.emit(message.Event{Kind: message.EventDelta, Part: b.part, Of: b.of, Sign: message.Signature{Value: s}})
	}
}

// stop ends a block. A tool call of which no piece came has its input from the start.
func (r *answerReader) stop(index int64) {
	b := r.open[index]
	if b == nil {
		return
	}
	delete(r.open, index)
	r.add(b, b.input)
	for i := range b.citations {
		c := &b.citations[i]
		c.Start, c.End = b.begin, r.said
		r.emit(message.Event{Kind: message.EventCitation, Source: c})
	}
	r.emit(message.Event{Kind: message.EventPartEnd, Part: b.part, Of: b.of})
}

func (r *answerReader) finish(v, usage gjson.Result) {
	r.counts.add(usage)
	if reason := text(v.Get("stop_reason")); reason != "" {
		r.emit(message.Event{Kind: message.EventFinish, Finish: finishOf(reason), Stop: text(v.Get("stop_sequence"))})
	}
	if u := r.counts.report(); u != nil {
		r.emit(message.Event{Kind: message.EventUsage, Usage: u})
	}
}
