package guardrails

import (
	"context"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/guardrails/checks"
)

// Try runs guardrails on one text, as if it were the last message of a request or, with output,
// the answer.
func (s *Service) Try(ctx context.Context, specs []gateway.GuardrailSpec, text string, output bool) []gateway.Verdict {
	part := checks.Part{Path: "messages[0].content", Role: "user", Text: text}
	if output {
		part.Path, part.Role = "text", "assistant"
	}
	verdicts, _ := s.judge(ctx, specs, []unit{{Content: checks.Content{Parts: []checks.Part{part}, Output: output}}}, "")
	return verdicts
}
