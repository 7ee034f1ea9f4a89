package vendor

import "github.com/sluicegate/sluice/gateway"

// asiaVendors are vendors whose default address is in Asia. Keys are bound to a region: the setting
// "region" of a virtual key chooses its address.
var asiaVendors = []Vendor{
	{ID: "dashscope", Aliases: []string{"qwen", "alibaba"}, Name: "Alibaba Model Studio", BaseURL: "https://dashscope.aliyuncs.com/compatible-mode/v1", Source: "https://help.aliyun.com/zh/model-studio/compatibility-of-openai-with-dashscope", OTel: "dashscope", Regions: map[string]string{"cn": "https://dashscope.aliyuncs.com/compatible-mode/v1", "hk": "https://cn-hongkong.dashscope.aliyuncs.com/compatible-mode/v1", "intl": "https://dashscope-intl.aliyuncs.com/compatible-mode/v1", "us": "https://dashscope-us.aliyuncs.com/compatible-mode/v1"}, Quirks: systemOnly},
	{ID: "moonshot", Aliases: []string{"moonshotai", "kimi"}, Name: "Moonshot AI", BaseURL: "https://api.moonshot.cn/v1", Source: "https://platform.moonshot.cn/docs/api/chat", OTel: "moonshot_ai", Regions: map[string]string{"cn": "https://api.moonshot.cn/v1", "intl": "https://api.moonshot.ai/v1"},
		Formats: gateway.Formats{gateway.FormatMessages: "https://api.moonshot.cn/anthropic"}, Quirks: Quirks{MaxTokens: "max_tokens", NoDeveloperRole: true, NoEmbeddings: true}},
	{ID: "zhipu", Aliases: []string{"zhipuai", "bigmodel"}, Name: "Zhipu AI", BaseURL: "https://open.bigmodel.cn/api/paas/v4", Source: "https://docs.bigmodel.cn/cn/guide/develop/openai/introduction", OTel: "zhipu_ai", Regions: map[string]string{"cn": "https://open.bigmodel.cn/api/paas/v4", "intl": "https://api.z.ai/api/paas/v4"},
		Formats: gateway.Formats{gateway.FormatMessages: "https://open.bigmodel.cn/api/anthropic"}, Quirks: maxTokens},
	{ID: "z-ai", Aliases: []string{"zai"}, Name: "Z.AI", BaseURL: "https://api.z.ai/api/paas/v4", Source: "https://docs.z.ai/guides/develop/openai/python", OTel: "z_ai",
		Formats: gateway.Formats{gateway.FormatMessages: "https://api.z.ai/api/anthropic"}, Quirks: maxTokens},
	{ID: "siliconflow", Name: "SiliconFlow", BaseURL: "https://api.siliconflow.cn/v1", Source: "https://docs.siliconflow.cn/cn/api-reference/chat-completions/chat-completions", OTel: "siliconflow", Regions: map[string]string{"cn": "https://api.siliconflow.cn/v1", "intl": "https://api.siliconflow.com/v1"}, Quirks: maxTokens},
	{ID: "minimax", Name: "MiniMax", BaseURL: "https://api.minimaxi.com/v1", Source: "https://platform.minimaxi.com/document/OpenAI", OTel: "minimax", Regions: map[string]string{"cn": "https://api.minimaxi.com/v1", "intl": "https://api.minimax.io/v1"},
		Formats: gateway.Formats{gateway.FormatMessages: "https://api.minimaxi.com/anthropic"}, Quirks: maxTokens},
	{ID: "lingyi", Aliases: []string{"01-ai"}, Name: "01.AI", BaseURL: "https://api.lingyiwanwu.com/v1", Source: "https://platform.lingyiwanwu.com/docs/api-reference", OTel: "lingyi", Quirks: maxTokens},
	{ID: "stepfun", Name: "StepFun", BaseURL: "https://api.stepfun.com/v1", Source: "https://platform.stepfun.com/docs/api-reference/chat/chat-completion-create", OTel: "stepfun", Regions: map[string]string{"cn": "https://api.stepfun.com/v1", "intl": "https://api.stepfun.ai/v1"}, Quirks: maxTokens},
	{ID: "baichuan", Name: "Baichuan", BaseURL: "https://api.baichuan-ai.com/v1", Source: "https://platform.baichuan-ai.com/docs/api", OTel: "baichuan", Quirks: Quirks{MaxTokens: "max_tokens", NoStreamOptions: true, NoDeveloperRole: true}},
	{ID: "volcengine", Aliases: []string{"doubao", "ark", "bytedance"}, Name: "Volcengine Ark", BaseURL: "https://ark.cn-beijing.volces.com/api/v3", Source: "https://www.volcengine.com/docs/82379/1330626", OTel: "volcengine", Regions: map[string]string{"ap-southeast": "https://ark.ap-southeast.bytepluses.com/api/v3", "cn-beijing": "https://ark.cn-beijing.volces.com/api/v3"}, Quirks: systemOnly},
	{ID: "krutrim", Name: "Krutrim", BaseURL: "https://cloud.olakrutrim.com/v1", Source: "https://cloud.olakrutrim.com/docs", OTel: "krutrim", Quirks: maxTokens},
}

