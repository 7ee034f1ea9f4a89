package main

import "strings"

// providers are the names of vendors where a source's name is not ours. Elsewhere an underscore
// becomes a hyphen.
var providers = map[string]string{
	// litellm
	"mistral": "mistral-ai", "xai": "x-ai", "gemini": "google", "together_ai": "together-ai", "fireworks_ai": "fireworks-ai",
	"azure": "azure-openai", "perplexity": "perplexity-ai", "novita": "novita-ai", "jina_ai": "jina", "cohere_chat": "cohere",
	"zai": "z-ai", "bigmodel": "zhipu", "nvidia_nim": "nvidia", "vercel_ai_gateway": "vercel", "lambda_ai": "lambda",
	"cloudflare": "workers-ai", "azure_ai": "azure-ai", "bedrock_converse": "bedrock", "text-completion-openai": "openai",
	"text-completion-codestral": "codestral", "fireworks_ai-embedding-models": "fireworks-ai", "azure_text": "azure-openai",
	"text-completion-inception": "inception",
	// genai-prices
	"aws": "bedrock", "fireworks": "fireworks-ai", "together": "together-ai", "moonshotai": "moonshot", "voyageai": "voyage",
	"zhipuai": "zhipu",
	// model-prices
	"alibaba": "dashscope", "amazon-bedrock": "bedrock", "stepfun-ai": "stepfun", "tencent-tokenhub": "tencent",
}

func providerName(source string) string {
	if name, ok := providers[source]; ok {
		return name
	}
	if strings.HasPrefix(source, "vertex_ai") {
		return "vertex-ai"
	}
	return strings.ReplaceAll(source, "_", "-")
}

// tiers are the names of service tiers in litellm's keys and in genai-prices.
var tiers = map[string]string{
	"batches": "batch", "batch": "batch", "priority": "priority", "flex": "flex", "ultrafast": "ultrafast", "balanced": "balanced",
	"fast": "fast", "default": "default",
}
