package cohere

import (
	"encoding/json"
	"strconv"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// ReadAnswer implements dialect.TargetFormat.
func (Dialect) ReadAnswer() message.AnswerReader { return &answerReader{begin: map[int64]int{}} }

// answerReader reads the events of one answer.
type answerReader struct {
	message.Sequence
	begun bool
	said  int           // characters of the texts so far
	begin map[int64]int // characters before a block of content, by its index
	cited int
	plan  bool // what is being said is a plan
}

// maxBlocks bounds the blocks of content whose places are kept.
const maxBlocks = 1 << 10

// Read implements message.AnswerReader.
func (r *answerReader) Read(c *gateway.Chunk) ([]message.Event, error) {
	root := gjson.ParseBytes(c.Raw)
	if c.Form == gateway.FormBody {
		r.body(root)
	} else {
		r.event(root)
	}
	return r.Take(), nil
}

// start begins the answer.
func (r *answerReader) start(id string) {
	if !r.begun {
		r.begun = true
		r.Add(message.Event{Kind: message.EventStart, ID: id})
	}
}

func (r *answerReader) event(e gjson.Result) {
	r.start(e.Get("id").String())
	delta, index := e.Get("delta.message"), e.Get("index").Int()
	switch e.Get("type").String() {
	case "content-start":
		r.plans(false)
		r.EndPart()
		r.block(index)
		r.content(delta.Get("content"))
	case "content-delta":
		r.content(delta.Get("content"))
	case "tool-plan-delta":
		r.plans(true)
		r.text(delta.Get("tool_plan").String())
	case "tool-call-start":
		r.call(delta.Get("tool_calls"))
	case "tool-call-delta":
		r.Piece(message.KindToolCall, delta.Get("tool_calls.function.arguments").String())
	case "content-end", "tool-call-end":
		r.EndPart()
	case "citation-start":
		r.cite(delta.Get("citations"))
	case "message-end":
		r.end(e.Get("delta"))
	}
}

// body reads a whole answer as the sequence of its events.
func (r *answerReader) body(root gjson.Result) {
	r.start(root.Get("id").String())
	m := root.Get("message")
	if plan := m.Get("tool_plan").String(); plan != "" {
		r.plans(true)
		r.text(plan)
	}
	index := int64(0)
	m.Get("content").ForEach(func(_, block gjson.Result) bool {
		r.plans(false)
		r.EndPart()
		r.block(index)
		r.content(block)
		index++
		return true
	})
	m.Get("citations").ForEach(func(_, c gjson.Result) bool { // while their text is open
		r.cite(c)
		return true
	})
	m.Get("tool_calls").ForEach(func(_, call gjson.Result) bool {
		r.call(call)
		return true
	})
	r.end(root)
}

// plans tells Cohere's own clients whether the text that follows is the plan of a model that calls tools.
// To all others it is a text.
func (r *answerReader) plans(plan bool) {
	if plan == r.plan {
		return
	}
	r.plan = plan
	r.EndPart()
	r.Add(message.Event{Kind: message.EventOwn, Own: message.OwnFields{Format: Dialect{}.Name(), Fields: json.RawMessage(`{"` + toolPlan + `":` + strconv.FormatBool(plan) + `}`)}})
}

// toolPlan is the member of a message with what the model said before it called tools.
const toolPlan = "tool_plan"

// block notes where a block of content begins.
func (r *answerReader) block(index int64) {
	if len(r.begin) < maxBlocks {
		r.begin[index] = r.said
	}
}

func (r *answerReader) content(v gjson.Result) {
	r.Piece(message.KindReasoning, v.Get("thinking").String())
	r.text(v.Get("text").String())
}

func (r *answerReader) text(piece string) {
	r.said += utf8.RuneCountInString(piece)
	r.Piece(message.KindText, piece)
}

func (r *answerReader) call(v gjson.Result) {
	r.Call(message.Call{ID: v.Get("id").String(), Name: v.Get("function.name").String(), Args: v.Get("function.arguments").String()})
}

func (r *answerReader) end(v gjson.Result) {
	r.Finish(finishOf(v.Get("finish_reason").String()))
	if u := readUsage(v.Get("usage")); u != nil {
		r.Add(message.Event{Kind: message.EventUsage, Usage: u})
	}
	r.Add(message.Event{Kind: message.EventEnd})
}
