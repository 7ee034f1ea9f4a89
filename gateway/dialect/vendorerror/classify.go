package vendorerror

import (
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// class is one kind of refusal that vendors describe in words of their own.
type class struct {
	code    string   // OpenAI's
	phrases []string // in lower case; of a code, a type or a message
}

// classes are the refusals that routing and clients tell apart: a config may send the first to
// a model with a larger context, and agents shorten their conversation.
var classes = []class{
	{gateway.CodeContextWindow, []string{
		"context_length_exceeded", "maximum context length", "maximum prompt length", "reduce the length of the messages", // OpenAI, vLLM, xAI, Groq
		"exceeds the context window", "exceed context limit", "prompt is too long", // OpenAI's Responses, Anthropic
		"exceeds the maximum number of tokens allowed", "input is too long for requested model", // Google, Bedrock
		"too many tokens: ", "range of input length should be", "exceeds the available context size", // Cohere, Qwen, llama.cpp
		"string_above_max_length", "model_max_prompt_tokens_exceeded",
	}},
	{gateway.CodeContentPolicy, []string{
		"content_policy_violation", "content_filter", "content management policy", // OpenAI, Azure
		"rejected as a result of our safety system", "violating our usage policy", "flagged as potentially violating",
		"blocked by content filtering policy", "data_inspection_failed", "datainspectionfailed", // Anthropic, Qwen
	}},
}

// classify gives the error OpenAI's code where its words say that the prompt is too long or
// that a content policy refused it.
func classify(e *gateway.Error) {
	if e.Kind == gateway.Upstream && (e.Status < 400 || e.Status >= 500 || e.Status == 401 || e.Status == 404 || e.Status == 429) {
		return
	}
	text := strings.ToLower(e.Code + "\n" + e.Type + "\n" + e.Public)
	for _, c := range classes {
		for _, phrase := range c.phrases {
			if strings.Contains(text, phrase) {
				e.Code = c.code
				return
			}
		}
	}
}
