package double

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/tidwall/gjson"
)

// gemini is Google's generateContent.
type gemini struct{}

const (
	geminiFields     = "contents tools toolConfig safetySettings systemInstruction generationConfig cachedContent labels serviceTier store model"
	generationFields = "stopSequences responseMimeType responseSchema responseJsonSchema _responseJsonSchema responseModalities candidateCount " +
		"maxOutputTokens temperature topP topK seed presencePenalty frequencyPenalty responseLogprobs logprobs enableEnhancedCivicAnswers " +
		"speechConfig thinkingConfig imageConfig mediaResolution"
)

func (gemini) authorised(r *http.Request) bool {
	return r.Header.Get("X-Goog-Api-Key") == GoogleKey && r.Header.Get("Authorization") == ""
}

func (gemini) read(r *http.Request, body gjson.Result) (*Turn, error) {
	path := r.URL.Path
	model, method, _ := strings.Cut(path[strings.LastIndexByte(path, '/')+1:], ":")
	config := either(body, "generationConfig", "generation_config")
	t := &Turn{Model: model, Stream: method == "streamGenerateContent", Reasoning: config.Get("thinkingConfig.includeThoughts").Bool()}
	if t.Stream && r.URL.Query().Get("alt") != "sse" {
		return t, fmt.Errorf("alt: the double only streams events")
	}
	if err := known(body, geminiFields+" system_instruction generation_config tool_config"); err != nil {
		return t, err
	}
	if err := known(config, generationFields); err != nil {
		return t, fmt.Errorf("generationConfig.%w", err)
	}
	t.system(either(body, "systemInstruction", "system_instruction").Get("parts"))
	if err := each(body.Get("contents"), func(c gjson.Result) error { return readContent(t, c) }); err != nil {
		return t, err
	}
	err := each(body.Get("tools"), func(tool gjson.Result) error {
		return each(either(tool, "functionDeclarations", "function_declarations"), func(f gjson.Result) error {
			t.Tools = append(t.Tools, Tool{Name: f.Get("name").String(), Schema: either(f, "parametersJsonSchema", "parameters")})
			return known(f, "name description parameters parametersJsonSchema response responseJsonSchema behavior")
		})
	})
	if err != nil {
		return t, err
	}
	choice := either(body, "toolConfig", "tool_config").Get("functionCallingConfig")
	t.force(strings.ToLower(choice.Get("mode").String()), choice.Get("allowedFunctionNames.0").String())
	if config.Get("responseMimeType").String() == "application/json" {
		t.Schema = either(config, "responseJsonSchema", "responseSchema")
	} else if either(config, "responseJsonSchema", "responseSchema").Exists() {
		return t, fmt.Errorf("generationConfig.responseSchema: only with responseMimeType application/json")
	}
	return t, nil
}

func either(o gjson.Result, a, b string) gjson.Result {
	if v := o.Get(a); v.Exists() {
		return v
	}
	return o.Get(b)
}

// readContent reads one message. Results are matched by name, as calls need no id.
func readContent(t *Turn, c gjson.Result) error {
	role := c.Get("role").String()
	if role != "user" && role != "model" && role != "function" && role != "" {
		return fmt.Errorf("contents.role: %q is unknown", role)
	}
	return each(c.Get("parts"), func(p gjson.Result) error {
		inline, response, call := either(p, "inlineData", "inline_data"), p.Get("functionResponse"), p.Get("functionCall")
		if s := p.Get("thoughtSignature"); s.Exists() && s.String() != Signature {
			return fmt.Errorf("contents.parts: the thought signature is not valid")
		}
		switch {
		case inline.Exists():
			return t.image(either(inline, "mimeType", "mime_type").String(), inline.Get("data").String())
		case p.Get("fileData").Exists():
			return t.imageURL(p.Get("fileData.fileUri").String())
		case call.Exists():
			t.called(call.Get("name").String(), call.Get("name").String())
		case response.Exists():
			if !response.Get("response").IsObject() {
				return fmt.Errorf("contents.parts: functionResponse.response is no object")
			}
			return t.answered(response.Get("name").String(), response.Get("response").Raw)
		case p.Get("text").Exists():
			if role != "model" {
				t.Texts = append(t.Texts, p.Get("text").String())
			}
		default:
			return fmt.Errorf("contents.parts: %.80s is no part", p.Raw)
		}
		return nil
	})
}

// geminiAnswer is an answer, or one chunk of it.
func geminiAnswer(t *Turn, parts []object, a Answer, last bool) object {
	candidate := object{"content": object{"parts": parts, "role": "model"}, "index": 0}
	usage := object{"promptTokenCount": InputTokens, "totalTokenCount": InputTokens, "promptTokensDetails": []object{{"modality": "TEXT", "tokenCount": InputTokens}}}
	if last {
		candidate["finishReason"] = "STOP"
		usage["candidatesTokenCount"] = OutputTokens - reasoningTokens(a)
		usage["totalTokenCount"] = InputTokens + OutputTokens
		if n := reasoningTokens(a); n > 0 {
			usage["thoughtsTokenCount"] = n
		}
	}
	return object{"candidates": []object{candidate}, "usageMetadata": usage, "modelVersion": t.Model, "responseId": "resp_double"}
}

func geminiParts(a Answer) (parts []object) {
	for _, p := range pieces(a.Thought) {
		if p != "" {
			parts = append(parts, object{"text": p, "thought": true})
		}
	}
	for _, p := range a.Pieces {
		parts = append(parts, object{"text": p})
	}
	for i, c := range a.Calls {
		part := object{"functionCall": object{"name": c.Tool.Name, "args": json.RawMessage(c.Args)}}
		if i == 0 {
			part["thoughtSignature"] = Signature
		}
		parts = append(parts, part)
	}
	return parts
}

func (gemini) whole(t *Turn, a Answer) any {
	var parts []object
	if a.Thought != "" {
		parts = append(parts, object{"text": a.Thought, "thought": true})
	}
	a.Pieces = []string{a.text()}
	thought := a.Thought
	a.Thought = ""
	parts = append(parts, geminiParts(a)...)
	a.Thought = thought
	return geminiAnswer(t, parts, a, true)
}

func (gemini) events(t *Turn, a Answer) (events []event, end int) {
	parts := geminiParts(a)
	for _, p := range parts {
		events = append(events, event{data: geminiAnswer(t, []object{p}, a, false)})
	}
	return append(events, event{data: geminiAnswer(t, []object{{"text": ""}}, a, true)}), 1
}

func (gemini) failure(status int, message string) any {
	name := map[int]string{http.StatusUnauthorized: "UNAUTHENTICATED", http.StatusTooManyRequests: "RESOURCE_EXHAUSTED"}[status]
	if name == "" {
		name = "INVALID_ARGUMENT"
	}
	return object{"error": object{"code": status, "message": message, "status": name}}
}
