package openai

import (
	"encoding/json"

	"github.com/sluicegate/sluice/gateway"
)

// Assemble implements gateway.AnswerFormat.
func (Dialect) Assemble() gateway.Assembler { return &assembler{} }

// assembler notes what events say of the whole answer; its texts are in the Response.
type assembler struct{ head gateway.AnswerHead }

// Add notes the heading until a model is named: the first event of some vendors names none.
func (a *assembler) Add(c *gateway.Chunk) {
	if a.head.Model == "" && c.Head != nil {
		a.head = *c.Head
	}
}

func (a *assembler) Head() gateway.AnswerHead { return a.head }

func (a *assembler) Body(r *gateway.Response) []byte {
	b, _ := json.Marshal(a.completion(r)) // plain data always encodes
	return b
}

func (a *assembler) completion(r *gateway.Response) completion {
	out := completion{ID: a.head.ID, Object: "chat.completion", Created: a.head.Created, Model: a.head.Model,
		Choices: []wireChoice{}, Usage: usageOf(r.Usage), Fingerprint: nilable(a.head.Fingerprint)}
	for i := range r.Choices {
		out.Choices = append(out.Choices, bodyChoice(&r.Choices[i]))
	}
	return out
}

func bodyChoice(c *gateway.Choice) wireChoice {
	content := c.Text()
	m := &wireMessage{Role: "assistant", Content: &content, Reasoning: c.Reasoning(), Refusal: nilable(c.Refusal())}
	for i := range c.Tools {
		t := &c.Tools[i]
		m.Tools = append(m.Tools, wireTool{ID: t.ID, Type: "function", Function: wireFunction{t.Name, t.Args()}})
	}
	if content == "" && (len(m.Tools) > 0 || m.Refusal != nil) {
		m.Content = nil
	}
	return wireChoice{Index: c.Index, Message: m, Finish: nilable(c.Finish)}
}