// smallVendors are further hosts of open models.
var smallVendors = []Vendor{
	{ID: "novita-ai", Aliases: []string{"novita"}, Name: "Novita AI", BaseURL: "https://api.novita.ai/v3/openai", Source: "https://novita.ai/docs/guides/llm-api", OTel: "novita_ai", Quirks: maxTokens},
	{ID: "featherless-ai", Aliases: []string{"featherless"}, Name: "Featherless AI", BaseURL: "https://api.featherless.ai/v1", Source: "https://featherless.ai/docs/api-overview-and-common-options", OTel: "featherless_ai", Quirks: maxTokens},
	{ID: "inference-net", Aliases: []string{"inference.net"}, Name: "Inference.net", BaseURL: "https://api.inference.net/v1", Source: "https://docs.inference.net/quickstart", OTel: "inference_net", Quirks: maxTokens},
	{ID: "nscale", Name: "Nscale", BaseURL: "https://inference.api.nscale.com/v1", Source: "https://docs.nscale.com/docs/inference/chat", OTel: "nscale", Quirks: maxTokens},
	{ID: "ncompass", Name: "nCompass", BaseURL: "https://api.ncompass.tech/v1", Source: "https://www.ncompass.tech/docs", OTel: "ncompass", Quirks: maxTokens},
	{ID: "lemonfox-ai", Aliases: []string{"lemonfox"}, Name: "Lemonfox", BaseURL: "https://api.lemonfox.ai/v1", Source: "https://www.lemonfox.ai/apis/llm", OTel: "lemonfox_ai", Quirks: maxTokens},
	{ID: "monsterapi", Name: "MonsterAPI", BaseURL: "https://llm.monsterapi.ai/v1", Source: "https://developer.monsterapi.ai", OTel: "monsterapi", Quirks: maxTokens},
	{ID: "kluster-ai", Aliases: []string{"kluster"}, Name: "kluster.ai", BaseURL: "https://api.kluster.ai/v1", Source: "https://docs.kluster.ai", OTel: "kluster_ai", Quirks: maxTokens},
	{ID: "302ai", Aliases: []string{"302.ai"}, Name: "302.AI", BaseURL: "https://api.302.ai/v1", Source: "https://doc.302.ai", OTel: "302ai"},
	{ID: "cometapi", Name: "CometAPI", BaseURL: "https://api.cometapi.com/v1", Source: "https://api.cometapi.com/doc", OTel: "cometapi"},
	{ID: "iointelligence", Aliases: []string{"io-intelligence"}, Name: "IO Intelligence", BaseURL: "https://api.intelligence.io.solutions/api/v1", Source: "https://docs.io.net/docs/io-intelligence", OTel: "iointelligence", Quirks: maxTokens},
	{ID: "jina", Name: "Jina AI", BaseURL: "https://api.jina.ai/v1", Source: "https://jina.ai/embeddings", OTel: "jina"},
	{ID: "voyage", Aliases: []string{"voyageai"}, Name: "Voyage AI", BaseURL: "https://api.voyageai.com/v1", Source: "https://docs.voyageai.com/reference/embeddings-api", OTel: "voyage", Quirks: Quirks{DropFields: []string{"user"}}},
}

// localVendors run on the operator's own machines and need no credential.
var localVendors = []Vendor{
	{ID: "ollama", Name: "Ollama", BaseURL: "http://127.0.0.1:11434", Format: FormatOllama, Source: "https://docs.ollama.com/api/introduction", OTel: "ollama", Keyless: true, Quirks: maxTokens},
	{ID: "lmstudio", Aliases: []string{"lm-studio"}, Name: "LM Studio", BaseURL: "http://127.0.0.1:1234/v1", Source: "https://lmstudio.ai/docs/developer/openai-compat", OTel: "lmstudio", Keyless: true, Quirks: maxTokens},
	{ID: "vllm", Name: "vLLM", Source: "https://docs.vllm.ai/en/stable/serving/openai_compatible_server", OTel: "vllm", Keyless: true, Quirks: systemOnly},
	{ID: "mock", Name: "Built-in mock", Format: FormatMock, OTel: "mock", Keyless: true, GatewayFields: []string{"mock_response"}},
}
