package ollama

import (
	"crypto/rand"
	"encoding/json"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// ReadAnswer implements dialect.TargetFormat.
func (Dialect) ReadAnswer() message.AnswerReader { return &answerReader{} }

// answerReader reads the lines of one answer. A whole answer is its only line.
type answerReader struct {
	message.Sequence
	begun  bool
	called bool
}

// Read implements message.AnswerReader.
func (r *answerReader) Read(c *gateway.Chunk) ([]message.Event, error) {
	root := gjson.ParseBytes(c.Raw)
	if !r.begun {
		r.begun = true
		start := message.Event{Kind: message.EventStart, Model: root.Get("model").String()}
		if at, err := time.Parse(time.RFC3339Nano, root.Get("created_at").String()); err == nil {
			start.Created = max(at.Unix(), 0)
		}
		r.Add(start)
	}
	m := root.Get("message")
	r.Piece(message.KindReasoning, m.Get("thinking").String())
	r.Piece(message.KindText, m.Get("content").String())
	m.Get("tool_calls").ForEach(func(_, call gjson.Result) bool {
		r.call(call)
		return true
	})
	r.logprobs(root.Get("logprobs"))
	if root.Get("done").Bool() || c.Form == gateway.FormBody {
		r.durations(root)
		r.Finish(finishOf(root.Get("done_reason").String(), r.called))
		if u := readUsage(root); u != nil {
			r.Add(message.Event{Kind: message.EventUsage, Usage: u})
		}
		r.Add(message.Event{Kind: message.EventEnd})
	}
	return r.Take(), nil
}

// durations tells how long the server took, in nanoseconds. Nobody but its own clients asks for it.
func (r *answerReader) durations(root gjson.Result) {
	var o jsonx.Object
	for _, name := range durationNames {
		if v := root.Get(name); v.Type == gjson.Number && v.Num >= 0 {
			o.Raw(name, []byte(v.Raw))
		}
	}
	if fields := o.JSON(); len(fields) > len("{}") {
		r.Add(message.Event{Kind: message.EventOwn, Own: message.OwnFields{Format: Dialect{}.Name(), Fields: fields}})
	}
}

// durationNames are the members of an answer with a duration.
var durationNames = []string{"total_duration", "load_duration", "prompt_eval_duration", "eval_duration"}

// call takes in a call of a tool. Older servers give it no id.
func (r *answerReader) call(v gjson.Result) {
	r.called = true
	c := message.Call{ID: v.Get("id").String(), Name: v.Get("function.name").String(), Args: "{}"}
	if args := v.Get("function.arguments"); args.IsObject() {
		c.Args = args.Raw
	}
	if c.ID == "" {
		c.ID = "call_" + rand.Text()
	}
	r.Call(c)
}

func (r *answerReader) logprobs(list gjson.Result) {
	var tokens []message.Logprob
	list.ForEach(func(_, v gjson.Result) bool {
		token := logprobOf(v)
		v.Get("top_logprobs").ForEach(func(_, top gjson.Result) bool {
			token.Top = append(token.Top, logprobOf(top))
			return true
		})
		tokens = append(tokens, token)
		return true
	})
	if len(tokens) > 0 {
		r.Add(message.Event{Kind: message.EventLogprobs, Tokens: tokens})
	}
}

func logprobOf(v gjson.Result) message.Logprob {
	p := message.Logprob{Token: v.Get("token").String(), Value: "0"}
	if n := v.Get("logprob"); n.Type == gjson.Number {
		p.Value = json.Number(n.Raw)
	}
	return p
}
