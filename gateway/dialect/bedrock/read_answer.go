package bedrock

import (
	"cmp"
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// ReadAnswer implements dialect.TargetFormat.
func (Dialect) ReadAnswer() message.AnswerReader { return &answerReader{open: map[int64]*block{}} }

// answerReader reads the events of one answer. Blocks of other kinds than text, reasoning and tool
// calls have no counterpart and are passed over.
type answerReader struct {
	begun bool
	parts int
	open  map[int64]*block // by index
	out   []message.Event
}

// block is a block that is open.
type block struct {
	part int
	of   message.Kind
}

// maxOpen bounds the blocks that are open at once.
const maxOpen = 1 << 10

// Read implements message.AnswerReader.
func (r *answerReader) Read(c *gateway.Chunk) ([]message.Event, error) {
	r.out = nil
	root := gjson.ParseBytes(c.Raw)
	if c.Form == gateway.FormBody {
		r.body(root)
		return r.out, nil
	}
	root.ForEach(func(name, v gjson.Result) bool {
		if !r.begun {
			r.begun = true
			r.emit(message.Event{Kind: message.EventStart})
		}
		r.event(name.Str, v)
		return true
	})
	return r.out, nil
}

func (r *answerReader) emit(e message.Event) { r.out = append(r.out, e) }

func (r *answerReader) event(name string, v gjson.Result) {
	index := v.Get("contentBlockIndex").Int()
	switch name {
	case "contentBlockStart":
		if call := v.Get("start.toolUse"); call.IsObject() {
			r.begin(index, message.KindToolCall, message.Event{Call: message.Call{ID: call.Get("toolUseId").String(), Name: call.Get("name").String()}})
		}
	case "contentBlockDelta":
		r.piece(index, v.Get("delta"))
	case "contentBlockStop":
		r.stop(index)
	case "messageStop":
		r.finish(v.Get("stopReason").String())
	case "metadata":
		if u := readUsage(v.Get("usage")); u != nil {
			r.emit(message.Event{Kind: message.EventUsage, Usage: u})
		}
		r.emit(message.Event{Kind: message.EventEnd})
	}
}

// body reads a whole answer as the sequence of its events.
func (r *answerReader) body(root gjson.Result) {
	r.emit(message.Event{Kind: message.EventStart})
	index := int64(0)
	root.Get("output.message.content").ForEach(func(_, b gjson.Result) bool {
		if call := b.Get("toolUse"); call.IsObject() {
			r.begin(index, message.KindToolCall, message.Event{Call: message.Call{ID: call.Get("toolUseId").String(), Name: call.Get("name").String()}})
			r.add(index, message.KindToolCall, cmp.Or(call.Get("input").Raw, "{}"))
		} else {
			r.piece(index, b)
		}
		r.stop(index)
		index++
		return true
	})
	r.finish(root.Get("stopReason").String())
	if u := readUsage(root.Get("usage")); u != nil {
		r.emit(message.Event{Kind: message.EventUsage, Usage: u})
	}
	r.emit(message.Event{Kind: message.EventEnd})
}

// piece takes in what is added to a block. The reasoning of a whole answer stands one level deeper
// than that of a stream.
func (r *answerReader) piece(index int64, v gjson.Result) {
	switch reasoning := v.Get("reasoningContent"); {
	case v.Get("text").Type == gjson.String:
		r.add(index, message.KindText, v.Get("text").Str)
	case v.Get("toolUse.input").Type == gjson.String:
		r.add(index, message.KindToolCall, v.Get("toolUse.input").Str)
	case reasoning.Get("reasoningText.text").Type == gjson.String:
		r.add(index, message.KindReasoning, reasoning.Get("reasoningText.text").Str)
	case reasoning.Get("text").Type == gjson.String:
		r.add(index, message.KindReasoning, reasoning.Get("text").Str)
	}
}

func (r *answerReader) begin(index int64, of message.Kind, start message.Event) *block {
	if len(r.open) >= maxOpen {
		return nil
	}
	b := &block{r.parts, of}
	r.parts++
	r.open[index] = b
	start.Kind, start.Part, start.Of = message.EventPartStart, b.part, of
	r.emit(start)
	return b
}

func (r *answerReader) add(index int64, of message.Kind, text string) {
	b := r.open[index]
	if b == nil && of != message.KindToolCall { // text and reasoning begin with their first piece
		b = r.begin(index, of, message.Event{})
	}
	if b != nil && b.of == of && text != "" {
		r.emit(message.Event{Kind: message.EventDelta, Part: b.part, Of: of, Text: text})
	}
}

func (r *answerReader) stop(index int64) {
	if b := r.open[index]; b != nil {
		delete(r.open, index)
		r.emit(message.Event{Kind: message.EventPartEnd, Part: b.part, Of: b.of})
	}
}

func (r *answerReader) finish(stop string) {
	for index := range r.open { // a server that forgets to end a block
		r.stop(index)
	}
	r.emit(message.Event{Kind: message.EventFinish, Finish: finishOf(stop)})
}
