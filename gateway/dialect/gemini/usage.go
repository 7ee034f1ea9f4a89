package gemini

import (
	"encoding/json"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
)

// maxTokens bounds what one answer may report: ten times the largest context there is.
const maxTokens = 10_000_000

// wireUsage is the usageMetadata that Sluice writes.
type wireUsage struct {
	Prompt     int64 `json:"promptTokenCount"`
	Cached     int64 `json:"cachedContentTokenCount,omitempty"`
	Candidates int64 `json:"candidatesTokenCount"`
	Thoughts   int64 `json:"thoughtsTokenCount,omitempty"`
	Total      int64 `json:"totalTokenCount"`
}

func usageOf(u *gateway.Usage) *wireUsage {
	if u == nil {
		return nil
	}
	return &wireUsage{Prompt: u.Input, Cached: u.CacheRead, Candidates: max(u.Output-u.Reasoning, 0), Thoughts: u.Reasoning, Total: u.Input + u.Output}
}

// Usage reads a usageMetadata, nil if it is no object.
func Usage(raw []byte) *gateway.Usage { return readUsage(gjson.ParseBytes(raw)) }

// readUsage reads a usageMetadata, nil if there is none. What tools of Google's read counts
// as input. The Live API calls the candidates the response.
func readUsage(v gjson.Result) *gateway.Usage {
	if !v.IsObject() {
		return nil
	}
	f := fieldsOf(v)
	thoughts := count(f["thoughtsTokenCount"])
	prompt, cached, answer := modalities(f["promptTokensDetails"]), modalities(f["cacheTokensDetails"]), modalities(f.either("candidatesTokensDetails", "responseTokensDetails"))
	tools := modalities(f["toolUsePromptTokensDetails"])
	return &gateway.Usage{
		Input:          count(f["promptTokenCount"]) + count(f["toolUsePromptTokenCount"]),
		CacheRead:      count(f["cachedContentTokenCount"]),
		Output:         count(f.either("candidatesTokenCount", "responseTokenCount")) + thoughts,
		Reasoning:      thoughts,
		AudioInput:     prompt["AUDIO"] + tools["AUDIO"],
		AudioCacheRead: cached["AUDIO"],
		AudioOutput:    answer["AUDIO"],
		ImageInput:     prompt["IMAGE"] + tools["IMAGE"],
		ImageCacheRead: cached["IMAGE"],
		ImageOutput:    answer["IMAGE"],
		VideoInput:     prompt["VIDEO"] + tools["VIDEO"],
		Terms:          gateway.Terms{Tier: gateway.Tier(f.text("trafficType"))},
	}
}

// modalities are tokens by what they encode: TEXT, IMAGE, AUDIO, VIDEO or DOCUMENT.
func modalities(list gjson.Result) map[string]int64 {
	var out map[string]int64
	for _, v := range elements(list) {
		f := fieldsOf(v)
		if n := count(f["tokenCount"]); n > 0 {
			if out == nil {
				out = map[string]int64{}
			}
			out[f.text("modality")] = min(out[f.text("modality")]+n, maxTokens)
		}
	}
	return out
}

// searches counts the searches that an answer is grounded on, as Google bills them: each query from
// Gemini 3 on, one per answer before that.
func searches(answer fields) (n int64) {
	for _, v := range elements(answer["candidates"]) {
		for _, query := range elements(fieldsOf(fieldsOf(v)["groundingMetadata"])["webSearchQueries"]) {
			if text(query) != "" {
				n++
			}
		}
	}
	if model := answer.text("modelVersion"); strings.HasPrefix(model, "gemini-1") || strings.HasPrefix(model, "gemini-2") {
		n = min(n, 1)
	}
	return n
}

// count reads a number of tokens. A negative one would pay the caller, an absurd one would
// overflow the cost.
func count(v gjson.Result) int64 {
	if v.Type != gjson.Number {
		return 0
	}
	return min(max(v.Int(), 0), maxTokens)
}

type countAnswer struct {
	Total     int64 `json:"totalTokens"`
	Estimated bool  `json:"estimated,omitempty"` // Sluice's own
}

// ReadCount implements dialect.CountFormat.
func (Dialect) ReadCount(body []byte) (message.Count, error) {
	n := gjson.GetBytes(body, "totalTokens")
	if n.Type != gjson.Number {
		return message.Count{}, vendorerror.Broken("gemini.ReadCount", "The provider's answer has no 'totalTokens'.", nil)
	}
	return message.Count{Tokens: count(n)}, nil
}

// WriteCount implements dialect.CountFormat.
func (Dialect) WriteCount(c message.Count) []byte {
	raw, _ := json.Marshal(countAnswer{c.Tokens, c.Estimated}) // plain data always encodes
	return raw
}
