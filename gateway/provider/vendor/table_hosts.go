package vendor

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/provider/settings"
)

// hostVendors are further hosts, laboratories and routers.
var hostVendors = []Vendor{
	{ID: "scaleway", Name: "Scaleway", BaseURL: "https://api.scaleway.ai/v1", Source: "https://www.scaleway.com/en/docs/generative-apis", OTel: "scaleway", Quirks: systemOnly},
	{ID: "ovhcloud", Aliases: []string{"ovh"}, Name: "OVHcloud AI Endpoints", BaseURL: "https://oai.endpoints.kepler.ai.cloud.ovh.net/v1", Source: "https://help.ovhcloud.com/csm/en-public-cloud-ai-endpoints-getting-started", OTel: "ovhcloud", Quirks: maxTokens},
	{ID: "venice", Aliases: []string{"veniceai"}, Name: "Venice AI", BaseURL: "https://api.venice.ai/api/v1", Source: "https://docs.venice.ai", OTel: "venice", Quirks: systemOnly},
	{ID: "chutes", Name: "Chutes", BaseURL: "https://llm.chutes.ai/v1", Source: "https://chutes.ai/docs", OTel: "chutes", Quirks: maxTokens},
	{ID: "baseten", Name: "Baseten", BaseURL: "https://inference.baseten.co/v1", Source: "https://docs.baseten.co/development/model-apis/overview", OTel: "baseten", Quirks: maxTokens},
	{ID: "wandb", Aliases: []string{"weights-and-biases"}, Name: "W&B Inference", BaseURL: "https://api.inference.wandb.ai/v1", Source: "https://docs.wandb.ai/inference", OTel: "wandb", Quirks: maxTokens},
	{ID: "inception", Aliases: []string{"inceptionlabs"}, Name: "Inception", BaseURL: "https://api.inceptionlabs.ai/v1", Source: "https://docs.inceptionlabs.ai", OTel: "inception", Quirks: maxTokens},
	{ID: "llama-api", Aliases: []string{"meta-llama"}, Name: "Llama API", BaseURL: "https://api.llama.com/compat/v1", Source: "https://llama.developer.meta.com/docs/features/compatibility", OTel: "llama_api", Quirks: systemOnly},
	{ID: "meta", Name: "Meta", BaseURL: "https://api.meta.ai/v1", Source: "https://github.com/BerriAI/litellm/blob/main/litellm/llms/openai_like/providers.json", OTel: "meta", Quirks: systemOnly},
	{ID: "morph", Name: "Morph", BaseURL: "https://api.morphllm.com/v1", Source: "https://docs.morphllm.com/api-reference/introduction", OTel: "morph", Quirks: maxTokens},
	{ID: "requesty", Name: "Requesty", BaseURL: "https://router.requesty.ai/v1", Source: "https://docs.requesty.ai/quickstart", OTel: "requesty"},
	{ID: "v0", Name: "v0", BaseURL: "https://api.v0.dev/v1", Source: "https://v0.dev/docs/api/model", OTel: "v0", Quirks: systemOnly},
	{ID: "poe", Name: "Poe", BaseURL: "https://api.poe.com/v1", Source: "https://creator.poe.com/docs/external-applications/openai-compatible-api", OTel: "poe", Quirks: maxTokens},
	{ID: "nano-gpt", Aliases: []string{"nanogpt"}, Name: "NanoGPT", BaseURL: "https://nano-gpt.com/api/v1", Source: "https://docs.nano-gpt.com", OTel: "nano_gpt", Quirks: maxTokens},
	{ID: "friendliai", Aliases: []string{"friendli"}, Name: "FriendliAI", BaseURL: "https://api.friendli.ai/serverless/v1", Source: "https://friendli.ai/docs/openapi/serverless/chat-completions", OTel: "friendliai", Quirks: maxTokens},
	{ID: "gmi", Aliases: []string{"gmi-cloud"}, Name: "GMI Cloud", BaseURL: "https://api.gmi-serving.com/v1", Source: "https://docs.gmicloud.ai", OTel: "gmi", Quirks: maxTokens},
	{ID: "parasail", Name: "Parasail", BaseURL: "https://api.parasail.io/v1", Source: "https://docs.parasail.io", OTel: "parasail", Quirks: maxTokens},
	{ID: "crusoe", Name: "Crusoe", BaseURL: "https://api.inference.crusoecloud.com/v1", Source: "https://docs.crusoecloud.com", OTel: "crusoe", Quirks: maxTokens},
	{ID: "synthetic", Name: "Synthetic", BaseURL: "https://api.synthetic.new/openai/v1", Source: "https://dev.synthetic.new/docs/api/overview", OTel: "synthetic", Quirks: maxTokens},
	{ID: "aihubmix", Name: "AIHubMix", BaseURL: "https://aihubmix.com/v1", Source: "https://docs.aihubmix.com", OTel: "aihubmix"},
	{ID: "aimlapi", Aliases: []string{"ai-ml-api"}, Name: "AI/ML API", BaseURL: "https://api.aimlapi.com/v1", Source: "https://docs.aimlapi.com", OTel: "aimlapi"},
	{ID: "helicone", Name: "Helicone AI Gateway", BaseURL: "https://ai-gateway.helicone.ai/v1", Source: "https://docs.helicone.ai/gateway/overview", OTel: "helicone"},
	{ID: "edenai", Name: "Eden AI", BaseURL: "https://api.edenai.run/v3", Source: "https://docs.edenai.co", OTel: "edenai", Quirks: maxTokens},
	{ID: "reka", Name: "Reka", BaseURL: "https://api.reka.ai/v1", Source: "https://docs.reka.ai", OTel: "reka", Quirks: maxTokens},
	{ID: "sarvam", Name: "Sarvam AI", BaseURL: "https://api.sarvam.ai/v1", Source: "https://docs.sarvam.ai/api-reference-docs/chat", OTel: "sarvam", Quirks: maxTokens},
	{ID: "digitalocean", Aliases: []string{"do-ai"}, Name: "DigitalOcean Gradient", BaseURL: "https://inference.do-ai.run/v1", Source: "https://docs.digitalocean.com/products/gradient-ai-platform", OTel: "digitalocean", Quirks: maxTokens},
	{ID: "writer", Name: "Writer", BaseURL: "https://api.writer.com/v1", Source: "https://dev.writer.com/api-reference/completion-api/chat-completion", OTel: "writer", Quirks: maxTokens},
	{ID: "clarifai", Name: "Clarifai", BaseURL: "https://api.clarifai.com/v2/ext/openai/v1", Source: "https://docs.clarifai.com/compute/inference/open-ai", OTel: "clarifai", Quirks: maxTokens},
	{ID: "nousresearch", Aliases: []string{"nous"}, Name: "Nous Research", BaseURL: "https://inference-api.nousresearch.com/v1", Source: "https://portal.nousresearch.com/api-docs", OTel: "nousresearch", Quirks: maxTokens},
	{ID: "publicai", Name: "Public AI", BaseURL: "https://api.publicai.co/v1", Source: "https://platform.publicai.co/docs", OTel: "publicai", Quirks: maxTokens},
	{ID: "cortecs", Name: "Cortecs", BaseURL: "https://api.cortecs.ai/v1", Source: "https://docs.cortecs.ai", OTel: "cortecs", Quirks: maxTokens},
	{ID: "fastrouter", Name: "FastRouter", BaseURL: "https://go.fastrouter.ai/api/v1", Source: "https://docs.fastrouter.ai", OTel: "fastrouter", Quirks: maxTokens},
	{ID: "opencode", Aliases: []string{"opencode-zen"}, Name: "OpenCode Zen", BaseURL: "https://opencode.ai/zen/v1", Source: "https://opencode.ai/docs/zen", OTel: "opencode", Quirks: maxTokens},
	{ID: "submodel", Name: "SubModel", BaseURL: "https://llm.submodel.ai/v1", Source: "https://submodel.gitbook.io", OTel: "submodel", Quirks: maxTokens},
	{ID: "galadriel", Name: "Galadriel", BaseURL: "https://api.galadriel.com/v1", Source: "https://docs.galadriel.com", OTel: "galadriel", Quirks: maxTokens},
	{ID: "codestral", Name: "Codestral", BaseURL: "https://codestral.mistral.ai/v1", Source: "https://docs.mistral.ai/capabilities/code_generation", OTel: "codestral", Quirks: mistralQuirks},
	{ID: "replicate", Name: "Replicate", BaseURL: "https://api.replicate.com/v1", Format: FormatReplicate, Source: "https://replicate.com/docs/reference/http", OTel: "replicate", Quirks: Quirks{NoEmbeddings: true}},
	{ID: "workers-ai", Aliases: []string{"cloudflare-workers-ai", "cloudflare"}, Name: "Cloudflare Workers AI", BaseURL: "https://api.cloudflare.com/client/v4/accounts/{account}/ai/v1",
		Source: "https://developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility", OTel: "workers_ai", Settings: []settings.Setting{settings.Account, settings.API}, RunPath: "/run/", Quirks: maxTokens},
	{ID: "databricks", Name: "Databricks", BaseURL: "https://{resource}.cloud.databricks.com/serving-endpoints", Source: "https://docs.databricks.com/machine-learning/model-serving/score-foundation-models.html",
		OTel: "databricks", Settings: []settings.Setting{settings.Resource}, Quirks: maxTokens},
	{ID: "snowflake", Name: "Snowflake Cortex", BaseURL: "https://{account}.snowflakecomputing.com/api/v2/cortex/v1", Source: "https://docs.snowflake.com/en/user-guide/snowflake-cortex/open_ai_sdk",
		OTel: "snowflake", Settings: []settings.Setting{settings.Account}, Quirks: systemOnly},
}

// relayVendors are gateways that somebody runs for others and that bill by the list price.
var relayVendors = []Vendor{
	{ID: "new-api", Aliases: []string{"newapi"}, Name: "New API relay", Source: "https://docs.newapi.pro/en/docs/api", OTel: "new_api", Formats: gateway.Formats{gateway.FormatResponses: "", gateway.FormatMessages: ""},
		Settings: []settings.Setting{settings.PriceMultiplier}},
	{ID: "one-api", Aliases: []string{"oneapi"}, Name: "One API relay", Source: "https://github.com/songquanpeng/one-api/blob/main/docs/API.md", OTel: "one_api", Settings: []settings.Setting{settings.PriceMultiplier}},
	{ID: "litellm", Aliases: []string{"litellm-proxy"}, Name: "LiteLLM proxy", Source: "https://docs.litellm.ai/docs/providers/litellm_proxy", OTel: "litellm", Settings: []settings.Setting{settings.PriceMultiplier}},
}
