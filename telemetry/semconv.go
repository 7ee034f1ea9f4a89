package telemetry

import (
	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.41.0"
)

// Names of span attributes. Semantic conventions v1.41 are the last version that contains the
// GenAI names, and the version that dashboards read. Names of our own begin with "sluice.".
const (
	attrOperation     = semconv.GenAIOperationNameKey
	attrProvider      = semconv.GenAIProviderNameKey
	attrRequestModel  = semconv.GenAIRequestModelKey
	attrResponseModel = semconv.GenAIResponseModelKey
	attrResponseID    = semconv.GenAIResponseIDKey
	attrFinish        = semconv.GenAIResponseFinishReasonsKey
	attrFirstChunk    = semconv.GenAIResponseTimeToFirstChunkKey
	attrRequest       = attribute.Key("gen_ai.request.") // the name of a parameter follows
	attrStream        = semconv.GenAIRequestStreamKey
	attrInput         = semconv.GenAIUsageInputTokensKey
	attrOutput        = semconv.GenAIUsageOutputTokensKey
	attrCacheRead     = semconv.GenAIUsageCacheReadInputTokensKey
	attrCacheCreation = semconv.GenAIUsageCacheCreationInputTokensKey
	attrReasoning     = semconv.GenAIUsageReasoningOutputTokensKey
	attrPromptName    = semconv.GenAIPromptNameKey
	attrPromptVersion = attribute.Key("gen_ai.prompt.version") // not in the conventions

	attrMethod      = semconv.HTTPRequestMethodKey
	attrRoute       = semconv.HTTPRouteKey
	attrStatus      = semconv.HTTPResponseStatusCodeKey
	attrResend      = semconv.HTTPRequestResendCountKey
	attrClient      = semconv.ClientAddressKey
	attrUserAgent   = semconv.UserAgentOriginalKey
	attrServer      = semconv.ServerAddressKey
	attrServerPort  = semconv.ServerPortKey
	attrError       = semconv.ErrorTypeKey
	attrServiceName = semconv.ServiceNameKey
	attrInstance    = semconv.ServiceInstanceIDKey

	attrRequestID     = attribute.Key("sluice.request.id")
	attrTraceRef      = attribute.Key("sluice.trace.ref")
	attrSpanRef       = attribute.Key("sluice.span.ref")
	attrSpanName      = attribute.Key("sluice.span.name")
	attrWorkspace     = attribute.Key("sluice.workspace.id")
	attrWorkspaceName = attribute.Key("sluice.workspace.name")
	attrMember        = attribute.Key("sluice.member.id")
	attrMemberName    = attribute.Key("sluice.member.name")
	attrTeam          = attribute.Key("sluice.team.id")
	attrTeamName      = attribute.Key("sluice.team.name")
	attrAPIKey        = attribute.Key("sluice.api_key.id")
	attrVirtualKey    = attribute.Key("sluice.virtual_key")
	attrCredential    = attribute.Key("sluice.credential.name")
	attrFingerprint   = attribute.Key("sluice.credential.fingerprint")
	attrOutcome       = attribute.Key("sluice.outcome")
	attrErrorMessage  = attribute.Key("sluice.error.message")
	attrMetadata      = attribute.Key("sluice.metadata.")
	attrSelf          = attribute.Key("sluice.self_us")
	attrCost          = attribute.Key("sluice.cost.nano_usd")
	attrCostKnown     = attribute.Key("sluice.cost.known")
	attrCostBasis     = attribute.Key("sluice.cost.basis")
	attrCostSaved     = attribute.Key("sluice.cost.saved_nano_usd")
	attrPrice         = attribute.Key("sluice.cost.price")
	attrCostState     = attribute.Key("sluice.cost.state")
	attrCharged       = attribute.Key("sluice.price.nano_usd")
	attrPriceRule     = attribute.Key("sluice.price.rule")
	attrConfig        = attribute.Key("sluice.config.slug")
	attrConfigSource  = attribute.Key("sluice.config.source")
	attrConfigVersion = attribute.Key("sluice.config.version")
	attrMode          = attribute.Key("sluice.route.mode")
	attrAttempts      = attribute.Key("sluice.route.attempts")
	attrFallback      = attribute.Key("sluice.route.fallback")
	attrTarget        = attribute.Key("sluice.target")
	attrCacheStatus   = attribute.Key("sluice.cache.status")
	attrCacheTier     = attribute.Key("sluice.cache.tier")
	attrCacheScore    = attribute.Key("sluice.cache.similarity")
	attrCacheLimit    = attribute.Key("sluice.cache.threshold")
	attrCacheOrigin   = attribute.Key("sluice.cache.origin.request_id")
	attrCacheStored   = attribute.Key("sluice.cache.stored")
	attrCacheReason   = attribute.Key("sluice.cache.reason")
	attrGuardrail     = attribute.Key("sluice.guardrail.id")
	attrGuardVersion  = attribute.Key("sluice.guardrail.version")
	attrGuardPhase    = attribute.Key("sluice.guardrail.phase")
	attrGuardPass     = attribute.Key("sluice.guardrail.pass")
	attrGuardAction   = attribute.Key("sluice.guardrail.action")
	attrGuardError    = attribute.Key("sluice.guardrail.error")
	attrVariant       = attribute.Key("sluice.prompt.variant")
	attrPromptLabel   = attribute.Key("sluice.prompt.label")
	attrRedacted      = attribute.Key("sluice.redacted.")
	attrUnedited      = attribute.Key("sluice.unedited.")
	attrPromptState   = attribute.Key("sluice.prompt_cache.state")
	attrPromptSession = attribute.Key("sluice.prompt_cache.session")
	attrPromptAt      = attribute.Key("sluice.prompt_cache.departed_at")
	attrPromptPath    = attribute.Key("sluice.prompt_cache.path")
	attrPromptBy      = attribute.Key("sluice.prompt_cache.changed_by")
	attrPromptKept    = attribute.Key("sluice.prompt_cache.kept_bytes")
	attrPromptBytes   = attribute.Key("sluice.prompt_cache.previous_bytes")
	attrPromptBefore  = attribute.Key("sluice.prompt_cache.previous.request_id")
	attrChunks        = attribute.Key("sluice.stream.chunks")
	attrLongestGap    = attribute.Key("sluice.stream.longest_gap_us")
)

const serviceName = "sluice"

// providerNames maps our vendor ids to the names of the conventions where the two differ.
var providerNames = map[string]string{
	"azure-openai":  semconv.GenAIProviderNameAzureAIOpenAI.Value.AsString(),
	"bedrock":       semconv.GenAIProviderNameAWSBedrock.Value.AsString(),
	"google":        semconv.GenAIProviderNameGCPGemini.Value.AsString(),
	"mistral":       semconv.GenAIProviderNameMistralAI.Value.AsString(),
	"mistral-ai":    semconv.GenAIProviderNameMistralAI.Value.AsString(),
	"moonshot":      "moonshot_ai",
	"perplexity-ai": semconv.GenAIProviderNamePerplexity.Value.AsString(),
	"vertex-ai":     semconv.GenAIProviderNameGCPVertexAI.Value.AsString(),
	"x-ai":          semconv.GenAIProviderNameXAI.Value.AsString(),
	"xai":           semconv.GenAIProviderNameXAI.Value.AsString(),
}

func providerName(id string) string {
	if n, ok := providerNames[id]; ok {
		return n
	}
	return id
}
