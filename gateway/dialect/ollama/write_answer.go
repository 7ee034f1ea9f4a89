package ollama

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// answer is one line of an answer. Durations are those of Ollama: another vendor tells none.
type answer struct {
	Model    string      `json:"model"`
	Created  string      `json:"created_at"`
	Message  *answerTurn `json:"message,omitempty"`
	Response *string     `json:"response,omitempty"` // in place of Message, of a generation
	Thinking string      `json:"thinking,omitempty"` // of a generation
	Logprobs []logprob   `json:"logprobs,omitempty"`
	Done     bool        `json:"done"`
	Reason   string      `json:"done_reason,omitempty"`
	Total    json.Number `json:"total_duration,omitempty"`
	Load     json.Number `json:"load_duration,omitempty"`
	Input    int64       `json:"prompt_eval_count,omitempty"`
	Prompt   json.Number `json:"prompt_eval_duration,omitempty"`
	Output   int64       `json:"eval_count,omitempty"`
	Eval     json.Number `json:"eval_duration,omitempty"`
}

type answerTurn struct {
	Role     string     `json:"role"`
	Content  string     `json:"content"`
	Thinking string     `json:"thinking,omitempty"`
	Calls    []toolCall `json:"tool_calls,omitempty"`
}

type logprob struct {
	Token string      `json:"token"`
	Value json.Number `json:"logprob"`
	Top   []logprob   `json:"top_logprobs,omitempty"`
}

// WriteAnswer implements dialect.ClientFormat.
func (Dialect) WriteAnswer(*message.Request) message.AnswerWriter { return &answerWriter{} }

// answerWriter writes the lines of one answer. A call of a tool is one line, once its arguments are
// complete; the last line tells why the answer ended, and what was counted. A whole answer is that line
// with everything that was said.
type answerWriter struct {
	generates bool
	head      answer         // of every line
	calls     map[int]*begun // by part
	whole     *said          // nil: each piece is a line
	reason    string
	own       gjson.Result // the durations
	usage     *gateway.Usage
	out       []gateway.Chunk
}

// begun is a call whose arguments are not complete.
type begun struct {
	call message.Call
	args strings.Builder
}

// said is what lines tell of an answer.
type said struct {
	turn   answerTurn
	tokens []logprob
}

// Events implements message.AnswerWriter.
func (w *answerWriter) Events(es []message.Event) ([]gateway.Chunk, error) {
	w.out = nil
	for i := range es {
		if err := w.event(&es[i]); err != nil {
			return nil, err
		}
	}
	return w.out, nil
}

// Body implements message.AnswerWriter.
func (w *answerWriter) Body(es []message.Event) (gateway.Chunk, error) {
	w.whole = &said{}
	if _, err := w.Events(es); err != nil {
		return gateway.Chunk{}, err
	}
	raw, err := w.last(w.whole)
	return gateway.Chunk{Raw: raw, Form: gateway.FormBody, Usage: w.usage}, err
}

func (w *answerWriter) event(e *message.Event) error {
	switch e.Kind {
	case message.EventStart:
		at := time.Now()
		if e.Created > 0 {
			at = time.Unix(e.Created, 0)
		}
		w.head = answer{Model: e.Model, Created: at.UTC().Format(time.RFC3339Nano)}
	case message.EventPartStart:
		if e.Of == message.KindToolCall {
			if w.calls == nil {
				w.calls = map[int]*begun{}
			}
			w.calls[e.Part] = &begun{call: e.Call}
		}
	case message.EventDelta:
		return w.piece(e)
	case message.EventPartEnd:
		return w.endCall(e.Part)
	case message.EventLogprobs:
		return w.say(said{tokens: logprobs(e.Tokens)})
	case message.EventFinish:
		if w.reason = "stop"; e.Finish == "length" {
			w.reason = "length"
		}
	case message.EventOwn:
		w.own = gjson.ParseBytes(e.Own.Fields)
	case message.EventUsage:
		w.usage = e.Usage
	case message.EventEnd:
		raw, err := w.last(&said{})
		w.out = append(w.out, gateway.Chunk{Raw: raw, Usage: w.usage})
		return err
	case message.EventCitation: // the format has none
	}
	return nil
}

func (w *answerWriter) piece(e *message.Event) error {
	switch e.Of {
	case message.KindText, message.KindRefusal:
		return w.say(said{turn: answerTurn{Content: e.Text}})
	case message.KindReasoning:
		return w.say(said{turn: answerTurn{Thinking: e.Text}})
	case message.KindToolCall:
		if b := w.calls[e.Part]; b != nil {
			b.args.WriteString(e.Text)
		}
	}
	return nil
}

// endCall writes the call that is a part. Arguments that are no object stand in one.
func (w *answerWriter) endCall(part int) error {
	b := w.calls[part]
	if b == nil {
		return nil
	}
	delete(w.calls, part)
	b.call.Args = b.args.String()
	args, ok := b.call.Object()
	if !ok {
		args, _ = json.Marshal(map[string]string{"arguments": b.call.Args}) // texts always encode
	}
	return w.say(said{turn: answerTurn{Calls: []toolCall{{b.call.ID, calledByName{b.call.Name, args}}}}})
}

// say writes a line, or adds to the whole answer.
func (w *answerWriter) say(s said) error {
	if w.whole != nil {
		all := &w.whole.turn
		all.Content += s.turn.Content
		all.Thinking += s.turn.Thinking
		all.Calls = append(all.Calls, s.turn.Calls...)
		w.whole.tokens = append(w.whole.tokens, s.tokens...)
		return nil
	}
	if s.turn.Content == "" && s.turn.Thinking == "" && s.turn.Calls == nil && s.tokens == nil {
		return nil
	}
	raw, err := w.encode(w.head, &s)
	w.out = append(w.out, gateway.Chunk{Raw: raw})
	return err
}

// last is the line that ends the answer.
func (w *answerWriter) last(s *said) ([]byte, error) {
	a := w.head
	a.Done, a.Reason = true, w.reason
	if w.usage != nil {
		a.Input, a.Output = w.usage.Input, w.usage.Output
	}
	a.Total, a.Load, a.Prompt, a.Eval = w.duration("total_duration"), w.duration("load_duration"), w.duration("prompt_eval_duration"), w.duration("eval_duration")
	return w.encode(a, s)
}

// duration is one of them, "" if it was not told.
func (w *answerWriter) duration(name string) json.Number {
	if v := w.own.Get(name); v.Type == gjson.Number {
		return json.Number(v.Raw)
	}
	return ""
}

func (w *answerWriter) encode(a answer, s *said) ([]byte, error) {
	a.Logprobs = s.tokens
	if w.generates {
		a.Response, a.Thinking = &s.turn.Content, s.turn.Thinking
	} else {
		s.turn.Role = "assistant"
		a.Message = &s.turn
	}
	return json.Marshal(a)
}

func logprobs(list []message.Logprob) []logprob {
	out := make([]logprob, len(list))
	for i, p := range list {
		out[i] = logprob{p.Token, p.Value, nil}
		if len(p.Top) > 0 {
			out[i].Top = logprobs(p.Top)
		}
	}
	return out
}
