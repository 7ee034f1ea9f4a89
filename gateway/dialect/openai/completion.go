package openai

import (
	"encoding/json"

	"github.com/sluicegate/sluice/gateway"
)

// The wire types of the chat completion object and its streamed chunks, as far as Sluice
// writes them itself: for translated answers and for replays.

type completion struct {
	ID          string       `json:"id"`
	Object      string       `json:"object"`
	Created     int64        `json:"created"`
	Model       string       `json:"model"`
	Choices     []wireChoice `json:"choices"`
	Usage       *wireUsage   `json:"usage,omitempty"`
	Fingerprint *string      `json:"system_fingerprint"`
}

// event is a streamed chunk. It has no system_fingerprint, which strict clients refuse as
// null there.
type event struct {
	ID      string        `json:"id"`
	Object  string        `json:"object"`
	Created int64         `json:"created"`
	Model   string        `json:"model"`
	Choices []eventChoice `json:"choices"`
	Usage   *wireUsage    `json:"usage,omitempty"`
}

type eventChoice struct {
	Index    int          `json:"index"`
	Delta    wireDelta    `json:"delta"`
	Logprobs *rawLogprobs `json:"logprobs,omitempty"`
	Finish   *string      `json:"finish_reason"`
}

type wireChoice struct {
	Index    int          `json:"index"`
	Message  *wireMessage `json:"message,omitempty"`
	Logprobs *rawLogprobs `json:"logprobs"`
	Finish   *string      `json:"finish_reason"`
}

type wireMessage struct {
	Role      string            `json:"role"`
	Content   *string           `json:"content"` // null beside tool calls
	Reasoning string            `json:"reasoning_content,omitempty"`
	Refusal   *string           `json:"refusal,omitempty"`
	Tools     []wireTool        `json:"tool_calls,omitempty"`
	Details   []json.RawMessage `json:"reasoning_details,omitempty"`
	Thinking  []json.RawMessage `json:"thinking_blocks,omitempty"`
	Sources   []json.RawMessage `json:"annotations,omitempty"`
}

type wireDelta struct {
	Role           string            `json:"role,omitempty"`
	Content        *string           `json:"content,omitempty"`
	Reasoning      string            `json:"reasoning_content,omitempty"`
	ReasoningShort string            `json:"reasoning,omitempty"`
	Refusal        string            `json:"refusal,omitempty"`
	Tools          []wireTool        `json:"tool_calls,omitempty"`
	Details        []json.RawMessage `json:"reasoning_details,omitempty"`
	Thinking       []json.RawMessage `json:"thinking_blocks,omitempty"`
	Sources        []json.RawMessage `json:"annotations,omitempty"`
}

// thinkingBlock is signed reasoning in Anthropic's shape, as LiteLLM hands it to callers
// and takes it back: without it, the next turn of a tool call would be refused.
type thinkingBlock struct {
	Type      string `json:"type"`
	Thinking  string `json:"thinking,omitempty"`
	Signature string `json:"signature,omitempty"`
	Data      string `json:"data,omitempty"`
}

type wireTool struct {
	Index    *int            `json:"index,omitempty"`
	ID       string          `json:"id,omitempty"`
	Type     string          `json:"type,omitempty"`
	Function *wireFunction   `json:"function,omitempty"`
	Custom   *wireCustom     `json:"custom,omitempty"` // instead of Function: a tool that takes any text
	Extra    json.RawMessage `json:"extra_content,omitempty"`
}

// toolOf is a whole tool call.
func toolOf(id, name, args string, freeForm bool) wireTool {
	if freeForm {
		return wireTool{ID: id, Type: "custom", Custom: &wireCustom{name, args}}
	}
	return wireTool{ID: id, Type: "function", Function: &wireFunction{name, args}}
}

// streamedTool is a piece of a tool call. The first piece, which has the id, names the type.
func streamedTool(t *gateway.ToolDelta) wireTool {
	w := toolOf(t.ID, t.Name, t.Args, t.FreeForm)
	if w.Index = &t.Index; t.ID == "" {
		w.Type = ""
	}
	return w
}

// wireExtra is what Google adds in its own interface in this format: the signature of the
// thoughts that led to a call, which the next turn must return
// (https://ai.google.dev/gemini-api/docs/thought-signatures).
type wireExtra struct {
	Google struct {
		Signature string `json:"thought_signature"`
	} `json:"google"`
}

func extraOf(signature string) json.RawMessage {
	if signature == "" {
		return nil
	}
	var e wireExtra
	e.Google.Signature = signature
	return rawOf(e)
}

// rawOf encodes plain data, which never fails.
func rawOf(v any) json.RawMessage {
	raw, _ := json.Marshal(v)
	return raw
}

type wireCustom struct {
	Name  string `json:"name,omitempty"`
	Input string `json:"input"`
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

func usageOf(u *gateway.Usage) *wireUsage {
	if u == nil {
		return nil
	}
	return &wireUsage{Prompt: u.Input, Completion: u.Output, Total: u.Input + u.Output,
		PromptBy: wirePrompted{u.CacheRead, u.CacheWrite}, OutputBy: wireOutput{u.Reasoning}}
}

func nilable(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
