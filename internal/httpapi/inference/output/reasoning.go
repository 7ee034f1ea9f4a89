package output

import (
	"bytes"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// reasoningMembers are the members of a message or delta that hold reasoning: OpenRouter's name
// and DeepSeek's, OpenRouter's list, and LiteLLM's signed blocks.
var reasoningMembers = []string{"reasoning", "reasoning_content", "reasoning_details", "thinking_blocks"}

// reasoningView is how a caller in OpenAI's format gets the reasoning of an answer.
type reasoningView struct {
	excluded bool // not at all: the request has "reasoning": {"exclude": true}
	doubled  bool // as "reasoning" too, which OpenRouter's clients read
}

func (w Wire) reasoningView(c *httpapi.Call) reasoningView {
	req := c.Exchange.Request
	if !w.chat || req == nil || req.Op != gateway.OpChat {
		return reasoningView{}
	}
	v := reasoningView{doubled: c.OpenRouter()}
	if bytes.Contains(req.Raw, []byte(`"exclude"`)) {
		v.excluded = string(jsonx.Get(req.Raw, "reasoning", "exclude")) == "true"
	}
	return v
}

// apply returns a body or an event as the caller gets it.
func (v reasoningView) apply(raw []byte) []byte {
	switch {
	case v.excluded:
		return editMessages(raw, withoutReasoning)
	case v.doubled && bytes.Contains(raw, []byte(`"reasoning_content"`)):
		return editMessages(raw, withReasoning)
	}
	return raw
}

func withoutReasoning(message []byte) []byte {
	var changes []jsonx.Change
	for m := range jsonx.Members(message) {
		for _, name := range reasoningMembers {
			if m.Key == name {
				changes = append(changes, jsonx.Change{Name: name})
			}
		}
	}
	if changes == nil {
		return message
	}
	return jsonx.Update(message, changes...)
}

// withReasoning adds "reasoning" to a message that has only "reasoning_content".
func withReasoning(message []byte) []byte {
	text, own := jsonx.Get(message, "reasoning_content"), jsonx.Get(message, "reasoning")
	if len(text) == 0 || text[0] != '"' || len(own) > 0 && own[0] != 'n' {
		return message
	}
	return jsonx.Update(message, jsonx.Change{Name: "reasoning", Value: text})
}

// editMessages returns a body or an event with the message or delta of each choice edited. edit
// returns its argument where nothing changes.
func editMessages(raw []byte, edit func([]byte) []byte) []byte {
	var out []byte
	done := 0 // bytes of raw that are in out
	for top := range jsonx.Members(raw) {
		if top.Key != "choices" {
			continue
		}
		for choice := range jsonx.Elements(top.Value) {
			for m := range jsonx.Members(choice.Value) {
				if m.Key != "message" && m.Key != "delta" {
					continue
				}
				edited := edit(m.Value)
				if bytes.Equal(edited, m.Value) {
					continue
				}
				at := top.Start + choice.Start + m.Start
				out = append(append(out, raw[done:at]...), edited...)
				done = at + len(m.Value)
			}
		}
	}
	if done == 0 {
		return raw
	}
	return append(out, raw[done:]...)
}
