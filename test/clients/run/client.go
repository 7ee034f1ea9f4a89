package main

// Client is one row: a client program, or one of the ways to use it.
type Client struct {
	Name    string
	Family  string // what the short table calls it and its relatives
	Package string // whose version is printed
	Format  string // chat, responses, messages or gemini: what it speaks to the gateway
	Runtime string // js, vendors, frameworks (two environments of Python): how its script is run; agent: a program of its own
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

// label is the package as a reader tells it from its namesake of another registry.
func (c Client) label() string {
	if c.Runtime == "vendors" || c.Runtime == "frameworks" {
		return c.Package + " (Python)"
	}
	return c.Package
}

// clients are all of them.
func clients() []Client { return append(append([]Client(nil), sdks...), agents...) }

// sdks are the libraries.
var sdks = []Client{
	{"openai chat", "OpenAI", "openai", "chat", "js", "openai.mjs", "chat"},
	{"openai responses", "OpenAI", "openai", "responses", "js", "openai.mjs", "responses"},
	{"@anthropic-ai/sdk", "Anthropic", "@anthropic-ai/sdk", "messages", "js", "anthropic.mjs", ""},
	{"@google/genai", "Google GenAI", "@google/genai", "gemini", "js", "google.mjs", ""},
	{"ai + @ai-sdk/openai", "Vercel AI SDK", "@ai-sdk/openai", "responses", "js", "ai.mjs", "responses"},
	{"ai + @ai-sdk/openai .chat", "Vercel AI SDK", "@ai-sdk/openai", "chat", "js", "ai.mjs", "chat"},
	{"ai + @ai-sdk/openai-compatible", "Vercel AI SDK", "@ai-sdk/openai-compatible", "chat", "js", "ai.mjs", "compatible"},
	{"ai + @ai-sdk/anthropic", "Vercel AI SDK", "@ai-sdk/anthropic", "messages", "js", "ai.mjs", "anthropic"},
	{"ai + @ai-sdk/google", "Vercel AI SDK", "@ai-sdk/google", "gemini", "js", "ai.mjs", "google"},
	{"ai + @openrouter/ai-sdk-provider", "OpenRouter", "@openrouter/ai-sdk-provider", "chat", "js", "ai.mjs", "openrouter"},
	{"@openrouter/sdk", "OpenRouter", "@openrouter/sdk", "chat", "js", "openrouter.mjs", ""},
	{"portkey-ai", "Portkey", "portkey-ai", "chat", "js", "portkey.mjs", ""},
	{"@langchain/openai", "LangChain", "@langchain/openai", "chat", "js", "langchain.mjs", "openai"},
	{"@langchain/anthropic", "LangChain", "@langchain/anthropic", "messages", "js", "langchain.mjs", "anthropic"},
	{"@langchain/google-genai", "LangChain", "@langchain/google-genai", "gemini", "js", "langchain.mjs", "google"},
	{"@openai/agents", "OpenAI Agents", "@openai/agents", "responses", "js", "agents.mjs", "responses"},
	{"@openai/agents chat", "OpenAI Agents", "@openai/agents", "chat", "js", "agents.mjs", "chat"},

	{"openai chat (Python)", "OpenAI", "openai", "chat", "vendors", "openai_client.py", "chat"},
	{"openai responses (Python)", "OpenAI", "openai", "responses", "vendors", "openai_client.py", "responses"},
	{"anthropic (Python)", "Anthropic", "anthropic", "messages", "vendors", "anthropic_client.py", ""},
	{"google-genai (Python)", "Google GenAI", "google-genai", "gemini", "vendors", "google_client.py", ""},
	{"openai-agents (Python)", "OpenAI Agents", "openai-agents", "responses", "vendors", "agents_client.py", "responses"},
	{"openai-agents chat (Python)", "OpenAI Agents", "openai-agents", "chat", "vendors", "agents_client.py", "chat"},
	{"pydantic-ai openai:", "Pydantic AI", "pydantic-ai", "responses", "vendors", "pydantic_client.py", "responses"},
	{"pydantic-ai openai-chat:", "Pydantic AI", "pydantic-ai", "chat", "vendors", "pydantic_client.py", "chat"},
	{"pydantic-ai anthropic:", "Pydantic AI", "pydantic-ai", "messages", "vendors", "pydantic_client.py", "anthropic"},
	{"pydantic-ai google:", "Pydantic AI", "pydantic-ai", "gemini", "vendors", "pydantic_client.py", "google"},
	{"portkey-ai (Python)", "Portkey", "portkey-ai", "chat", "frameworks", "portkey_client.py", ""},
	{"langchain-openai", "LangChain", "langchain-openai", "chat", "frameworks", "langchain_client.py", "openai"},
	{"langchain-anthropic", "LangChain", "langchain-anthropic", "messages", "frameworks", "langchain_client.py", "anthropic"},
	{"langchain-google-genai", "LangChain", "langchain-google-genai", "gemini", "frameworks", "langchain_client.py", "google"},
	{"llama-index openai-like", "LlamaIndex", "llama-index-llms-openai-like", "chat", "frameworks", "llamaindex_client.py", ""},
	{"instructor openai", "Instructor", "instructor", "chat", "frameworks", "instructor_client.py", "openai"},
	{"instructor anthropic", "Instructor", "instructor", "messages", "frameworks", "instructor_client.py", "anthropic"},
	{"litellm litellm_proxy/", "LiteLLM SDK", "litellm", "chat", "frameworks", "litellm_client.py", "proxy"},
	{"litellm openai/", "LiteLLM SDK", "litellm", "chat", "frameworks", "litellm_client.py", "openai"},
	{"litellm anthropic/", "LiteLLM SDK", "litellm", "messages", "frameworks", "litellm_client.py", "anthropic"},
	{"litellm gemini/", "LiteLLM SDK", "litellm", "gemini", "frameworks", "litellm_client.py", "gemini"},
}
