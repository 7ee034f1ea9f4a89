package guardrails

import (
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/guardrails/checks"
	"github.com/sluicegate/sluice/guardrails/redact"
)

// requestContent is the request as guardrails see it: the whole conversation and everything
// else that the caller wrote, in one unit.
func requestContent(req *gateway.Request) []checks.Content {
	texts := req.Texts()
	c := checks.Content{Parts: make([]checks.Part, 0, len(texts))}
	for _, t := range texts {
		c.Parts = appendPart(c.Parts, checks.Part{Path: t.Path, Role: t.Role, Text: t.Value})
	}
	return []checks.Content{c}
}

// answerContent is the answer as guardrails see it: one unit for each choice.
func answerContent(r *gateway.Response) []checks.Content {
	out := make([]checks.Content, 0, max(len(r.Choices), 1))
	for i := range r.Choices {
		c := &r.Choices[i]
		parts := appendPart(nil, checks.Part{Path: "text", Role: "assistant", Text: c.Text()})
		add := func(path, text string) {
			if text != "" {
				parts = appendPart(parts, checks.Part{Path: path, Role: "assistant", Text: text})
			}
		}
		add("reasoning", c.Reasoning())
		add("refusal", c.Refusal())
		for k := range c.Tools {
			add("tools["+strconv.Itoa(k)+"].arguments", c.Tools[k].Args())
		}
		out = append(out, checks.Content{Output: true, Parts: parts})
	}
	if len(out) == 0 {
		out = append(out, checks.Content{Output: true})
	}
	return out
}

// appendPart adds p and, if its text is JSON with escapes, the same text decoded: an escape
// must not hide a word from a check.
func appendPart(parts []checks.Part, p checks.Part) []checks.Part {
	parts = append(parts, p)
	if !strings.Contains(p.Text, `\\`) {
		return parts
	}
	if text, ok := redact.Decode(p.Text); ok {
		p.Text, p.Decoded = text, true
		parts = append(parts, p)
	}
	return parts
}
