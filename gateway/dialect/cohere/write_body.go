package cohere

import (
	"encoding/json"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
	"github.com/sluicegate/sluice/internal/jsonx"
)

type wholeAnswer struct {
	ID      string        `json:"id"`
	Finish  string        `json:"finish_reason"`
	Message answerMessage `json:"message"`
	Usage   *usage        `json:"usage,omitempty"`
}

type answerMessage struct {
	Role      string                 `json:"role"`
	Plan      string                 `json:"tool_plan,omitempty"`
	Content   []any                  `json:"content,omitempty"`
	Calls     []message.FunctionCall `json:"tool_calls,omitempty"`
	Citations []citation             `json:"citations,omitempty"`
}

// Body implements message.AnswerWriter. Citations may come before the text that they are about.
func (w *answerWriter) Body(es []message.Event) (gateway.Chunk, error) {
	out := wholeAnswer{Message: answerMessage{Role: "assistant"}, Finish: finishWord("")}
	texts := map[int]string{} // of the parts that are open
	calls := map[int]message.Call{}
	blocks := 0
	var cited []*message.Citation
	for i := range es {
		switch e := &es[i]; e.Kind {
		case message.EventStart:
			out.ID = e.ID
		case message.EventPartStart:
			calls[e.Part] = e.Call
			if w.plans && e.Of == message.KindText {
				w.plan = e.Part
				continue
			}
			if e.Of == message.KindText || e.Of == message.KindRefusal {
				w.text.begin(blocks)
			}
			if e.Of != message.KindToolCall {
				blocks++
			}
		case message.EventDelta:
			texts[e.Part] += e.Text
			if e.Of == message.KindText || e.Of == message.KindRefusal {
				w.text.add(e.Text)
			}
		case message.EventOwn:
			w.plans = string(jsonx.Get(e.Own.Fields, toolPlan)) == "true"
		case message.EventPartEnd:
			if e.Part == w.plan {
				out.Message.Plan = texts[e.Part]
				continue
			}
			out.Message.add(e.Of, texts[e.Part], calls[e.Part])
		case message.EventCitation:
			cited = append(cited, e.Source)
		case message.EventFinish:
			out.Finish = finishWord(e.Finish)
		case message.EventUsage:
			w.usage, out.Usage = e.Usage, usageOf(e.Usage)
		case message.EventEnd, message.EventLogprobs:
		}
	}
	for _, c := range cited {
		out.Message.Citations = append(out.Message.Citations, w.text.citationOf(c))
	}
	raw, err := json.Marshal(out)
	return gateway.Chunk{Raw: raw, Form: gateway.FormBody, Usage: w.usage}, err
}

func (m *answerMessage) add(of message.Kind, text string, call message.Call) {
	switch of {
	case message.KindToolCall:
		m.Calls = append(m.Calls, message.AsFunctionCall(call.ID, call.Name, text))
	case message.KindReasoning:
		m.Content = append(m.Content, thinkingBlock{"thinking", text})
	default:
		m.Content = append(m.Content, textBlock{"text", text})
	}
}
