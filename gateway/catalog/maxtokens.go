package catalog

// DefaultMaxTokens returns the max_tokens for a provider that requires a limit, if the
// caller set none. ok is false if the provider requires none: the length of such an answer
// has no known upper bound.
func DefaultMaxTokens(provider string) (tokens int64, ok bool) {
	if provider == "anthropic" {
		return 4_096, true
	}
	return 0, false
}

// ThinkingBudget returns the number of thinking tokens for a reasoning_effort, for providers
// that take a budget instead of an effort. ok is false for an unknown effort.
func ThinkingBudget(effort string) (tokens int64, ok bool) {
	tokens, ok = thinkingBudgets[effort]
	return tokens, ok
}

// MinThinkingBudget is the smallest thinking budget that Anthropic accepts.
const MinThinkingBudget = 1_024

// MaxThinkingBudget is the largest result of ThinkingBudget.
const MaxThinkingBudget = 32_000

var thinkingBudgets = map[string]int64{"minimal": MinThinkingBudget, "low": MinThinkingBudget, "medium": 2_048, "high": 4_096, "xhigh": 16_384, "max": MaxThinkingBudget}
