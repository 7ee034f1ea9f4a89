package catalog

import "testing"

// Budgets reserve MaxThinkingBudget for any effort, so no effort may stand for more.
func TestThinkingBudgets(t *testing.T) {
	for effort := range thinkingBudgets {
		if n, ok := ThinkingBudget(effort); !ok || n < MinThinkingBudget || n > MaxThinkingBudget {
			t.Errorf("%s: %d, %v", effort, n, ok)
		}
	}
	if _, ok := ThinkingBudget("none"); ok {
		t.Error("an unknown effort has a budget")
	}
	if n, ok := DefaultMaxTokens("anthropic"); !ok || n <= 0 {
		t.Errorf("anthropic: %d, %v", n, ok)
	}
	if _, ok := DefaultMaxTokens("openai"); ok {
		t.Error("openai requires no max_tokens")
	}
}
