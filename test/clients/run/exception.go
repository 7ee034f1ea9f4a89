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
	{"@langchain/google-genai", "images", openai, imageNames},
	{"@langchain/google-genai", "images", anthropic, imageNames},
	{"@langchain/google-genai", "files", openai, imageNames},
	{"@langchain/google-genai", "files", anthropic, imageNames},
	{"@langchain/google-genai", "cached", google, addsCached},
	{"@langchain/google-genai", "broken", "", endsProcess},
	{"@langchain/google-genai", "abort", "", endsProcess},
}

// The reasons.
const (
	noThoughts  = "The client drops the text of the thought and only keeps the count of its tokens, and Anthropic does not count them."
	imageNames  = "The client refuses images and files unless the model's name is one of Google's that it knows; nothing is sent."
	addsCached  = "The client adds the cached tokens of all chunks of a stream; Google repeats the number in each."
	endsProcess = "The end of the connection ends the client's process: on every stream that breaks or is aborted it leaves a rejected promise unhandled."
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
