package catalog

// DefaultMaxTokens is the max_tokens that a provider's request gets when the caller set no
// limit, because the provider requires one. ok is false where it requires none: the answer
// of such a call has no upper bound that Sluice knows.
func DefaultMaxTokens(provider string) (tokens int64, ok bool) {
	if provider == "anthropic" {
		return 4_096, true
	}
	return 0, false
}

// ThinkingBudget is the number of thinking tokens that a reasoning_effort stands for at a
// provider that takes a budget instead. ok is false for an unknown effort.
func ThinkingBudget(effort string) (tokens int64, ok bool) {
	tokens, ok = thinkingBudgets[effort]
	return tokens, ok
}

// MinThinkingBudget is the smallest thinking budget that Anthropic accepts.
const MinThinkingBudget = 1_024

// MaxThinkingBudget is the largest budget that ThinkingBudget gives.
const MaxThinkingBudget = 32_000

var thinkingBudgets = map[string]int64{"minimal": MinThinkingBudget, "low": MinThinkingBudget, "medium": 4_096, "high": 16_384, "xhigh": 24_576, "max": MaxThinkingBudget}
