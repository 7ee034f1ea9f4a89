package provider

import "github.com/sluicegate/sluice/gateway"

// asiaVendors are vendors whose default address is in Asia. Keys are bound to a region: set
// base_url to the international address if the account needs it.
var asiaVendors = []Vendor{
	{ID: "dashscope", Aliases: []string{"qwen", "alibaba"}, Name: "Alibaba Model Studio", BaseURL: "https://dashscope.aliyuncs.com/compatible-mode/v1", OTel: "dashscope", Quirks: systemOnly},
	{ID: "moonshot", Aliases: []string{"moonshotai", "kimi"}, Name: "Moonshot AI", BaseURL: "https://api.moonshot.cn/v1", OTel: "moonshot_ai",
		Formats: gateway.Formats{gateway.FormatMessages: "https://api.moonshot.cn/anthropic"}, Quirks: Quirks{MaxTokens: "max_tokens", NoDeveloperRole: true, NoEmbeddings: true}},
	{ID: "zhipu", Aliases: []string{"zhipuai", "bigmodel"}, Name: "Zhipu AI", BaseURL: "https://open.bigmodel.cn/api/paas/v4", OTel: "zhipu_ai",
		Formats: gateway.Formats{gateway.FormatMessages: "https://open.bigmodel.cn/api/anthropic"}, Quirks: maxTokens},
	{ID: "z-ai", Aliases: []string{"zai"}, Name: "Z.AI", BaseURL: "https://api.z.ai/api/paas/v4", OTel: "z_ai",
		Formats: gateway.Formats{gateway.FormatMessages: "https://api.z.ai/api/anthropic"}, Quirks: maxTokens},
	{ID: "siliconflow", Name: "SiliconFlow", BaseURL: "https://api.siliconflow.cn/v1", OTel: "siliconflow", Quirks: maxTokens},
	{ID: "minimax", Name: "MiniMax", BaseURL: "https://api.minimaxi.com/v1", OTel: "minimax",
		Formats: gateway.Formats{gateway.FormatMessages: "https://api.minimaxi.com/anthropic"}, Quirks: maxTokens},
	{ID: "lingyi", Aliases: []string{"01-ai"}, Name: "01.AI", BaseURL: "https://api.lingyiwanwu.com/v1", OTel: "lingyi", Quirks: maxTokens},
	{ID: "stepfun", Name: "StepFun", BaseURL: "https://api.stepfun.com/v1", OTel: "stepfun", Quirks: maxTokens},
	{ID: "baichuan", Name: "Baichuan", BaseURL: "https://api.baichuan-ai.com/v1", OTel: "baichuan", Quirks: Quirks{MaxTokens: "max_tokens", NoStreamOptions: true, NoDeveloperRole: true}},
	{ID: "volcengine", Aliases: []string{"doubao", "ark", "bytedance"}, Name: "Volcengine Ark", BaseURL: "https://ark.cn-beijing.volces.com/api/v3", OTel: "volcengine", Quirks: systemOnly},
	{ID: "krutrim", Name: "Krutrim", BaseURL: "https://cloud.olakrutrim.com/v1", OTel: "krutrim", Quirks: maxTokens},
}

// smallVendors are further hosts of open models.
var smallVendors = []Vendor{
	{ID: "novita-ai", Aliases: []string{"novita"}, Name: "Novita AI", BaseURL: "https://api.novita.ai/v3/openai", OTel: "novita_ai", Quirks: maxTokens},
	{ID: "featherless-ai", Aliases: []string{"featherless"}, Name: "Featherless AI", BaseURL: "https://api.featherless.ai/v1", OTel: "featherless_ai", Quirks: maxTokens},
	{ID: "inference-net", Aliases: []string{"inference.net"}, Name: "Inference.net", BaseURL: "https://api.inference.net/v1", OTel: "inference_net", Quirks: maxTokens},
	{ID: "nscale", Name: "Nscale", BaseURL: "https://inference.api.nscale.com/v1", OTel: "nscale", Quirks: maxTokens},
	{ID: "ncompass", Name: "nCompass", BaseURL: "https://api.ncompass.tech/v1", OTel: "ncompass", Quirks: maxTokens},
	{ID: "lemonfox-ai", Aliases: []string{"lemonfox"}, Name: "Lemonfox", BaseURL: "https://api.lemonfox.ai/v1", OTel: "lemonfox_ai", Quirks: maxTokens},
	{ID: "monsterapi", Name: "MonsterAPI", BaseURL: "https://llm.monsterapi.ai/v1", OTel: "monsterapi", Quirks: maxTokens},
	{ID: "kluster-ai", Aliases: []string{"kluster"}, Name: "kluster.ai", BaseURL: "https://api.kluster.ai/v1", OTel: "kluster_ai", Quirks: maxTokens},
	{ID: "302ai", Aliases: []string{"302.ai"}, Name: "302.AI", BaseURL: "https://api.302.ai/v1", OTel: "302ai"},
	{ID: "cometapi", Name: "CometAPI", BaseURL: "https://api.cometapi.com/v1", OTel: "cometapi"},
	{ID: "iointelligence", Aliases: []string{"io-intelligence"}, Name: "IO Intelligence", BaseURL: "https://api.intelligence.io.solutions/api/v1", OTel: "iointelligence", Quirks: maxTokens},
	{ID: "jina", Name: "Jina AI", BaseURL: "https://api.jina.ai/v1", OTel: "jina"},
	{ID: "voyage", Aliases: []string{"voyageai"}, Name: "Voyage AI", BaseURL: "https://api.voyageai.com/v1", OTel: "voyage", Quirks: Quirks{DropFields: []string{"user"}}},
}

// localVendors run on the operator's own machines and need no credential.
var localVendors = []Vendor{
	{ID: "ollama", Name: "Ollama", BaseURL: "http://127.0.0.1:11434/v1", OTel: "ollama", Keyless: true, Quirks: maxTokens},
	{ID: "lmstudio", Aliases: []string{"lm-studio"}, Name: "LM Studio", BaseURL: "http://127.0.0.1:1234/v1", OTel: "lmstudio", Keyless: true, Quirks: maxTokens},
	{ID: "vllm", Name: "vLLM", OTel: "vllm", Keyless: true, Quirks: systemOnly},
	{ID: "mock", Name: "Built-in mock", Format: FormatMock, OTel: "mock", Keyless: true, GatewayFields: []string{"mock_response"}},
}
