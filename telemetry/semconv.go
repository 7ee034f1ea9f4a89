package telemetry

// Names of spans' attributes. Those of the OpenTelemetry GenAI conventions are of semantic
// conventions v1.41, the last version that holds them and the one that dashboards read; all
// are of status "development" there. What they have no name for is ours, under "sluice.".
const (
	attrOperation     = "gen_ai.operation.name"
	attrProvider      = "gen_ai.provider.name"
	attrRequestModel  = "gen_ai.request.model"
	attrResponseModel = "gen_ai.response.model"
	attrResponseID    = "gen_ai.response.id"
	attrFinish        = "gen_ai.response.finish_reasons"
	attrFirstChunk    = "gen_ai.response.time_to_first_chunk"
	attrStream        = "gen_ai.request.stream"
	attrInput         = "gen_ai.usage.input_tokens"
	attrOutput        = "gen_ai.usage.output_tokens"
	attrCacheRead     = "gen_ai.usage.cache_read.input_tokens"
	attrCacheCreation = "gen_ai.usage.cache_creation.input_tokens"
	attrReasoning     = "gen_ai.usage.reasoning.output_tokens"
	attrPromptName    = "gen_ai.prompt.name"
	attrPromptVersion = "gen_ai.prompt.version"

	attrMethod      = "http.request.method"
	attrRoute       = "http.route"
	attrStatus      = "http.response.status_code"
	attrResend      = "http.request.resend_count"
	attrClient      = "client.address"
	attrUserAgent   = "user_agent.original"
	attrServer      = "server.address"
	attrError       = "error.type"
	attrServiceName = "service.name"
	attrInstance    = "service.instance.id"

	attrRequestID     = "sluice.request.id"
	attrTraceRef      = "sluice.trace.ref"
	attrSpanRef       = "sluice.span.ref"
	attrSpanName      = "sluice.span.name"
	attrWorkspace     = "sluice.workspace.id"
	attrWorkspaceName = "sluice.workspace.name"
	attrMember        = "sluice.member.id"
	attrMemberName    = "sluice.member.name"
	attrAPIKey        = "sluice.api_key.id"
	attrVirtualKey    = "sluice.virtual_key"
	attrOutcome       = "sluice.outcome"
	attrErrorMessage  = "sluice.error.message"
	attrMetadata      = "sluice.metadata."
	attrSelf          = "sluice.self_us"
	attrCost          = "sluice.cost.nano_usd"
	attrCostKnown     = "sluice.cost.known"
	attrCostSaved     = "sluice.cost.saved_nano_usd"
	attrPrice         = "sluice.cost.price"
	attrConfig        = "sluice.config.slug"
	attrConfigSource  = "sluice.config.source"
	attrConfigVersion = "sluice.config.version"
	attrMode          = "sluice.route.mode"
	attrAttempts      = "sluice.route.attempts"
	attrFallback      = "sluice.route.fallback"
	attrTarget        = "sluice.target"
	attrCacheStatus   = "sluice.cache.status"
	attrCacheTier     = "sluice.cache.tier"
	attrCacheScore    = "sluice.cache.similarity"
	attrCacheLimit    = "sluice.cache.threshold"
	attrCacheOrigin   = "sluice.cache.origin.request_id"
	attrCacheStored   = "sluice.cache.stored"
	attrCacheReason   = "sluice.cache.reason"
	attrGuardrail     = "sluice.guardrail.id"
	attrGuardVersion  = "sluice.guardrail.version"
	attrGuardPhase    = "sluice.guardrail.phase"
	attrGuardPass     = "sluice.guardrail.pass"
	attrGuardAction   = "sluice.guardrail.action"
	attrGuardError    = "sluice.guardrail.error"
	attrVariant       = "sluice.prompt.variant"
	attrPromptLabel   = "sluice.prompt.label"
	attrRedacted      = "sluice.redacted."
)

const serviceName = "sluice"

// providerNames maps our vendor ids to the conventions' where they differ.
var providerNames = map[string]string{
	"azure-openai": "azure.ai.openai", "bedrock": "aws.bedrock", "google": "gcp.gemini", "vertex-ai": "gcp.vertex_ai",
	"mistral-ai": "mistral_ai", "mistral": "mistral_ai", "xai": "x_ai", "x-ai": "x_ai", "moonshot": "moonshot_ai", "perplexity-ai": "perplexity",
}

func providerName(id string) string {
	if n, ok := providerNames[id]; ok {
		return n
	}
	return id
}
