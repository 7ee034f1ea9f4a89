package guardrails

import (
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/guardrails/checks"
	"github.com/sluicegate/sluice/guardrails/redact"
	"github.com/sluicegate/sluice/internal/sniff"
)

// unit is what a check judges at once. The results for parameters that a config adds are kept.
type unit struct {
	checks.Content
	kept *addedParameters // nil: this exchange only
}

// requestContent is the request as guardrails see it: the whole conversation and everything
// else that goes upstream, in one unit.
func requestContent(ex *gateway.Exchange) (unit, error) {
	c := contentOf(ex.Request.Judged())
	if ex.Plan != nil && ex.Envelope != nil {
		for name := range ex.Plan.Root.ForwardedHeaders() {
			c.Parts = appendHeader(c.Parts, name, ex.Envelope.Header[name])
		}
	}
	if ex.Request.Realtime != nil {
		for name, values := range ex.Request.Realtime.Header {
			c.Parts = appendHeader(c.Parts, name, values)
		}
	}
	if ex.Request.Pass != nil {
		head, err := passedParts(ex.Request)
		if err != nil {
			return unit{}, err
		}
		c.Parts = append(c.Parts, head...)
		c.Added = withoutTexts(ex.Request.Pass, c.Parts)
	}
	return unit{Content: c}, nil
}

func appendHeader(parts []checks.Part, name string, values []string) []checks.Part {
	for _, value := range values {
		parts = append(parts, checks.Part{Path: "headers." + strings.ToLower(name), Text: value, Bare: true})
	}
	return parts
}

// contentOf is one unit of texts. The text parts of one message are also joined: a word may
// be split over them.
func contentOf(texts []gateway.Text) checks.Content {
	c := checks.Content{Parts: make([]checks.Part, 0, len(texts))}
	message, joined, count := "", "", 0
	flush := func() {
		if count > 1 {
			c.Parts = append(c.Parts, checks.Part{Path: message, Text: joined, Joined: true})
		}
		joined, count = "", 0
	}
	for _, t := range texts {
		if message != "" && !strings.HasPrefix(t.Path, message+"[") {
			flush()
			message = ""
		}
		if list, ok := redact.PartList(t.Path); ok && !t.Bare && (message == "" || list == message) {
			message, joined, count = list, joined+t.Value, count+1
		}
		c.Parts = appendPart(c.Parts, checks.Part{Path: t.Path, Role: t.Role, Text: t.Value, Bare: t.Bare})
	}
	flush()
	return c
}

// answerContent is the answer as guardrails see it: one unit for each choice. What stands besides the texts
// of the choices is in the first one: it can break a rule, and fulfils none.
func answerContent(w *whole) []unit {
	r := &w.folded
	out := make([]unit, 0, max(len(r.Choices), 1))
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
		out = append(out, unit{Content: checks.Content{Output: true, Parts: parts}})
	}
	if len(out) == 0 {
		out = append(out, unit{Content: checks.Content{Output: true}})
	}
	for _, t := range w.texts.Besides(r, w.dialect(), w.chunks) {
		out[0].Parts = appendPart(out[0].Parts, checks.Part{Path: t.Path, Role: "assistant", Text: t.Value, Bare: t.Bare})
	}
	return out
}

// maxEncodings is how many times a text is read that is base64 of base64.
const maxEncodings = 5

// appendPart adds p and, if its text is JSON with escapes, or base64 of a text, the same text decoded: neither
// must hide a word from a check.
func appendPart(parts []checks.Part, p checks.Part) []checks.Part {
	parts = append(parts, p)
	for range maxEncodings {
		inner, ok := sniff.DecodeText(p.Text)
		if !ok {
			break
		}
		p.Text, p.Decoded = inner.Text, true
		parts = append(parts, p)
	}
	if strings.IndexByte(p.Text, '\\') < 0 {
		return parts
	}
	if text, ok := redact.Decode(p.Text); ok {
		p.Text, p.Decoded = text, true
		parts = append(parts, p)
	}
	return parts
}
