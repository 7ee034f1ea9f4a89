package workersai

import (
	"crypto/rand"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// piece is what one event says, or a whole answer.
type piece struct {
	text, reasoning string
	calls           []gjson.Result
	finish          string // OpenAI's word; "" = not told
	usage           *gateway.Usage
}

// readPiece reads the member "response" and those beside it, or those of OpenAI's chat, which newer models
// answer with at the same address. A response in the JSON mode may be an object.
func readPiece(v gjson.Result) piece {
	response := v.Get("response")
	p := piece{text: response.String(), calls: v.Get("tool_calls").Array(), finish: v.Get("finish_reason").String(), usage: readUsage(v.Get("usage"))}
	choice := v.Get("choices.0")
	said := choice.Get("delta")
	if !said.Exists() {
		said = choice.Get("message")
	}
	if !said.IsObject() {
		return p
	}
	p.text += said.Get("content").String()
	if p.reasoning = said.Get("reasoning_content").String(); p.reasoning == "" {
		p.reasoning = said.Get("reasoning").String()
	}
	p.calls = append(p.calls, said.Get("tool_calls").Array()...)
	if reason := choice.Get("finish_reason").String(); reason != "" {
		p.finish = reason
	}
	return p
}

// maxCount bounds what one answer may report: ten times the largest context there is.
const maxCount = 10_000_000

// readUsage reads what an answer counts; nil if it counts nothing.
func readUsage(v gjson.Result) *gateway.Usage {
	count := func(name string) int64 { return min(max(v.Get(name).Int(), 0), maxCount) }
	u := gateway.Usage{Input: count("prompt_tokens"), Output: count("completion_tokens"), CacheRead: count("prompt_tokens_details.cached_tokens")}
	if u == (gateway.Usage{}) {
		return nil
	}
	return &u
}

// callOf reads a call of a tool: {name, arguments}, or OpenAI's, of which later events hold only a piece of
// the arguments, and the last one nothing.
func callOf(v gjson.Result) message.Call {
	f := v.Get("function")
	if !f.IsObject() {
		f = v
	}
	c := message.Call{ID: v.Get("id").String(), Name: f.Get("name").String()}
	switch args := f.Get("arguments"); {
	case args.Type == gjson.String:
		c.Args = args.Str
	case args.IsObject():
		c.Args = args.Raw
	}
	return c
}

// ReadAnswer implements dialect.TargetFormat.
func (Dialect) ReadAnswer() message.AnswerReader { return &answerReader{} }

// answerReader reads the events of one answer. A whole answer is its only one.
type answerReader struct {
	message.Sequence
	begun  bool
	called bool
	finish string
}

// Read implements message.AnswerReader.
func (r *answerReader) Read(c *gateway.Chunk) ([]message.Event, error) {
	root := gjson.ParseBytes(c.Raw)
	if !r.begun {
		r.begun = true
		r.Add(message.Event{Kind: message.EventStart, ID: root.Get("id").String()})
	}
	p := readPiece(root)
	r.Piece(message.KindReasoning, p.reasoning)
	r.Piece(message.KindText, p.text)
	for _, v := range p.calls {
		r.call(callOf(v))
	}
	if p.finish != "" {
		r.finish = p.finish
	}
	if root.Get(ended).Exists() || c.Form == gateway.FormBody {
		r.end(c)
	}
	return r.Take(), nil
}

func (r *answerReader) call(c message.Call) {
	if c.Name == "" {
		r.Piece(message.KindToolCall, c.Args)
		return
	}
	r.called = true
	if c.ID == "" {
		c.ID = "call_" + rand.Text()
	}
	r.Call(c)
}

func (r *answerReader) end(c *gateway.Chunk) {
	if r.finish == "" {
		if r.finish = "stop"; r.called {
			r.finish = "tool_calls"
		}
	}
	r.Finish(r.finish)
	if c.Usage != nil {
		r.Add(message.Event{Kind: message.EventUsage, Usage: c.Usage})
	}
	r.Add(message.Event{Kind: message.EventEnd})
}
