package gemini

import (
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
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

// readUsage reads a usageMetadata, nil if there is none. What tools of Google's read counts
// as input.
func readUsage(v gjson.Result) *gateway.Usage {
	if !v.IsObject() {
		return nil
	}
	f := fieldsOf(v)
	thoughts := count(f["thoughtsTokenCount"])
	return &gateway.Usage{
		Input:     count(f["promptTokenCount"]) + count(f["toolUsePromptTokenCount"]),
		CacheRead: count(f["cachedContentTokenCount"]),
		Output:    count(f["candidatesTokenCount"]) + thoughts,
		Reasoning: thoughts,
	}
}

// count reads a number of tokens. A negative one would pay the caller, an absurd one would
// overflow the cost.
func count(v gjson.Result) int64 {
	if v.Type != gjson.Number {
		return 0
	}
	return min(max(v.Int(), 0), maxTokens)
}
