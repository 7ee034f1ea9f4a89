package task

import (
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/internal/jsonx"
	"github.com/sluicegate/sluice/internal/sniff"
)

// Dialect implements gateway.Dialect for one operation.
type Dialect struct {
	openai.Dialect
	Op gateway.Op
}

// Routing implements gateway.RequestFormat. A field of a form is a string: "true" streams.
func (d Dialect) Routing(op gateway.Op, raw []byte) (gateway.Routing, error) {
	var r gateway.Routing
	for m := range jsonx.Members(raw) {
		text := m.Value[0] == '"'
		switch m.Key {
		case "model", "user":
			if !text && m.Value[0] != 'n' {
				return r, invalid(m.Key, "must be a string")
			}
			if m.Key == "model" {
				r.Model = jsonx.String(m.Value)
			}
		case "stream":
			switch v := jsonx.String(m.Value); {
			case m.Value[0] == 't', text && strings.EqualFold(v, "true"):
				r.Stream = op == gateway.OpCompletions || op == gateway.OpImage || op == gateway.OpImageEdit || op == gateway.OpTranscription
			case m.Value[0] != 'f' && m.Value[0] != 'n' && !(text && (v == "" || strings.EqualFold(v, "false"))):
				return r, invalid("stream", "must be true or false")
			}
		case "stream_format":
			if !text && m.Value[0] != 'n' {
				return r, invalid("stream_format", "must be a string")
			}
			r.Stream = r.Stream || op == gateway.OpSpeech && jsonx.String(m.Value) == "sse"
		case "stream_options":
			include := jsonx.Get(m.Value, "include_usage")
			r.WantsUsage = len(include) > 0 && include[0] == 't'
		}
	}
	return r, d.check(raw)
}

// check refuses values that no vendor could serve.
func (d Dialect) check(raw []byte) error {
	first := func(field string) byte {
		if v := jsonx.Get(raw, field); len(v) > 0 {
			return v[0]
		}
		return 0
	}
	isText := func(field string) error {
		if c := first(field); c != 0 && c != '"' {
			return invalid(field, "must be a string")
		}
		return nil
	}
	switch d.Op {
	case gateway.OpRerank:
		if c := first("documents"); c != 0 && c != '[' {
			return invalid("documents", "must be a list of strings or objects")
		}
		for e := range jsonx.Elements(jsonx.Get(raw, "documents")) {
			if e.Value[0] != '"' && e.Value[0] != '{' {
				return invalid("documents["+strconv.Itoa(e.Index)+"]", "must be a string or an object")
			}
		}
	case gateway.OpModeration:
		if c := first("input"); c != 0 && c != '"' && c != '[' {
			return invalid("input", "must be a string or a list")
		}
	case gateway.OpImage, gateway.OpImageEdit:
		return isText("prompt")
	case gateway.OpSpeech:
		return isText("input")
	case gateway.OpCompletions:
		if c := first("prompt"); c != 0 && c != '"' && c != '[' && c != 'n' {
			return invalid("prompt", "must be a string or a list")
		}
	}
	return nil
}

func invalid(field, what string) *gateway.Error {
	return gateway.InvalidField("task.Request", field, "The field '"+field+"' "+what+".")
}

// Parameters implements gateway.RequestFormat. A field of a form is a string.
func (d Dialect) Parameters(raw []byte) gateway.Parameters {
	if n := jsonx.Get(raw, "n"); len(n) > 0 && n[0] == '"' {
		raw = jsonx.Update(raw, jsonx.Change{Name: "n", Value: []byte(jsonx.String(n))})
		if !jsonx.Valid(raw) {
			raw = []byte(`{"n":0}`) // no number of answers
		}
	}
	p := d.Dialect.Parameters(raw)
	switch d.Op {
	case gateway.OpImage, gateway.OpImageEdit, gateway.OpImageVariation:
		p.Size, p.Quality = gateway.Size(jsonx.String(jsonx.Get(raw, "size"))), gateway.Quality(jsonx.String(jsonx.Get(raw, "quality")))
		if p.Size == "" && namesResolution(jsonx.String(jsonx.Get(raw, "model"))) {
			p.Size = gateway.Size(jsonx.String(jsonx.Get(raw, "resolution")))
		}
	}
	return p
}

// namesResolution reports a model whose size is asked for in "resolution", as xAI's are
// (https://docs.x.ai/docs/guides/image-generations). Elsewhere the field says nothing of the price.
func namesResolution(model string) bool { return strings.Contains(model, "grok-imagine-image") }

// WithMaxOutput implements gateway.RequestFormat. Completions know no other name of the limit.
func (d Dialect) WithMaxOutput(raw []byte, n int64) []byte {
	raw = d.Dialect.WithMaxOutput(raw, n)
	const other = "max_completion_tokens"
	if v := jsonx.Get(raw, other); v != nil {
		raw = jsonx.Update(raw, jsonx.Change{Name: other}, jsonx.Change{Name: "max_tokens", Value: v})
	}
	return raw
}

// Texts implements gateway.RequestFormat.
func (d Dialect) Texts(raw []byte) []gateway.Text {
	texts := d.Dialect.Texts(raw)
	left := map[int]bool{}
	for _, span := range d.Binary(raw) {
		left[span.Start] = true
	}
	kept := texts[:0]
	for _, t := range texts {
		if !left[t.At.Start] {
			kept = append(kept, t)
		}
	}
	return kept
}

// Binary implements gateway.RequestFormat: images in data URLs, wherever an operation takes them.
func (d Dialect) Binary(raw []byte) []gateway.Span {
	spans := d.Dialect.Binary(raw)
	jsonx.Walk(raw, func(n jsonx.Node) jsonx.Action { // raw was checked
		if n.Kind != jsonx.KindString || len(n.Path) == 0 || !sniff.IsDataURL(n.Raw()) {
			return jsonx.Descend
		}
		switch n.Path.Key(0) {
		case "image", "images", "mask", "documents":
			switch n.Path.Key(-1) {
			case "image_url", "url", "image", "mask":
				spans = append(spans, gateway.Span{Start: n.Start, End: n.End()})
			}
		}
		return jsonx.Descend
	})
	return spans
}

// Question implements gateway.RequestFormat: answers are not found by meaning.
func (Dialect) Question([]byte) (gateway.Span, bool) { return gateway.Span{}, false }

// words are the keys of the formats and the values that they define, besides those of chat.
var words = wordSet(`
	prompt suffix echo best_of query documents document top_n return_documents max_tokens_per_doc rank_fields image images mask
	size quality style background moderation output_format output_compression partial_images input_fidelity b64_json url
	1024x1024 1536x1024 1024x1536 1792x1024 1024x1792 512x512 256x256 hd standard vivid natural transparent opaque
	png jpeg webp instructions speed stream_format sse opus aac flac pcm
	file filename content_type bytes language timestamp_granularities[] timestamp_granularities include include[] chunking_strategy
	image[] json srt verbose_json vtt word segment true false`)

func wordSet(list string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(list) {
		set[w] = true
	}
	return set
}

// IsWord implements gateway.RequestFormat.
func (d Dialect) IsWord(s string) bool { return words[s] || d.Dialect.IsWord(s) }
