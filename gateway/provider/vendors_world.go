package provider

import "github.com/sluicegate/sluice/gateway"

// Quirks of many vendors.
var (
	systemOnly = Quirks{NoDeveloperRole: true}
	maxTokens  = Quirks{MaxTokens: "max_tokens", NoDeveloperRole: true}
)

// worldVendors are the large hosts and laboratories.
var worldVendors = []Vendor{
	{ID: "openai", Name: "OpenAI", BaseURL: "https://api.openai.com/v1", OTel: "openai", Formats: gateway.Formats{gateway.FormatResponses: ""},
		ForwardHeaders: []string{"Openai-Organization", "Openai-Project"}},
	{ID: "azure-openai", Aliases: []string{"azure"}, Name: "Azure OpenAI", OTel: "azure.ai.openai", CredentialHeader: "Api-Key",
		Quirks: Quirks{DeploymentPath: "/openai/deployments/{model}", DefaultQuery: "api-version=2024-10-21"}},
	{ID: "groq", Name: "Groq", BaseURL: "https://api.groq.com/openai/v1", OTel: "groq", Quirks: Quirks{NoEmbeddings: true, DropFields: []string{"logit_bias", "store"}}},
	{ID: "mistral-ai", Aliases: []string{"mistral", "mistralai"}, Name: "Mistral AI", BaseURL: "https://api.mistral.ai/v1", OTel: "mistral_ai",
		Quirks: Quirks{MaxTokens: "max_tokens", NoStreamOptions: true, NoDeveloperRole: true, DropFields: []string{"user", "logit_bias", "logprobs", "top_logprobs", "store", "service_tier"}}},
	{ID: "x-ai", Aliases: []string{"xai", "grok"}, Name: "xAI", BaseURL: "https://api.x.ai/v1", OTel: "x_ai", Quirks: systemOnly},
	{ID: "deepseek", Aliases: []string{"deepseek-ai"}, Name: "DeepSeek", BaseURL: "https://api.deepseek.com/v1", OTel: "deepseek",
		Formats: gateway.Formats{gateway.FormatMessages: "https://api.deepseek.com/anthropic"}, Quirks: Quirks{MaxTokens: "max_tokens", NoDeveloperRole: true, NoEmbeddings: true}},
	{ID: "together-ai", Aliases: []string{"together", "togetherai"}, Name: "Together AI", BaseURL: "https://api.together.xyz/v1", OTel: "together_ai",
		Quirks: Quirks{MaxTokens: "max_tokens", NoDeveloperRole: true, ReasoningSwitch: true}},
	{ID: "fireworks-ai", Aliases: []string{"fireworks"}, Name: "Fireworks AI", BaseURL: "https://api.fireworks.ai/inference/v1", OTel: "fireworks_ai", Quirks: maxTokens},
	{ID: "openrouter", Name: "OpenRouter", BaseURL: "https://openrouter.ai/api/v1", OTel: "openrouter",
		Formats: gateway.Formats{gateway.FormatMessages: "https://openrouter.ai/api"}, ForwardHeaders: []string{"Http-Referer", "X-Title"},
		GatewayFields: []string{"models", "provider", "transforms", "route", "plugins", "usage"}, Quirks: Quirks{TakesReasoning: true, CachePoints: true, ModelsPath: "/key"}},
	{ID: "perplexity-ai", Aliases: []string{"perplexity"}, Name: "Perplexity", BaseURL: "https://api.perplexity.ai", OTel: "perplexity",
		Quirks: Quirks{MaxTokens: "max_tokens", NoStreamOptions: true, NoDeveloperRole: true, NoEmbeddings: true}},
	{ID: "cerebras", Name: "Cerebras", BaseURL: "https://api.cerebras.ai/v1", OTel: "cerebras", Quirks: Quirks{NoEmbeddings: true, NoDeveloperRole: true}},
	{ID: "deepinfra", Name: "DeepInfra", BaseURL: "https://api.deepinfra.com/v1/openai", OTel: "deepinfra", Quirks: maxTokens},
	{ID: "nebius", Name: "Nebius", BaseURL: "https://api.studio.nebius.com/v1", OTel: "nebius", Quirks: systemOnly},
	{ID: "sambanova", Name: "SambaNova", BaseURL: "https://api.sambanova.ai/v1", OTel: "sambanova", Quirks: maxTokens},
	{ID: "hyperbolic", Name: "Hyperbolic", BaseURL: "https://api.hyperbolic.xyz/v1", OTel: "hyperbolic", Quirks: maxTokens},
	{ID: "lambda", Name: "Lambda", BaseURL: "https://api.lambda.ai/v1", OTel: "lambda", Quirks: maxTokens},
	{ID: "upstage", Name: "Upstage", BaseURL: "https://api.upstage.ai/v1", OTel: "upstage", Quirks: maxTokens},
	{ID: "github", Aliases: []string{"github-models"}, Name: "GitHub Models", BaseURL: "https://models.github.ai/inference", OTel: "github"},
	{ID: "huggingface", Aliases: []string{"hugging-face"}, Name: "Hugging Face", BaseURL: "https://router.huggingface.co/v1", OTel: "huggingface", Quirks: systemOnly},
	{ID: "nvidia", Aliases: []string{"nvidia-nim"}, Name: "NVIDIA NIM", BaseURL: "https://integrate.api.nvidia.com/v1", OTel: "nvidia", Quirks: maxTokens},
	{ID: "ai21", Name: "AI21 Labs", BaseURL: "https://api.ai21.com/studio/v1", OTel: "ai21",
		Quirks: Quirks{MaxTokens: "max_tokens", NoStreamOptions: true, NoDeveloperRole: true, NoEmbeddings: true}},
	{ID: "cohere", Name: "Cohere", BaseURL: "https://api.cohere.ai/compatibility/v1", OTel: "cohere", Quirks: Quirks{MaxTokens: "max_tokens", DropFields: []string{"logit_bias", "n", "user", "metadata", "service_tier", "store"}}},
	{ID: "vercel", Aliases: []string{"vercel-ai-gateway"}, Name: "Vercel AI Gateway", BaseURL: "https://ai-gateway.vercel.sh/v1", OTel: "vercel",
		Formats: gateway.Formats{gateway.FormatMessages: "https://ai-gateway.vercel.sh"}, Quirks: Quirks{TakesReasoning: true}},
}
