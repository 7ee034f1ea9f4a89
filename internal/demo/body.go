package demo

import (
	"encoding/json"

	"github.com/sluicegate/sluice/gateway"
)

// turn is a message of a conversation.
type turn struct{ role, text string }

// message is a message in OpenAI's chat format, which the demonstration keeps all bodies in.
type message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

func requestBody(model string, stream bool, turns ...turn) []byte {
	body := struct {
		Model    string    `json:"model"`
		Stream   bool      `json:"stream,omitempty"`
		Messages []message `json:"messages"`
	}{Model: model, Stream: stream}
	for _, t := range turns {
		body.Messages = append(body.Messages, message{t.role, t.text})
	}
	return marshal(body)
}

// messagesBody is what a provider gets that speaks Anthropic's format: the system message apart, and
// a limit of the answer.
func messagesBody(model string, stream bool, system string, turns ...turn) []byte {
	body := struct {
		Model     string    `json:"model"`
		MaxTokens int       `json:"max_tokens"`
		System    string    `json:"system"`
		Stream    bool      `json:"stream,omitempty"`
		Messages  []message `json:"messages"`
	}{Model: model, MaxTokens: 4096, System: system, Stream: stream}
	for _, t := range turns {
		body.Messages = append(body.Messages, message{t.role, t.text})
	}
	return marshal(body)
}

func responseBody(id, model string, answer turn, usage gateway.Usage) []byte {
	type choice struct {
		Index   int     `json:"index"`
		Message message `json:"message"`
		Finish  string  `json:"finish_reason"`
	}
	return marshal(struct {
		ID      string           `json:"id"`
		Object  string           `json:"object"`
		Model   string           `json:"model"`
		Choices []choice         `json:"choices"`
		Usage   map[string]int64 `json:"usage"`
	}{"chatcmpl-" + id, "chat.completion", model, []choice{{0, message{answer.role, answer.text}, "stop"}},
		map[string]int64{"prompt_tokens": usage.Input, "completion_tokens": usage.Output, "total_tokens": usage.Input + usage.Output}})
}

// marshal encodes a value that has only texts and numbers, which cannot fail.
func marshal(v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return raw
}
