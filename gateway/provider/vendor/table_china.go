package vendor

import "github.com/sluicegate/sluice/gateway"

// chinaVendors are further vendors whose addresses are in China.
var chinaVendors = []Vendor{
	{ID: "hunyuan", Aliases: []string{"tencent"}, Name: "Tencent Hunyuan", BaseURL: "https://api.hunyuan.cloud.tencent.com/v1", Source: "https://cloud.tencent.com/document/product/1729/111007", OTel: "hunyuan", Quirks: systemOnly},
	{ID: "tencent-lkeap", Aliases: []string{"lkeap"}, Name: "Tencent Cloud knowledge engine", BaseURL: "https://api.lkeap.cloud.tencent.com/v1", Source: "https://cloud.tencent.com/document/product/1772/115969", OTel: "tencent_lkeap", Quirks: maxTokens},
	{ID: "qianfan", Aliases: []string{"baidu", "wenxin"}, Name: "Baidu Qianfan", BaseURL: "https://qianfan.baidubce.com/v2", Source: "https://cloud.baidu.com/doc/WENXINWORKSHOP/s/Fm2vrveyu", OTel: "qianfan", Quirks: systemOnly},
	{ID: "modelscope", Name: "ModelScope", BaseURL: "https://api-inference.modelscope.cn/v1", Source: "https://modelscope.cn/docs/model-service/API-Inference/intro", OTel: "modelscope", Quirks: maxTokens},
	{ID: "spark", Aliases: []string{"xunfei", "iflytek"}, Name: "iFlytek Spark", BaseURL: "https://spark-api-open.xf-yun.com/v1", Source: "https://www.xfyun.cn/doc/spark/HTTP%E8%B0%83%E7%94%A8%E6%96%87%E6%A1%A3.html", OTel: "spark", Quirks: maxTokens},
	{ID: "sensenova", Aliases: []string{"sensetime"}, Name: "SenseNova", BaseURL: "https://api.sensenova.cn/compatible-mode/v1", Source: "https://console.sensecore.cn/help/docs/model-as-a-service/nova/overview/compatible-mode", OTel: "sensenova", Quirks: maxTokens},
	{ID: "internlm", Aliases: []string{"shanghai-ai-lab"}, Name: "InternLM", BaseURL: "https://chat.intern-ai.org.cn/api/v1", Source: "https://internlm.intern-ai.org.cn/api/document", OTel: "internlm", Quirks: maxTokens},
	{ID: "360", Aliases: []string{"ai360", "360-ai"}, Name: "360 AI", BaseURL: "https://api.360.cn/v1", Source: "https://ai.360.com/platform/docs/overview", OTel: "360", Quirks: maxTokens},
	{ID: "gitee-ai", Aliases: []string{"gitee"}, Name: "Gitee AI", BaseURL: "https://ai.gitee.com/v1", Source: "https://ai.gitee.com/docs/openapi/v1", OTel: "gitee_ai", Quirks: maxTokens},
	{ID: "ppio", Aliases: []string{"ppinfra"}, Name: "PPIO", BaseURL: "https://api.ppinfra.com/v3/openai", Source: "https://ppio.com/docs/model/llm", OTel: "ppio", Quirks: maxTokens},
	{ID: "infini-ai", Aliases: []string{"infinigence"}, Name: "Infinigence AI", BaseURL: "https://cloud.infini-ai.com/maas/v1", Source: "https://docs.infini-ai.com/gen-studio/api/maas.html", OTel: "infini_ai", Quirks: maxTokens},
	{ID: "qiniu", Name: "Qiniu Cloud", BaseURL: "https://openai.qiniu.com/v1", Source: "https://developer.qiniu.com/aitokenapi", OTel: "qiniu", Quirks: maxTokens},
	{ID: "xiaomi-mimo", Aliases: []string{"xiaomi", "xiaomi_mimo"}, Name: "Xiaomi MiMo", BaseURL: "https://api.xiaomimimo.com/v1", Source: "https://platform.xiaomimimo.com/docs", OTel: "xiaomi_mimo", Quirks: systemOnly},
	{ID: "longcat", Aliases: []string{"meituan"}, Name: "LongCat", BaseURL: "https://api.longcat.chat/openai/v1", Source: "https://longcat.chat/platform/docs", OTel: "longcat", Formats: gateway.Formats{gateway.FormatMessages: "https://api.longcat.chat/anthropic"}, Quirks: maxTokens},
}
