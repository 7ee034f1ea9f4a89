package vendor

import (
	"slices"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/provider/settings"
)

// formatVendors have their own format and codec.
var formatVendors = []Vendor{
	{ID: "anthropic", Aliases: []string{"claude"}, Name: "Anthropic", BaseURL: "https://api.anthropic.com", Format: FormatAnthropic, Source: "https://docs.anthropic.com/en/api/overview", OTel: "anthropic",
		CredentialHeader: "X-Api-Key", ForwardHeaders: []string{"Anthropic-Beta", "Anthropic-Version"}, Quirks: Quirks{NoEmbeddings: true}},
	{ID: "google", Aliases: []string{"gemini", "google-ai-studio", "google-ai"}, Name: "Google Gemini", BaseURL: "https://generativelanguage.googleapis.com",
		Format: FormatGoogle, Source: "https://ai.google.dev/api", OTel: "gcp.gemini", CredentialHeader: "X-Goog-Api-Key"},
	{ID: "bedrock", Aliases: []string{"aws-bedrock", "amazon-bedrock"}, Name: "Amazon Bedrock", BaseURL: "https://bedrock-runtime.{region}.amazonaws.com",
		Source: "https://docs.aws.amazon.com/bedrock/latest/APIReference/API_Operations_Amazon_Bedrock_Runtime.html", Format: FormatByModel, FormatOf: bedrockFormat, OTel: "aws.bedrock", Scheme: SchemeAWS,
		Settings: []settings.Setting{settings.Region, settings.RoleARN, settings.ExternalID, settings.TokenURL, settings.StorageURL}, Quirks: Quirks{NoCount: true}},
	{ID: "vertex-ai", Aliases: []string{"vertex", "google-vertex", "vertex_ai"}, Name: "Google Vertex AI", BaseURL: "https://{region}-aiplatform.googleapis.com",
		Regions: map[string]string{"global": "https://aiplatform.googleapis.com", "us": "https://aiplatform.us.rep.googleapis.com", "eu": "https://aiplatform.eu.rep.googleapis.com"},
		Source:  "https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference", Format: FormatByModel, FormatOf: vertexFormat, OTel: "gcp.vertex_ai", Scheme: SchemeGoogle,
		Settings: []settings.Setting{settings.Project, settings.Region, settings.TokenURL, settings.StorageURL}, Defaults: gateway.ProviderSettings{"region": "global"}, ForwardHeaders: []string{"Anthropic-Beta"},
		Quirks: Quirks{MaxTokens: "max_tokens", NoDeveloperRole: true}},
}

// rows returns all rows, sorted by id.
func rows() []Vendor {
	all := slices.Concat(formatVendors, worldVendors, asiaVendors, chinaVendors, smallVendors, hostVendors, relayVendors, localVendors)
	slices.SortFunc(all, func(a, b Vendor) int { return strings.Compare(a.ID, b.ID) })
	return all
}
