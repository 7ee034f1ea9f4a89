package gateway

import "encoding/json"

// The wire types of OpenAI's chat completion object and its streamed chunks
// (https://platform.openai.com/docs/api-reference/chat/object), as far as Sluice writes
// them itself: for answers translated from another vendor's format, and for replays.

type completion struct {
	ID          string       `json:"id"`
	Object      string       `json:"object"`
	Created     int64        `json:"created"`
	Model       string       `json:"model"`
	Choices     []wireChoice `json:"choices"`
	Usage       *wireUsage   `json:"usage,omitempty"`
	Fingerprint *string      `json:"system_fingerprint"`
}

type wireChoice struct {
	Index    int          `json:"index"`
	Message  *wireMessage `json:"message,omitempty"`
	Delta    *wireDelta   `json:"delta,omitempty"`
	Logprobs *struct{}    `json:"logprobs"`
	Finish   *string      `json:"finish_reason"`
}

type wireMessage struct {
	Role      string     `json:"role"`
	Content   *string    `json:"content"` // null beside tool calls
	Reasoning string     `json:"reasoning_content,omitempty"`
	Refusal   *string    `json:"refusal,omitempty"`
	Tools     []wireTool `json:"tool_calls,omitempty"`
}

type wireDelta struct {
	Role      string     `json:"role,omitempty"`
	Content   *string    `json:"content,omitempty"`
	Reasoning string     `json:"reasoning_content,omitempty"`
	Refusal   string     `json:"refusal,omitempty"`
	Tools     []wireTool `json:"tool_calls,omitempty"`
}

type wireTool struct {
	Index    *int         `json:"index,omitempty"`
	ID       string       `json:"id,omitempty"`
	Type     string       `json:"type,omitempty"`
	Function wireFunction `json:"function"`
}

type wireFunction struct {
	Name string `json:"name,omitempty"`
	Args string `json:"arguments"`
}

type wireUsage struct {
	Prompt     int64        `json:"prompt_tokens"`
	Completion int64        `json:"completion_tokens"`
	Total      int64        `json:"total_tokens"`
	PromptBy   wirePrompted `json:"prompt_tokens_details"`
	OutputBy   wireOutput   `json:"completion_tokens_details"`
}

type wirePrompted struct {
	Cached int64 `json:"cached_tokens"`
	Write  int64 `json:"cache_write_tokens,omitempty"`
}

type wireOutput struct {
	Reasoning int64 `json:"reasoning_tokens"`
}

func (u *Usage) wire() *wireUsage {
	if u == nil {
		return nil
	}
	return &wireUsage{Prompt: u.Input, Completion: u.Output, Total: u.Input + u.Output,
		PromptBy: wirePrompted{u.CacheRead, u.CacheWrite}, OutputBy: wireOutput{u.Reasoning}}
}

// MarshalJSON writes OpenAI's "usage" object.
func (u *Usage) MarshalJSON() ([]byte, error) { return json.Marshal(u.wire()) }

func (r *Response) completion() completion {
	out := completion{ID: r.ID, Object: "chat.completion", Created: r.Created, Model: r.Model,
		Choices: []wireChoice{}, Usage: r.Usage.wire(), Fingerprint: nilable(r.fingerprint)}
	for i := range r.Choices {
		c := &r.Choices[i]
		text := c.Text()
		m := &wireMessage{Role: "assistant", Content: &text, Reasoning: c.Reasoning(), Refusal: nilable(c.Refusal())}
		for _, t := range c.Tools {
			m.Tools = append(m.Tools, wireTool{ID: t.ID, Type: "function", Function: wireFunction{t.Name, t.Args}})
		}
		if text == "" && (len(m.Tools) > 0 || m.Refusal != nil) {
			m.Content = nil
		}
		out.Choices = append(out.Choices, wireChoice{Index: c.Index, Message: m, Finish: nilable(c.Finish)})
	}
	return out
}

func nilable(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
