package guardrail

import (
	"strings"
	"unicode/utf8"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/guardrails/pii"
)

func (r *textTrial) add(verdicts []gateway.Verdict) {
	for _, v := range verdicts {
		out := verdict{Guardrail: v.Guardrail, Phase: "input", Pass: v.Pass, Action: v.Action.String(), Checks: make([]check, len(v.Checks))}
		if v.Output {
			out.Phase = "output"
		}
		for i, c := range v.Checks {
			out.Checks[i] = check{c.ID, c.Pass, c.Explanation, c.Error}
		}
		r.Verdicts = append(r.Verdicts, out)
	}
}

// mark notes the spans, which are ordered and do not overlap, and writes the text without them.
func (r *textTrial) mark(text string, spans []pii.Span) {
	var redacted strings.Builder
	at, characters := 0, 0
	for _, s := range spans {
		redacted.WriteString(text[at:s.Start])
		redacted.WriteString("[" + strings.ToUpper(s.Entity) + "]")
		start := characters + utf8.RuneCountInString(text[at:s.Start])
		characters = start + utf8.RuneCountInString(text[s.Start:s.End])
		r.Findings = append(r.Findings, finding{Entity: s.Entity, Start: start, End: characters, Score: s.Score})
		at = s.End
	}
	redacted.WriteString(text[at:])
	r.Redacted = redacted.String()
}
