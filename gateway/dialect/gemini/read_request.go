package gemini

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// ReadRequest implements dialect.Format. Top-level fields that only this format knows go to
// Extra. The body of a countTokens call may hold the request in a member of its own.
func (Dialect) ReadRequest(raw []byte) (*message.Request, error) {
	root := gjson.ParseBytes(raw)
	f := fieldsOf(root)
	m := &message.Request{Model: f.text("model"), Stream: f["stream"].Bool(), WantsUsage: true, Extra: map[string]json.RawMessage{}}
	r := &requestReader{request: m}
	if inner := f["generateContentRequest"]; inner.IsObject() {
		r.base = "generateContentRequest."
		f = fieldsOf(inner)
	}
	if err := r.contents(f); err != nil {
		return nil, err
	}
	if err := r.tools(f["tools"], f["toolConfig"]); err != nil {
		return nil, err
	}
	if err := r.config(f["generationConfig"]); err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(f)) {
		switch name {
		case "model", "stream", "config", "contents", "systemInstruction", "tools", "toolConfig", "generationConfig":
		case "cachedContent":
			return nil, invalid(r.base+name, "names content that is kept at Google, which this target cannot read")
		default:
			m.Extra[name] = json.RawMessage(f[name].Raw)
			if hints[name] {
				m.Dropped = append(m.Dropped, r.base+name)
			}
		}
	}
	return m, nil
}

// hints are fields that only Google has, and without which the answer is of the same kind.
var hints = map[string]bool{"safetySettings": true, "labels": true, "serviceTier": true, "store": true,
	"mediaResolution": true, "enableEnhancedCivicAnswers": true, "speechConfig": true, "imageConfig": true, "routingConfig": true, "modelSelectionConfig": true}

// requestReader reads one request.
type requestReader struct {
	request *message.Request
	base    string // path of the request in the body: "" or "generateContentRequest."
	calls   callIDs
}

// config reads the generationConfig.
func (r *requestReader) config(v gjson.Result) error {
	m, f, path := r.request, fieldsOf(v), r.base+"generationConfig."
	for name, to := range map[string]*json.Number{"temperature": &m.Temperature, "topP": &m.TopP, "topK": &m.TopK, "seed": &m.Seed,
		"presencePenalty": &m.PresencePenalty, "frequencyPenalty": &m.FrequencyPenalty} {
		switch v := f[name]; {
		case v.Type == gjson.Number:
			*to = json.Number(v.Raw)
		case given(v):
			return invalid(path+name, "must be a number")
		}
	}
	switch v := f["maxOutputTokens"]; {
	case v.Type == gjson.Number:
		n := v.Int()
		m.MaxTokens = &n
	case given(v):
		return invalid(path+"maxOutputTokens", "must be a number")
	}
	m.N = f["candidateCount"].Int()
	m.Logprobs, m.TopLogprobs = f["responseLogprobs"].Bool(), f["logprobs"].Int()
	for _, s := range elements(f["stopSequences"]) {
		if s.Type == gjson.String {
			m.Stop = append(m.Stop, s.Str)
		}
	}
	for _, s := range elements(f["responseModalities"]) {
		if !strings.EqualFold(text(s), "text") {
			return invalid(path+"responseModalities", "must be TEXT: this target answers with nothing else")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f)) {
		if hints[name] {
			m.Dropped = append(m.Dropped, path+name)
		}
	}
	readThinking(m, fieldsOf(f["thinkingConfig"]))
	return r.format(f, path)
}

// format reads the shape of the answer.
func (r *requestReader) format(f fields, path string) error {
	m := r.request
	switch mime := f.text("responseMimeType"); {
	case f.object("responseJsonSchema") != nil:
		m.Format = message.Format{Type: message.FormatSchema, Schema: f.object("responseJsonSchema"), Strict: true}
	case f.object("responseSchema") != nil && mime != "text/x.enum":
		m.Format = message.Format{Type: message.FormatSchema, Schema: jsonSchema(f["responseSchema"])}
	case mime == jsonType:
		m.Format.Type = message.FormatObject
	case mime != "" && mime != "text/plain":
		return invalid(path+"responseMimeType", "must be text/plain or application/json for this target")
	}
	return nil
}
