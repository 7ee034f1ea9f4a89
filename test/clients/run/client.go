package main

// Client is one row: a client program, or one of the ways to use it.
type Client struct {
	Name    string
	Package string // whose version is printed
	Format  string // chat, responses, messages or gemini: what it speaks to the gateway
	Runtime string // js, python, frameworks: how its script is run; agent: it is a program of its own
	Script  string
	Arg     string
}

// native is the target whose requests and answers are not translated.
func (c Client) native() Target {
	switch c.Format {
	case "messages":
		return anthropic
	case "gemini":
		return google
	}
	return openai
}

// clients are all of them.
func clients() []Client { return append(append([]Client(nil), sdks...), agents...) }

// sdks are the libraries.
var sdks = []Client{
	{"openai chat", "openai", "chat", "js", "openai.mjs", "chat"},
	{"openai responses", "openai", "responses", "js", "openai.mjs", "responses"},
	{"@anthropic-ai/sdk", "@anthropic-ai/sdk", "messages", "js", "anthropic.mjs", ""},
	{"@google/genai", "@google/genai", "gemini", "js", "google.mjs", ""},
	{"ai + @ai-sdk/openai", "@ai-sdk/openai", "responses", "js", "ai.mjs", "responses"},
	{"ai + @ai-sdk/openai .chat", "@ai-sdk/openai", "chat", "js", "ai.mjs", "chat"},
	{"ai + @ai-sdk/openai-compatible", "@ai-sdk/openai-compatible", "chat", "js", "ai.mjs", "compatible"},
	{"ai + @ai-sdk/anthropic", "@ai-sdk/anthropic", "messages", "js", "ai.mjs", "anthropic"},
	{"ai + @ai-sdk/google", "@ai-sdk/google", "gemini", "js", "ai.mjs", "google"},
	{"ai + @openrouter/ai-sdk-provider", "@openrouter/ai-sdk-provider", "chat", "js", "ai.mjs", "openrouter"},
	{"@openrouter/sdk", "@openrouter/sdk", "chat", "js", "openrouter.mjs", ""},
	{"portkey-ai", "portkey-ai", "chat", "js", "portkey.mjs", ""},
	{"@langchain/openai", "@langchain/openai", "chat", "js", "langchain.mjs", "openai"},
	{"@langchain/anthropic", "@langchain/anthropic", "messages", "js", "langchain.mjs", "anthropic"},
	{"@langchain/google-genai", "@langchain/google-genai", "gemini", "js", "langchain.mjs", "google"},
	{"@openai/agents", "@openai/agents", "responses", "js", "agents.mjs", "responses"},
	{"@openai/agents chat", "@openai/agents", "chat", "js", "agents.mjs", "chat"},

	{"openai chat (Python)", "openai", "chat", "vendors", "openai_client.py", "chat"},
	{"openai responses (Python)", "openai", "responses", "vendors", "openai_client.py", "responses"},
	{"anthropic (Python)", "anthropic", "messages", "vendors", "anthropic_client.py", ""},
	{"google-genai (Python)", "google-genai", "gemini", "vendors", "google_client.py", ""},
	{"openai-agents (Python)", "openai-agents", "responses", "vendors", "agents_client.py", "responses"},
	{"openai-agents chat (Python)", "openai-agents", "chat", "vendors", "agents_client.py", "chat"},
	{"pydantic-ai openai:", "pydantic-ai", "responses", "vendors", "pydantic_client.py", "responses"},
	{"pydantic-ai openai-chat:", "pydantic-ai", "chat", "vendors", "pydantic_client.py", "chat"},
	{"pydantic-ai anthropic:", "pydantic-ai", "messages", "vendors", "pydantic_client.py", "anthropic"},
	{"pydantic-ai google:", "pydantic-ai", "gemini", "vendors", "pydantic_client.py", "google"},
	{"portkey-ai (Python)", "portkey-ai", "chat", "frameworks", "portkey_client.py", ""},
	{"langchain-openai", "langchain-openai", "chat", "frameworks", "langchain_client.py", "openai"},
	{"langchain-anthropic", "langchain-anthropic", "messages", "frameworks", "langchain_client.py", "anthropic"},
	{"langchain-google-genai", "langchain-google-genai", "gemini", "frameworks", "langchain_client.py", "google"},
	{"llama-index openai-like", "llama-index-llms-openai-like", "chat", "frameworks", "llamaindex_client.py", ""},
	{"instructor openai", "instructor", "chat", "frameworks", "instructor_client.py", "openai"},
	{"instructor anthropic", "instructor", "messages", "frameworks", "instructor_client.py", "anthropic"},
	{"litellm litellm_proxy/", "litellm", "chat", "frameworks", "litellm_client.py", "proxy"},
	{"litellm openai/", "litellm", "chat", "frameworks", "litellm_client.py", "openai"},
	{"litellm anthropic/", "litellm", "messages", "frameworks", "litellm_client.py", "anthropic"},
	{"litellm gemini/", "litellm", "gemini", "frameworks", "litellm_client.py", "gemini"},
}
