package main

// exceptions are cells that cannot be whole, with the reason. A cell that is whole all the same
// stays whole.
var exceptions = []struct {
	client, feature string
	target          Target // "" = all
	reason          string
}{
	{"ai + @ai-sdk/openai .chat", "reasoning", anthropic, noThoughts},
	{"@langchain/openai", "reasoning", anthropic, noThoughts},
	{"langchain-openai", "reasoning", anthropic, noThoughts},
	{"@openai/agents chat", "reasoning", "", shortName},
	{"@langchain/google-genai", "images", openai, imageNames},
	{"@langchain/google-genai", "images", anthropic, imageNames},
	{"@langchain/google-genai", "broken", "", overlooksErrors},
}

// The reasons.
const (
	noThoughts      = "The client drops the text of the thought and only keeps the count of its tokens, and Anthropic does not count them."
	imageNames      = "The client refuses images unless the model's name is one of Google's that it knows; nothing is sent."
	shortName       = "The client reads thoughts only from message.reasoning; vendors and Sluice say reasoning_content on this path."
	overlooksErrors = "The client passes over the error event, and the cut behind it ends its process: it leaves a rejected promise unhandled, as on every connection that breaks."
)

// exception is why a cell cannot be whole, "" if it must be.
func exception(c Client, t Target, feature string) string {
	for _, e := range exceptions {
		if e.client == c.Name && e.feature == feature && (e.target == "" || e.target == t) {
			return e.reason
		}
	}
	return ""
}
