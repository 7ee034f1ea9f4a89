package openai

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// WriteAnswer implements dialect.Format.
func (d Dialect) WriteAnswer(m *message.Request) message.AnswerWriter {
	return &answerWriter{dialect: d, eventWriter: eventWriter{head: &gateway.AnswerHead{}}, wantsUsage: m.WantsUsage, calls: map[int]int{}, tools: map[partKey]int{},
		sources: map[int]int{}, logprobs: map[int]int{}}
}

// answerWriter writes chat completion chunks. Reasoning that a vendor signed goes out as
// reasoning_content, and once complete as thinking_blocks, which the caller sends back.
type answerWriter struct {
	eventWriter
	dialect    Dialect
	wantsUsage bool
	calls      map[int]int     // tool calls so far, by choice
	tools      map[partKey]int // index of a part that is a tool call
	signed     thinkingBlock   // the reasoning that is open, without its texts
	thinking   strings.Builder // of signed
	signature  strings.Builder // of signed
	google     string          // signature of Google's that belongs to the next tool call
	sources    map[int]int     // how many, by choice
	logprobs   map[int]int     // tokens told of, by choice
}

// partKey is one part of one choice.
type partKey struct{ choice, part int }

// Events implements message.AnswerWriter.
func (w *answerWriter) Events(es []message.Event) ([]gateway.Chunk, error) {
	w.out = nil
	for i := range es {
		w.event(&es[i])
	}
	return w.out, nil
}

func (w *answerWriter) event(e *message.Event) {
	switch e.Kind {
	case message.EventStart:
		w.head = &gateway.AnswerHead{ID: e.ID, Model: e.Model, Created: e.Created}
		if w.head.Created == 0 {
			w.head.Created = time.Now().Unix()
		}
		empty := ""
		w.delta(gateway.Delta{Choice: e.Choice}, wireDelta{Role: "assistant", Content: &empty})
	case message.EventPartStart:
		w.begin(e)
	case message.EventDelta:
		w.piece(e)
	case message.EventPartEnd:
		w.endPart(e)
	case message.EventLogprobs:
		w.tokens(e)
	case message.EventCitation:
		if w.sources[e.Choice]++; w.sources[e.Choice] <= message.MaxCitations {
			if source := w.dialect.source(e.Source); source != nil {
				w.delta(gateway.Delta{Choice: e.Choice}, wireDelta{Sources: source})
			}
		}
	case message.EventOwn:
		if e.Own.Format == w.dialect.Client {
			w.delta(gateway.Delta{Choice: e.Choice}, wireDelta{Sources: []json.RawMessage{rawOf(ownAnnotation{ownFields, e.Own.Fields})}})
		}
	case message.EventFinish:
		w.delta(gateway.Delta{Choice: e.Choice, Finish: e.Finish}, wireDelta{})
	case message.EventUsage:
		w.usageReport(e.Usage)
	case message.EventEnd:
	}
}

// tokens writes the probabilities of tokens as an event of their own.
func (w *answerWriter) tokens(e *message.Event) {
	if w.logprobs[e.Choice] += len(e.Tokens); w.logprobs[e.Choice] > maxLogprobs {
		return
	}
	w.write(gateway.Chunk{Deltas: []gateway.Delta{{Choice: e.Choice}}}, event{Choices: []eventChoice{{Index: e.Choice, Logprobs: logprobsOf(e.Tokens)}}})
}

func (w *answerWriter) begin(e *message.Event) {
	switch e.Of {
	case message.KindToolCall:
		n := w.calls[e.Choice]
		w.calls[e.Choice]++
		w.tools[partKey{e.Choice, e.Part}] = n
		signature := w.google
		w.google = ""
		w.delta(gateway.Delta{Choice: e.Choice, Tools: []gateway.ToolDelta{{Index: n, ID: e.Call.ID, Name: e.Call.Name}}},
			wireDelta{Tools: []wireTool{{Index: &n, ID: e.Call.ID, Type: "function", Function: &wireFunction{Name: e.Call.Name}, Extra: extraOf(signature)}}})
	case message.KindReasoning:
		w.signed = thinkingBlock{Type: "thinking"}
		w.thinking.Reset()
		w.signature.Reset()
		if e.Sign.Encrypted != "" {
			w.signed = thinkingBlock{Type: "redacted_thinking", Data: e.Sign.Encrypted}
			w.google, _ = e.Sign.StampedBy(message.StampGoogle)
		}
	}
}

func (w *answerWriter) piece(e *message.Event) {
	switch e.Of {
	case message.KindText:
		w.delta(gateway.Delta{Choice: e.Choice, Text: e.Text}, wireDelta{Content: &e.Text})
	case message.KindRefusal:
		w.delta(gateway.Delta{Choice: e.Choice, Refusal: e.Text}, wireDelta{Refusal: e.Text})
	case message.KindReasoning:
		if w.thinking.Len() <= maxThinking {
			w.thinking.WriteString(e.Text)
		}
		w.signature.WriteString(e.Sign.Value)
		if e.Text != "" {
			w.delta(gateway.Delta{Choice: e.Choice, Reasoning: e.Text}, wireDelta{Reasoning: e.Text})
		}
	case message.KindToolCall:
		n := w.tools[partKey{e.Choice, e.Part}]
		w.delta(gateway.Delta{Choice: e.Choice, Tools: []gateway.ToolDelta{{Index: n, Args: e.Text}}},
			wireDelta{Tools: []wireTool{{Index: &n, Function: &wireFunction{Args: e.Text}}}})
	}
}

// maxThinking is how many bytes of signed reasoning are kept, to be sent again as a whole.
const maxThinking = 16 << 20

func (w *answerWriter) endPart(e *message.Event) {
	if e.Of != message.KindReasoning {
		return
	}
	if w.thinking.Len() > maxThinking {
		return // a part of it does not fit its signature
	}
	if w.signed.Thinking, w.signed.Signature = w.thinking.String(), w.signature.String(); w.signed.Signature != "" || w.signed.Data != "" {
		w.delta(gateway.Delta{Choice: e.Choice}, wireDelta{Thinking: []json.RawMessage{rawOf(w.signed)}})
	}
}

// usageReport writes the usage. A caller who did not ask for it gets a chunk that is not
// sent: Meter reads it.
func (w *answerWriter) usageReport(u *gateway.Usage) {
	if w.wantsUsage {
		w.usage(u)
		return
	}
	w.out = append(w.out, gateway.Chunk{Usage: u, Dialect: Dialect{}})
}

// Body implements message.AnswerWriter.
func (w *answerWriter) Body(es []message.Event) (gateway.Chunk, error) {
	w.wantsUsage = true
	chunks, err := w.Events(es)
	if err != nil {
		return gateway.Chunk{}, err
	}
	a := &assembler{head: *w.head}
	var r gateway.Response
	for i := range chunks {
		r.Fold(chunks[i])
		a.Add(&chunks[i])
	}
	c := gateway.Chunk{Raw: a.Body(&r), Form: gateway.FormBody, Dialect: Dialect{}}
	c.Read()
	return c, nil
}
