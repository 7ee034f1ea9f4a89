package foreignspan

import (
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/internal/jsonx"
)

// Generation is what the attributes of a foreign span tell about a call of a model.
// Instrumentations name the same fact differently.
type Generation struct {
	Model, Provider, Operation string
	InputTokens, OutputTokens  *int64
	Input, Output              string // text or JSON, as it was reported; at most maxShownText bytes
}

// maxShownText is how much of an input or output is shown beside the attributes, which have all of it.
const maxShownText = 8 << 10

// The names of each fact, the most specific first: of OpenTelemetry's conventions for generative
// models (https://opentelemetry.io/docs/specs/semconv/gen-ai), now and before, of OpenInference
// (https://arize-ai.github.io/openinference/spec/semantic_conventions.html), Langfuse
// (https://langfuse.com/integrations/native/opentelemetry), Traceloop's OpenLLMetry and Vercel's AI SDK.
// A "#" stands for the number of a message: the last one is shown.
var (
	modelNames     = []string{"gen_ai.request.model", "gen_ai.response.model", "llm.model_name", "langfuse.observation.model.name", "llm.request.model", "llm.response.model", "embedding.model_name", "ai.model.id"}
	providerNamed  = []string{"gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system", "ai.model.provider"}
	operationNames = []string{"gen_ai.operation.name", "openinference.span.kind", "langfuse.observation.type", "traceloop.span.kind", "llm.request.type"}
	inputCounts    = []string{"gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.token_count.prompt", "llm.usage.prompt_tokens", "ai.usage.inputTokens", "ai.usage.promptTokens"}
	outputCounts   = []string{"gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "llm.token_count.completion", "llm.usage.completion_tokens", "ai.usage.outputTokens", "ai.usage.completionTokens"}
	inputTexts     = []string{"langfuse.observation.input", "gen_ai.input.messages", "input.value", "traceloop.entity.input", "gen_ai.prompt", "gen_ai.prompt.#.content", "llm.input_messages.#.message.content", "ai.prompt.messages", "ai.prompt", "langfuse.trace.input"}
	outputTexts    = []string{"langfuse.observation.output", "gen_ai.output.messages", "output.value", "traceloop.entity.output", "gen_ai.completion", "gen_ai.completion.#.content", "llm.output_messages.#.message.content", "ai.response.text", "langfuse.trace.output"}
)

// usageDetails holds the counts of Langfuse's clients, as JSON in a string.
const usageDetails = "langfuse.observation.usage_details"

// Generation reads the attributes of the span, and those of its events where it has none of its
// own: some instrumentations report texts in events.
func (s *Span) Generation() Generation {
	a := attributes{}
	for e := range jsonx.Elements(s.Events) {
		a.add(jsonx.Get(e.Value, "attributes"))
	}
	a.add(s.Attributes)
	g := Generation{Model: a.text(modelNames), Provider: a.text(providerNamed), Operation: a.text(operationNames),
		InputTokens: a.count(inputCounts), OutputTokens: a.count(outputCounts),
		Input: clipText(a.text(inputTexts)), Output: clipText(a.text(outputTexts))}
	details := []byte(jsonx.String(a[usageDetails]))
	if g.InputTokens == nil {
		g.InputTokens = firstCount(details, "input", "prompt_tokens", "input_tokens")
	}
	if g.OutputTokens == nil {
		g.OutputTokens = firstCount(details, "output", "completion_tokens", "output_tokens")
	}
	return g
}

// attributes are raw JSON values by name.
type attributes map[string][]byte

func (a attributes) add(object []byte) {
	for m := range jsonx.Members(object) {
		a[m.Key] = m.Value
	}
}

// text is the first of the named attributes that is there and not empty.
func (a attributes) text(names []string) string {
	for _, n := range names {
		if head, tail, numbered := strings.Cut(n, "#"); numbered {
			n = a.last(head, tail)
		}
		if v := jsonx.Text(a[n]); v != "" {
			return v
		}
	}
	return ""
}

// last is the name of the attribute with the highest number between head and tail.
func (a attributes) last(head, tail string) (name string) {
	highest := -1
	for k := range a {
		rest, ok := strings.CutPrefix(k, head)
		if !ok {
			continue
		}
		number, ok := strings.CutSuffix(rest, tail)
		if n, err := strconv.Atoi(number); ok && err == nil && n > highest {
			highest, name = n, k
		}
	}
	return name
}

func (a attributes) count(names []string) *int64 {
	for _, n := range names {
		if v, err := strconv.ParseInt(jsonx.Text(a[n]), 10, 64); err == nil {
			return &v
		}
	}
	return nil
}

// firstCount is the first of the named members of a JSON object that is a whole number.
func firstCount(object []byte, names ...string) *int64 {
	if !jsonx.Valid(object) {
		return nil
	}
	for _, n := range names {
		if v, err := strconv.ParseInt(string(jsonx.Get(object, n)), 10, 64); err == nil {
			return &v
		}
	}
	return nil
}

func clipText(s string) string {
	if len(s) <= maxShownText {
		return s
	}
	return strings.ToValidUTF8(s[:maxShownText], "") + "…"
}
