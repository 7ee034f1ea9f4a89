package vendor

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/provider/settings"
)

// Quirks of many vendors.
var (
	systemOnly    = Quirks{NoDeveloperRole: true}
	maxTokens     = Quirks{MaxTokens: "max_tokens", NoDeveloperRole: true}
	mistralQuirks = Quirks{MaxTokens: "max_tokens", ShortCallIDs: true, NoStreamOptions: true, NoDeveloperRole: true, DropFields: []string{"user", "logit_bias", "logprobs", "top_logprobs", "store", "service_tier"}}
)

// azureSettings are the settings of Azure's vendors.
var azureSettings = []settings.Setting{settings.Resource, settings.APIVersion, settings.Deployments, settings.TenantID, settings.ClientID, settings.TokenFile, settings.Scope, settings.TokenURL}

// worldVendors are the large hosts and laboratories.
var worldVendors = []Vendor{
	{ID: "openai", Name: "OpenAI", BaseURL: "https://api.openai.com/v1", Source: "https://platform.openai.com/docs/api-reference", OTel: "openai", Formats: gateway.Formats{gateway.FormatResponses: ""},
		ForwardHeaders: []string{"Openai-Organization", "Openai-Project"}},
	{ID: "azure-openai", Aliases: []string{"azure"}, Name: "Azure OpenAI", BaseURL: "https://{resource}.openai.azure.com", Source: "https://learn.microsoft.com/azure/ai-services/openai/reference",
		OTel: "azure.ai.openai", Scheme: SchemeEntra, CredentialHeader: "Api-Key", Settings: azureSettings,
		Quirks: Quirks{DeploymentPath: "/openai/deployments/{model}", DefaultQuery: "api-version=2024-10-21"}},
	{ID: "azure-ai", Aliases: []string{"azure_ai", "azure-foundry", "azure-ai-foundry"}, Name: "Azure AI Foundry", BaseURL: "https://{resource}.services.ai.azure.com",
		Source: "https://learn.microsoft.com/rest/api/aifoundry/modelinference", OTel: "azure.ai.inference", Format: FormatByModel, FormatOf: foundryFormat, Scheme: SchemeEntra,
		CredentialHeader: "Api-Key", Settings: azureSettings, ForwardHeaders: []string{"Anthropic-Beta", "Anthropic-Version"},
		Quirks: Quirks{ChatPath: "/models/chat/completions", EmbeddingsPath: "/models/embeddings", ModelsPath: "/openai/models", DefaultQuery: "api-version=2024-05-01-preview", MaxTokens: "max_tokens"}},
	{ID: "groq", Name: "Groq", BaseURL: "https://api.groq.com/openai/v1", Source: "https://console.groq.com/docs/openai", OTel: "groq", Quirks: Quirks{NoEmbeddings: true, DropFields: []string{"logit_bias", "store"}}},
	{ID: "mistral-ai", Aliases: []string{"mistral", "mistralai"}, Name: "Mistral AI", BaseURL: "https://api.mistral.ai/v1", Source: "https://docs.mistral.ai/api", OTel: "mistral_ai",
		Quirks: mistralQuirks},
	{ID: "x-ai", Aliases: []string{"xai", "grok"}, Name: "xAI", BaseURL: "https://api.x.ai/v1", Source: "https://docs.x.ai/docs/api-reference", OTel: "x_ai", Quirks: systemOnly},
	{ID: "deepseek", Aliases: []string{"deepseek-ai"}, Name: "DeepSeek", BaseURL: "https://api.deepseek.com/v1", Source: "https://api-docs.deepseek.com", OTel: "deepseek",
		Formats: gateway.Formats{gateway.FormatMessages: "https://api.deepseek.com/anthropic"}, Quirks: Quirks{MaxTokens: "max_tokens", NoDeveloperRole: true, OldReasoning: true, NoEmbeddings: true}},
	{ID: "together-ai", Aliases: []string{"together", "togetherai"}, Name: "Together AI", BaseURL: "https://api.together.xyz/v1", Source: "https://docs.together.ai/docs/openai-api-compatibility", OTel: "together_ai",
		Quirks: Quirks{MaxTokens: "max_tokens", NoDeveloperRole: true, ReasoningSwitch: true}},
	{ID: "fireworks-ai", Aliases: []string{"fireworks"}, Name: "Fireworks AI", BaseURL: "https://api.fireworks.ai/inference/v1", Source: "https://docs.fireworks.ai/tools-sdks/openai-compatibility", OTel: "fireworks_ai", Quirks: maxTokens},
	{ID: "openrouter", Name: "OpenRouter", BaseURL: "https://openrouter.ai/api/v1", Source: "https://openrouter.ai/docs/api-reference/overview", OTel: "openrouter",
		Formats: gateway.Formats{gateway.FormatMessages: "https://openrouter.ai/api"}, ForwardHeaders: []string{"Http-Referer", "X-Title"},
		GatewayFields: []string{"models", "provider", "transforms", "route", "plugins", "usage"}, Quirks: Quirks{TakesReasoning: true, CachePoints: true, ModelsPath: "/key"}},
	{ID: "perplexity-ai", Aliases: []string{"perplexity"}, Name: "Perplexity", BaseURL: "https://api.perplexity.ai", Source: "https://docs.perplexity.ai/guides/chat-completions-guide", OTel: "perplexity",
		Quirks: Quirks{MaxTokens: "max_tokens", NoStreamOptions: true, NoDeveloperRole: true, NoEmbeddings: true}},
	{ID: "cerebras", Name: "Cerebras", BaseURL: "https://api.cerebras.ai/v1", Source: "https://inference-docs.cerebras.ai/resources/openai", OTel: "cerebras", Quirks: Quirks{NoEmbeddings: true, NoDeveloperRole: true}},
	{ID: "deepinfra", Name: "DeepInfra", BaseURL: "https://api.deepinfra.com/v1/openai", Source: "https://deepinfra.com/docs/openai_api", OTel: "deepinfra", Quirks: maxTokens},
	{ID: "nebius", Name: "Nebius", BaseURL: "https://api.studio.nebius.com/v1", Source: "https://docs.studio.nebius.com/quickstart", OTel: "nebius", Quirks: systemOnly},
	{ID: "sambanova", Name: "SambaNova", BaseURL: "https://api.sambanova.ai/v1", Source: "https://docs.sambanova.ai/cloud/docs/capabilities/openai-compatibility", OTel: "sambanova", Quirks: maxTokens},
	{ID: "hyperbolic", Name: "Hyperbolic", BaseURL: "https://api.hyperbolic.xyz/v1", Source: "https://docs.hyperbolic.xyz/docs/rest-api", OTel: "hyperbolic", Quirks: maxTokens},
	{ID: "lambda", Name: "Lambda", BaseURL: "https://api.lambda.ai/v1", Source: "https://docs.lambda.ai/public-cloud/lambda-inference-api", OTel: "lambda", Quirks: maxTokens},
	{ID: "upstage", Name: "Upstage", BaseURL: "https://api.upstage.ai/v1", Source: "https://console.upstage.ai/api/chat", OTel: "upstage", Quirks: maxTokens},
	{ID: "github", Aliases: []string{"github-models"}, Name: "GitHub Models", BaseURL: "https://models.github.ai/inference", Source: "https://docs.github.com/en/github-models", OTel: "github"},
	{ID: "huggingface", Aliases: []string{"hugging-face"}, Name: "Hugging Face", BaseURL: "https://router.huggingface.co/v1", Source: "https://huggingface.co/docs/inference-providers", OTel: "huggingface", Quirks: systemOnly},
	{ID: "nvidia", Aliases: []string{"nvidia-nim"}, Name: "NVIDIA NIM", BaseURL: "https://integrate.api.nvidia.com/v1", Source: "https://docs.api.nvidia.com/nim/reference/llm-apis", OTel: "nvidia", Quirks: maxTokens},
	{ID: "ai21", Name: "AI21 Labs", BaseURL: "https://api.ai21.com/studio/v1", Source: "https://docs.ai21.com/reference/jamba-1-6-api-ref", OTel: "ai21",
		Quirks: Quirks{MaxTokens: "max_tokens", NoStreamOptions: true, NoDeveloperRole: true, NoEmbeddings: true}},
	{ID: "cohere", Name: "Cohere", BaseURL: "https://api.cohere.com", Format: FormatCohere, Source: "https://docs.cohere.com/reference/chat", OTel: "cohere", Quirks: Quirks{MaxTokens: "max_tokens", DropFields: []string{"logit_bias", "n", "user", "metadata", "service_tier", "store"}}},
	{ID: "vercel", Aliases: []string{"vercel-ai-gateway"}, Name: "Vercel AI Gateway", BaseURL: "https://ai-gateway.vercel.sh/v1", Source: "https://vercel.com/docs/ai-gateway/openai-compat", OTel: "vercel",
		Formats: gateway.Formats{gateway.FormatMessages: "https://ai-gateway.vercel.sh"}, Quirks: Quirks{TakesReasoning: true}},
}
