package redact

import (
	"strings"

	"github.com/sluicegate/sluice/guardrails/pii"
	"github.com/sluicegate/sluice/internal/jsonx"
	"github.com/sluicegate/sluice/internal/sniff"
)

// Cleanse replaces every entity and every credential in text by a tag such as [EMAIL]. It is
// for what telemetry records: tags have no number and cannot be restored. A JSON text stays
// valid JSON. Cleansing a cleansed text changes nothing.
func (d *Detector) Cleanse(text string) string {
	if inner, ok := sniff.DecodeText(text); ok {
		if clean := d.Cleanse(inner.Text); clean != inner.Text {
			return inner.With(clean)
		}
	}
	known := d.secrets()
	spans := known.find(d.complete, "", text)
	if len(spans) == 0 {
		return text
	}
	if isJSON(text) {
		if out := rewrite([]byte(text), maxNesting, func(label, value string, _ jsonx.Kind) (string, bool) {
			found := known.find(d.complete, label, value)
			return tag(value, found), len(found) > 0
		}); out != nil {
			text = string(out)
		}
		spans = known.find(d.complete, "", text) // entities that only show outside their own string
	}
	return tag(text, spans)
}

func tag(text string, spans []pii.Span) string {
	return replace(text, spans, func(sp pii.Span) string { return "[" + strings.ToUpper(sp.Entity) + "]" })
}

// replace returns text with each span replaced.
func replace(text string, spans []pii.Span, by func(pii.Span) string) string {
	var b strings.Builder
	b.Grow(len(text))
	at := 0
	for _, sp := range spans {
		b.WriteString(text[at:sp.Start])
		b.WriteString(by(sp))
		at = sp.End
	}
	b.WriteString(text[at:])
	return b.String()
}
