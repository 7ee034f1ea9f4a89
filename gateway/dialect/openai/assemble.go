package openai

import (
	"bytes"
	"encoding/json"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
)

// Assemble implements gateway.AnswerFormat.
func (Dialect) Assemble() gateway.Assembler { return &assembler{} }

// assembler notes what events say beside the texts and tool calls, which are in the Response.
type assembler struct {
	head    gateway.AnswerHead
	choices map[int]*besides // by index of the choice
	kept    int              // bytes
}

// besides is what one choice has beside its texts and calls, raw: an event adds to each list.
type besides struct {
	sources, thinking, details []json.RawMessage // members of the message
	tokens, refused            []json.RawMessage // logprobs of the text and of a refusal
	signatures                 map[int]json.RawMessage
}

// maxBesides bounds what is kept of one answer, in bytes.
const maxBesides = 32 << 20

// Add notes the heading until a model is named: the first event of some vendors names none.
func (a *assembler) Add(c *gateway.Chunk) {
	if a.head.Model == "" && c.Head != nil {
		a.head = *c.Head
	}
	for _, name := range [][]byte{[]byte(`"annotations"`), []byte(`"thinking_blocks"`), []byte(`"reasoning_details"`), []byte(`"logprob"`), []byte(`"extra_content"`)} {
		if bytes.Contains(c.Raw, name) {
			a.addBesides(c.Raw, "delta")
			return
		}
	}
}

// addBesides reads one event or body; part is the member of a choice that holds what it says.
func (a *assembler) addBesides(raw []byte, part string) {
	if a.choices == nil {
		a.choices = map[int]*besides{}
	}
	position := -1
	gjson.GetBytes(raw, "choices").ForEach(func(_, choice gjson.Result) bool {
		position++
		index := position
		if v := choice.Get("index"); v.Type == gjson.Number {
			index = int(v.Int())
		}
		b := a.choices[index]
		if b == nil {
			if len(a.choices) >= maxChoices {
				return false
			}
			b = &besides{signatures: map[int]json.RawMessage{}}
			a.choices[index] = b
		}
		said := choice.Get(part)
		a.extend(&b.sources, said.Get("annotations"))
		a.extend(&b.thinking, said.Get("thinking_blocks"))
		a.extend(&b.details, said.Get("reasoning_details"))
		a.extend(&b.tokens, choice.Get("logprobs.content"))
		a.extend(&b.refused, choice.Get("logprobs.refusal"))
		for i, call := range said.Get("tool_calls").Array() {
			if v := call.Get("index"); v.Type == gjson.Number {
				i = int(v.Int())
			}
			if extra := call.Get("extra_content"); extra.IsObject() && a.fits(extra.Raw) {
				b.signatures[i] = json.RawMessage(extra.Raw)
			}
		}
		return true
	})
}

// maxChoices bounds the choices of one answer.
const maxChoices = 1024

func (a *assembler) extend(list *[]json.RawMessage, more gjson.Result) {
	if !more.IsArray() {
		return
	}
	more.ForEach(func(_, v gjson.Result) bool {
		if a.fits(v.Raw) {
			*list = append(*list, json.RawMessage(bytes.Clone([]byte(v.Raw))))
		}
		return true
	})
}

func (a *assembler) fits(raw string) bool {
	if a.kept+len(raw) > maxBesides {
		return false
	}
	a.kept += len(raw)
	return true
}

func (a *assembler) Head() gateway.AnswerHead { return a.head }

func (a *assembler) Body(r *gateway.Response) []byte {
	b, _ := json.Marshal(a.completion(r)) // what is raw was read as JSON
	return b
}

func (a *assembler) completion(r *gateway.Response) completion {
	out := completion{ID: a.head.ID, Object: "chat.completion", Created: a.head.Created, Model: a.head.Model,
		Choices: []wireChoice{}, Usage: usageOf(r.Usage), Fingerprint: nilable(a.head.Fingerprint)}
	for i := range r.Choices {
		choice := bodyChoice(&r.Choices[i])
		if b := a.choices[choice.Index]; b != nil {
			b.complete(&choice)
		}
		out.Choices = append(out.Choices, choice)
	}
	return out
}

// complete adds to a choice what it has beside its texts.
func (b *besides) complete(c *wireChoice) {
	c.Message.Sources, c.Message.Thinking, c.Message.Details = b.sources, b.thinking, b.details
	if len(b.tokens)+len(b.refused) > 0 {
		c.Logprobs = &rawLogprobs{b.tokens, b.refused}
	}
	for i := range c.Message.Tools {
		c.Message.Tools[i].Extra = b.signatures[i]
	}
}

func bodyChoice(c *gateway.Choice) wireChoice {
	content := c.Text()
	m := &wireMessage{Role: "assistant", Content: &content, Reasoning: c.Reasoning(), Refusal: nilable(c.Refusal())}
	for i := range c.Tools {
		t := &c.Tools[i]
		m.Tools = append(m.Tools, toolOf(t.ID, t.Name, t.Args(), t.FreeForm))
	}
	if content == "" && (len(m.Tools) > 0 || m.Refusal != nil) {
		m.Content = nil
	}
	return wireChoice{Index: c.Index, Message: m, Finish: nilable(c.Finish)}
}
