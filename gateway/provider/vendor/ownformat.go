package vendor

import (
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/bedrock"
	"github.com/sluicegate/sluice/gateway/dialect/cohere"
	"github.com/sluicegate/sluice/gateway/dialect/ollama"
	"github.com/sluicegate/sluice/gateway/dialect/replicate"
)

// OwnFormat is the name of the vendor's own format for a model.
func (v *Vendor) OwnFormat(model string) string {
	switch v.Format {
	case FormatByModel:
		return v.FormatOf(model)
	case FormatAnthropic:
		return gateway.FormatMessages
	case FormatGoogle:
		return gateway.FormatGemini
	case FormatReplicate:
		return replicate.Dialect{}.Name()
	case FormatCohere:
		return cohere.Dialect{}.Name()
	case FormatOllama:
		return ollama.Dialect{}.Name()
	}
	return gateway.FormatChat
}

// bedrockFormat is the format of a model. Its name is an id, an inference profile with a region before
// the id, or the ARN of one.
func bedrockFormat(model string) string {
	if strings.Contains(model, "anthropic.claude") {
		return gateway.FormatMessages
	}
	return bedrock.Dialect{}.Name()
}

// foundryFormat is the format of a model on Azure AI Foundry.
func foundryFormat(model string) string {
	if strings.HasPrefix(model, "claude") {
		return gateway.FormatMessages
	}
	return gateway.FormatChat
}

// vertexFormat is the format of a model.
func vertexFormat(model string) string {
	publisher, name := Publisher(model)
	switch {
	case publisher == "anthropic":
		return gateway.FormatMessages
	case publisher == "google" && !strings.HasPrefix(name, "gemma"):
		return gateway.FormatGemini
	}
	return gateway.FormatChat
}

// Publisher divides the name of a model into its publisher and its name there:
// "publishers/google/models/gemini-2.5-pro", "google/gemini-2.5-pro" and "gemini-2.5-pro" are the same.
func Publisher(model string) (publisher, name string) {
	model = strings.TrimPrefix(model, "publishers/")
	if publisher, name, ok := strings.Cut(model, "/"); ok {
		return publisher, strings.TrimPrefix(name, "models/")
	}
	if strings.HasPrefix(model, "claude") {
		return "anthropic", model
	}
	return "google", model
}
