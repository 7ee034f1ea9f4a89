package cohere

import (
	"encoding/json"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// event is one event of a streamed answer.
type event struct {
	Type  string `json:"type"`
	ID    string `json:"id,omitempty"`
	Index *int   `json:"index,omitempty"`
	Delta any    `json:"delta,omitempty"`
}

type (
	messageDelta struct {
		Message any `json:"message"`
	}
	contentDelta struct {
		Content any `json:"content"`
	}
	planDelta struct {
		Plan string `json:"tool_plan"`
	}
	callDelta struct {
		Call any `json:"tool_calls"`
	}
	citationDelta struct {
		Citation citation `json:"citations"`
	}
	callArgs struct {
		Function struct {
			Args string `json:"arguments"`
		} `json:"function"`
	}
	begunAnswer struct {
		Role      string   `json:"role"`
		Content   []string `json:"content"` // always empty, as the next ones
		Plan      string   `json:"tool_plan"`
		Calls     []string `json:"tool_calls"`
		Citations []string `json:"citations"`
	}
	endedAnswer struct {
		Finish string `json:"finish_reason"`
		Usage  *usage `json:"usage,omitempty"`
	}
)

// textBlock and thinkingBlock are blocks of content; of a delta Type is empty.
type (
	textBlock struct {
		Type string `json:"type,omitempty"`
		Text string `json:"text"`
	}
	thinkingBlock struct {
		Type     string `json:"type,omitempty"`
		Thinking string `json:"thinking"`
	}
)

// WriteAnswer implements dialect.ClientFormat.
func (Dialect) WriteAnswer(*message.Request) message.AnswerWriter {
	return &answerWriter{indexes: map[int]int{}, plan: -1}
}

// answerWriter writes the events of one answer. Blocks of content and calls of tools are counted apart.
type answerWriter struct {
	indexes map[int]int // of blocks and calls, by part
	blocks  int
	calls   int
	cited   int
	text    citedText
	plans   bool // the text that follows is a plan
	plan    int  // the part that is one; -1: none
	finish  string
	usage   *gateway.Usage
	out     []gateway.Chunk
	err     error
}

// Events implements message.AnswerWriter.
func (w *answerWriter) Events(es []message.Event) ([]gateway.Chunk, error) {
	w.out = nil
	for i := range es {
		w.event(&es[i])
	}
	return w.out, w.err
}

func (w *answerWriter) write(e event) {
	raw, err := json.Marshal(e)
	if err != nil {
		w.err = err
	}
	w.out = append(w.out, gateway.Chunk{Raw: raw})
}

// say writes an event about a part of the message.
func (w *answerWriter) say(kind string, index int, part any) {
	w.write(event{Type: kind, Index: &index, Delta: messageDelta{part}})
}

func (w *answerWriter) event(e *message.Event) {
	switch e.Kind {
	case message.EventStart:
		w.write(event{Type: "message-start", ID: e.ID, Delta: messageDelta{begunAnswer{Role: "assistant", Content: []string{}, Calls: []string{}, Citations: []string{}}}})
	case message.EventPartStart:
		w.begin(e)
	case message.EventDelta:
		w.piece(e)
	case message.EventOwn:
		w.plans = string(jsonx.Get(e.Own.Fields, toolPlan)) == "true"
	case message.EventPartEnd:
		if e.Part == w.plan {
			return
		}
		index, kind := w.indexes[e.Part], "content-end"
		if e.Of == message.KindToolCall {
			kind = "tool-call-end"
		}
		w.write(event{Type: kind, Index: &index})
	case message.EventCitation:
		index := w.cited
		w.cited++
		w.say("citation-start", index, citationDelta{w.text.citationOf(e.Source)})
		w.write(event{Type: "citation-end", Index: &index})
	case message.EventFinish:
		w.finish = finishWord(e.Finish)
	case message.EventUsage:
		w.usage = e.Usage
	case message.EventEnd:
		w.write(event{Type: "message-end", Delta: endedAnswer{w.finish, usageOf(w.usage)}})
		w.out[len(w.out)-1].Usage = w.usage
	case message.EventLogprobs: // clients cannot ask for them
	}
}

func (w *answerWriter) begin(e *message.Event) {
	if e.Of == message.KindToolCall {
		w.indexes[e.Part] = w.calls
		w.say("tool-call-start", w.calls, callDelta{message.AsFunctionCall(e.Call.ID, e.Call.Name, "")})
		w.calls++
		return
	}
	if w.plans && e.Of == message.KindText {
		w.plan = e.Part
		return
	}
	w.indexes[e.Part] = w.blocks
	var block any = textBlock{Type: "text"}
	if e.Of == message.KindReasoning {
		block = thinkingBlock{Type: "thinking"}
	} else {
		w.text.begin(w.blocks)
	}
	w.say("content-start", w.blocks, contentDelta{block})
	w.blocks++
}

func (w *answerWriter) piece(e *message.Event) {
	index := w.indexes[e.Part]
	switch e.Of {
	case message.KindToolCall:
		var args callArgs
		args.Function.Args = e.Text
		w.say("tool-call-delta", index, callDelta{args})
	case message.KindReasoning:
		w.say("content-delta", index, contentDelta{thinkingBlock{Thinking: e.Text}})
	default:
		w.text.add(e.Text)
		if e.Part == w.plan {
			w.write(event{Type: "tool-plan-delta", Delta: messageDelta{planDelta{e.Text}}})
			return
		}
		w.say("content-delta", index, contentDelta{textBlock{Text: e.Text}})
	}
}

// finishWord is Cohere's word for OpenAI's. An answer that a filter cut is none that is complete.
func finishWord(reason string) string {
	switch reason {
	case "length":
		return "MAX_TOKENS"
	case "tool_calls":
		return "TOOL_CALL"
	case "content_filter":
		return "ERROR"
	}
	return "COMPLETE"
}

// EventName is the name of an event that was written.
func EventName(raw []byte) string { return jsonx.String(jsonx.Get(raw, "type")) }
