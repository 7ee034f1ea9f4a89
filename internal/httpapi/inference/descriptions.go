package inference

import (
	"encoding/json"

	"github.com/sluicegate/sluice/internal/httpapi"
)

// The bodies of the surfaces are those of their vendors; only the fields that a surface requires
// or reads itself are named here. Every other field goes to the provider.

type chatBody struct {
	Model    string            `json:"model,omitempty"` // "vendor/model", "@virtual-key/model" or a name; a config may bring it
	Messages []json.RawMessage `json:"messages"`
	Stream   bool              `json:"stream,omitempty"`
	Config   any               `json:"config,omitempty"` // a config, or the slug of a saved one; it does not go to the provider
}

type embeddingsBody struct {
	Model string `json:"model,omitempty"`
	Input any    `json:"input"` // a string or a list
}

type messagesBody struct {
	Model     string            `json:"model,omitempty"`
	Messages  []json.RawMessage `json:"messages"`
	MaxTokens int               `json:"max_tokens,omitempty"` // absent: the model's maximum
	Stream    bool              `json:"stream,omitempty"`
}

type geminiBody struct {
	Contents any `json:"contents,omitempty"` // of generateContent, streamGenerateContent and countTokens
	Content  any `json:"content,omitempty"`  // of embedContent
}

type promptBody struct {
	Variables map[string]any `json:"variables,omitempty"` // values of the template's variables
	Stream    bool           `json:"stream,omitempty"`
}

// orStreamed are the media types of an answer that is a stream where the caller asks for one.
var orStreamed = []string{"application/json", "text/event-stream"}

const (
	openAIReference    = "https://platform.openai.com/docs/api-reference/"
	anthropicReference = "https://docs.anthropic.com/en/api/"
	googleReference    = "https://ai.google.dev/api/"
)

// descriptions are by method and path.
var descriptions = map[string]httpapi.Description{
	"POST /v1/chat/completions":        {Summary: "Answers a chat, in OpenAI's format", Body: chatBody{}, Types: orStreamed, Vendor: openAIReference + "chat/create"},
	"POST /v1/embeddings":              {Summary: "Embeds texts, in OpenAI's format", Body: embeddingsBody{}, Vendor: openAIReference + "embeddings/create"},
	"POST /v1/messages":                {Summary: "Answers a chat, in Anthropic's format", Body: messagesBody{}, Types: orStreamed, Vendor: anthropicReference + "messages"},
	"POST /v1/messages/count_tokens":   {Summary: "Counts the tokens of a chat, in Anthropic's format", Body: messagesBody{}, Vendor: anthropicReference + "messages-count-tokens"},
	"POST /v1/models/*":                {Summary: "Answers a call in Gemini's format; the path ends in the model, ':' and the operation", Body: geminiBody{}, Types: orStreamed, Vendor: googleReference + "generate-content"},
	"POST /v1beta/models/*":            {Summary: "Answers a call in Gemini's format; the path ends in the model, ':' and the operation", Body: geminiBody{}, Types: orStreamed, Vendor: googleReference + "generate-content"},
	"POST /v1/prompts/:id/completions": {Summary: "Renders a prompt template and answers the chat; other fields override the template's parameters", Body: promptBody{}, Types: orStreamed},
	"POST /v1/prompts/:id/render":      {Summary: "Renders a prompt template without asking a provider", Query: []httpapi.Field{{Name: "workspace", Example: ""}}, Body: promptBody{}},
	"POST " + modelPaths[0]:            {Group: "deployments", Summary: "Answers a chat or embeds texts; the path ends in the model and chat/completions or embeddings", Body: map[string]any{}, Types: orStreamed, Vendor: "https://learn.microsoft.com/en-us/azure/ai-services/openai/reference"},
	"POST " + modelPaths[1]:            {Group: "deployments", Summary: "Answers a chat or embeds texts; the path ends in the model and chat/completions or embeddings", Body: map[string]any{}, Types: orStreamed},
	"POST " + modelPaths[2]:            {Group: "deployments", Summary: "Answers a chat or embeds texts; the path ends in the model and chat/completions or embeddings", Body: map[string]any{}, Types: orStreamed},
}
