package double

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
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
	config := field(body, "generationConfig")
	t := &Turn{Model: model, Stream: method == "streamGenerateContent", Reasoning: field(field(config, "thinkingConfig"), "includeThoughts").Bool()}
	if t.Stream && r.URL.Query().Get("alt") != "sse" {
		return t, fmt.Errorf("alt: the double only streams events")
	}
	if err := knownFields(body, geminiFields); err != nil {
		return t, err
	}
	if err := knownFields(config, generationFields); err != nil {
		return t, fmt.Errorf("generationConfig.%w", err)
	}
	t.system(field(body, "systemInstruction").Get("parts"))
	if err := each(body.Get("contents"), func(c gjson.Result) error { return readContent(t, c) }); err != nil {
		return t, err
	}
	err := each(body.Get("tools"), func(tool gjson.Result) error {
		return each(field(tool, "functionDeclarations"), func(f gjson.Result) error {
			t.Tools = append(t.Tools, Tool{Name: f.Get("name").String(), Schema: either(f, "parametersJsonSchema", "parameters")})
			return knownFields(f, "name description parameters parametersJsonSchema response responseJsonSchema behavior")
		})
	})
	if err != nil {
		return t, err
	}
	choice := field(field(body, "toolConfig"), "functionCallingConfig")
	t.force(strings.ToLower(choice.Get("mode").String()), field(choice, "allowedFunctionNames").Get("0").String())
	if field(config, "responseMimeType").String() == "application/json" {
		t.Schema = either(config, "responseJsonSchema", "responseSchema")
	} else if either(config, "responseJsonSchema", "responseSchema").Exists() {
		return t, fmt.Errorf("generationConfig.responseSchema: only with responseMimeType application/json")
	}
	return t, nil
}

// field reads a member that may be spelled camelCase or snake_case, as in every API of Google's.
func field(o gjson.Result, name string) gjson.Result {
	if v := o.Get(name); v.Exists() {
		return v
	}
	return o.Get(snake.ReplaceAllStringFunc(name, func(c string) string { return "_" + strings.ToLower(c) }))
}

var (
	snake = regexp.MustCompile(`[A-Z]`)
	camel = regexp.MustCompile(`[a-z]_[a-z]`)
)

func either(o gjson.Result, a, b string) gjson.Result {
	if v := field(o, a); v.Exists() {
		return v
	}
	return field(o, b)
}

// knownFields is known for names in both spellings.
func knownFields(o gjson.Result, names string) error {
	var unknown error
	o.ForEach(func(k, _ gjson.Result) bool {
		name := camel.ReplaceAllStringFunc(k.String(), func(s string) string { return s[:1] + strings.ToUpper(s[2:]) })
		if !strings.Contains(" "+names+" ", " "+name+" ") {
			unknown = fmt.Errorf("%s: unknown field", k.String())
		}
		return unknown == nil
	})
	return unknown
}

// urlSafe makes the usual alphabet of base64 of the other one: Google takes both.
var urlSafe = strings.NewReplacer("-", "+", "_", "/")

// readContent reads one message. Results are matched by name, as calls need no id.
func readContent(t *Turn, c gjson.Result) error {
	role := c.Get("role").String()
	if role != "user" && role != "model" && role != "function" && role != "" {
		return fmt.Errorf("contents.role: %q is unknown", role)
	}
	return each(c.Get("parts"), func(p gjson.Result) error {
		inline, response, call := field(p, "inlineData"), field(p, "functionResponse"), field(p, "functionCall")
		if s := field(p, "thoughtSignature"); s.Exists() && urlSafe.Replace(s.String()) != Signature {
			return fmt.Errorf("contents.parts: the thought signature is not valid")
		}
		switch {
		case inline.Exists():
			return t.file(field(inline, "mimeType").String(), urlSafe.Replace(inline.Get("data").String()))
		case field(p, "fileData").Exists():
			return t.fileURL(field(field(p, "fileData"), "fileUri").String())
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
	if a.Cached {
		usage["cachedContentTokenCount"] = CachedTokens
	}
	if last {
		candidate["finishReason"] = "STOP"
		usage["candidatesTokenCount"] = OutputTokens - reasoningTokens(a)
		usage["totalTokenCount"] = InputTokens + OutputTokens
		if n := reasoningTokens(a); n > 0 {
			usage["thoughtsTokenCount"] = n
		}
	}
	return object{"candidates": []object{candidate}, "usageMetadata": usage, "modelVersion": t.Model, "responseId": fmt.Sprintf("resp_%d", t.Serial)}
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
	name := map[int]string{http.StatusUnauthorized: "UNAUTHENTICATED", http.StatusTooManyRequests: "RESOURCE_EXHAUSTED",
		http.StatusInternalServerError: "INTERNAL"}[status]
	if name == "" {
		name = "INVALID_ARGUMENT"
	}
	return object{"error": object{"code": status, "message": message, "status": name}}
}
