package litellm

import "strings"

// vendors are the provider prefixes of LiteLLM that Sluice knows by another id. Any other prefix
// is tried as it stands, with "-" for "_".
var vendors = map[string]string{
	"azure": "azure-openai", "azure_ai": "azure-ai", "azure_text": "",
	"gemini": "google", "vertex_ai": "vertex-ai", "vertex_ai_beta": "vertex-ai", "palm": "",
	"bedrock": "bedrock", "bedrock_converse": "bedrock", "sagemaker": "", "sagemaker_chat": "",
	"xai": "x-ai", "mistral": "mistral-ai", "mistralai": "mistral-ai", "codestral": "mistral-ai", "zai": "z-ai",
	"nvidia_nim": "nvidia", "ollama_chat": "ollama", "lm_studio": "lmstudio", "cohere_chat": "cohere",
	"hosted_vllm": "vllm", "lambda_ai": "lambda", "vercel_ai_gateway": "vercel", "moonshot": "moonshot",
	"openai_like": "openai", "custom_openai": "openai", "litellm_proxy": "openai", "text-completion-openai": "openai",
	"llamafile": "openai", "docker_model_runner": "openai", "xinference": "openai", "infinity": "openai",
}

// vendor is Sluice's id of a provider of LiteLLM.
func (r *reader) vendor(prefix string) (id string, ok bool) {
	id, listed := vendors[prefix]
	if !listed {
		id = strings.ReplaceAll(prefix, "_", "-")
	}
	return id, id != "" && id != "mock" && (r.checks.Vendor == nil || r.checks.Vendor(id))
}

// splitModel splits "provider/model". A bare name belongs to the vendor whose models are called
// so.
func splitModel(model string) (prefix, rest string) {
	if prefix, rest, ok := strings.Cut(model, "/"); ok {
		return prefix, rest
	}
	switch {
	case strings.HasPrefix(model, "claude"):
		return "anthropic", model
	case strings.HasPrefix(model, "gemini"):
		return "gemini", model
	}
	return "openai", model
}

// credentialVariables are the variables that hold a vendor's key where the file names none.
var credentialVariables = map[string][]string{
	"azure-openai": {"AZURE_API_KEY"}, "azure-ai": {"AZURE_AI_API_KEY", "AZURE_API_KEY"}, "google": {"GEMINI_API_KEY", "GOOGLE_API_KEY"}, "x-ai": {"XAI_API_KEY"}, "mistral-ai": {"MISTRAL_API_KEY"},
	"together-ai": {"TOGETHERAI_API_KEY", "TOGETHER_AI_API_KEY", "TOGETHER_API_KEY"}, "fireworks-ai": {"FIREWORKS_AI_API_KEY", "FIREWORKS_API_KEY"},
	"perplexity-ai": {"PERPLEXITYAI_API_KEY", "PERPLEXITY_API_KEY"}, "nvidia": {"NVIDIA_NIM_API_KEY"}, "huggingface": {"HUGGINGFACE_API_KEY", "HF_TOKEN"}, "z-ai": {"ZAI_API_KEY"},
}

// variablesOf lists the variables for the key of a vendor.
func variablesOf(vendor string) []string {
	if names := credentialVariables[vendor]; names != nil {
		return names
	}
	return []string{strings.ToUpper(strings.ReplaceAll(vendor, "-", "_")) + "_API_KEY"}
}
