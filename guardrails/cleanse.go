package guardrails

import (
	"strings"

	"github.com/sluicegate/sluice/guardrails/pii"
)

// Cleanse replaces everything the full detector finds, credentials included, by tags
// like [EMAIL]. It is for what telemetry records: no numbers, nothing to put back. A JSON
// text stays one. Cleansing twice changes nothing more.
func (s *Service) Cleanse(text string) string {
	keys := s.held()
	spans := keys.find(nil, s.full, "", text)
	if len(spans) == 0 {
		return text
	}
	if isJSON(text) {
		if out := rewrite(text, 0, func(label, value string, _ bool) (string, bool) {
			found := keys.find(nil, s.full, label, value)
			return tag(value, found), len(found) > 0
		}); out != nil {
			text = view(out)
		}
		spans = keys.find(spans[:0], s.full, "", text) // what only its surroundings gave away
	}
	return tag(text, spans)
}

func tag(text string, spans []pii.Span) string {
	if len(spans) == 0 {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	at := 0
	for _, sp := range spans {
		b.WriteString(text[at:sp.Start])
		b.WriteByte('[')
		b.WriteString(strings.ToUpper(sp.Entity))
		b.WriteByte(']')
		at = sp.End
	}
	b.WriteString(text[at:])
	return b.String()
}
