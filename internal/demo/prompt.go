package demo

import (
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
)

// PromptSlug is the slug of the prompt template that the support desk's questions are rendered with.
const PromptSlug = "support-answer"

// PromptVersion is one version of the template.
type PromptVersion struct{ Description, Body string }

// PromptVersions are the versions of the template, the oldest first. The newest compares two wordings;
// calls that are really made with it are answered by the built-in provider.
func PromptVersions() []PromptVersion {
	return []PromptVersion{
		{"First version.", `{"model": "mock/echo", "messages": [{"role": "system", "content": "You answer customers of a parcel service."}, {"role": "user", "content": "{{question}}"}], "variables": {"question": {"type": "string", "description": "what the customer asks"}}}`},
		{"Kinder, and brief.", `{"model": "mock/echo", "messages": [{"role": "system", "content": "` + supportDesk + `"}, {"role": "user", "content": "{{question}}"}], "parameters": {"temperature": 0.2}, "variables": {"question": {"type": "string", "description": "what the customer asks"}}}`},
		{"Compare the wording with one that asks for a single sentence.", `{"model": "mock/echo", "messages": [{"role": "system", "content": "` + supportDesk + `"}, {"role": "user", "content": "{{question}}"}], "parameters": {"temperature": 0.2}, "variables": {"question": {"type": "string", "description": "what the customer asks"}}, "by": "metadata.customer", "variants": [{"name": "` + variantControl + `", "weight": 50}, {"name": "` + variantShort + `", "weight": 50, "messages": [{"role": "system", "content": "` + oneSentence + `"}, {"role": "user", "content": "{{question}}"}]}]}`},
	}
}

const (
	variantControl = "control"
	variantShort   = "one-sentence"
	oneSentence    = "You answer customers of a parcel service in one kind sentence."
)

// customers are as many as the support desk has; each always gets the same variant.
const customers = 60

// prompted makes a question one of the support desk's template: the older version in the first third
// of the traffic, then the one with two variants. It returns the system message and the usage.
func (h *hour) prompted(r *telemetry.Record, instruction string, usage gateway.Usage) (string, gateway.Usage) {
	customer := h.random.IntN(customers)
	r.Route = "/v1/prompts/:id/completions"
	r.Prompt = &gateway.PromptFact{ID: h.Cast.Prompt, Slug: PromptSlug, Version: 2}
	r.Metadata = append(r.Metadata, telemetry.Pair{Key: "customer", Value: "customer-" + string(rune('a'+customer%26)) + string(rune('a'+customer/26))})
	if h.begin.Before(h.Until.Add(-time.Duration(h.Days) * 16 * time.Hour)) {
		return instruction, usage
	}
	r.Prompt.Version, r.Prompt.Variant, r.Prompt.Arm = 3, variantControl, "metadata.customer"
	if customer%2 == 1 {
		r.Prompt.Variant, instruction = variantShort, oneSentence
		usage.Output = usage.Output/3 + 12
	}
	return instruction, usage
}

// departs is what became of a session's prompt cache with the turn after previous; read is what the
// provider could read from it, in tokens.
func (h *hour) departs(r, previous *telemetry.Record, read int64) *gateway.PromptCacheFact {
	f := &gateway.PromptCacheFact{State: gateway.PromptUnknown, Session: r.Session, Source: r.SessionSource}
	if previous == nil {
		return f
	}
	const bytesPerToken = 4
	f.State, f.Previous, f.Bytes = gateway.PromptKept, previous.ID, int(read)*bytesPerToken
	f.Kept = f.Bytes
	if h.chance(9) {
		d := pick(h, departures)
		f.State, f.Path, f.ChangedBy, f.Kept = gateway.PromptDeparted, d.path, d.by, int(float64(f.Bytes)*d.kept)
		f.DepartedAt = f.Kept
	}
	return f
}

// departures are what prompts differ in from the one before, and after which share of it.
var departures = []struct {
	path string
	by   gateway.ChangeBy
	kept float64
}{
	{"system[0].text", gateway.ByCaller, 0.02},
	{"tools[7].description", gateway.ByCaller, 0.31},
	{"messages[4].content[0].text", gateway.ByRedaction, 0.72},
}
