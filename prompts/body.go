package prompts

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/internal/jsonx"
	"github.com/sluicegate/sluice/prompts/testcase"
)

// body is the content of a Version, a JSON object:
//
//	messages list of chat messages whose strings are templates
//	prompt instead of messages: the text of one user message
//	model "claude-opus-4-7", "anthropic/claude-opus-4-7" or "@vk/claude-opus-4-7"
//	virtual_key used if neither the call nor its config names one
//	config slug of the config that applies if the call names none
//	parameters fields of the request: temperature, max_tokens …
//	tools, tool_choice, response_format
//	variables {name: {type, required, default, description}}
//	by the key that arms are drawn by: "member" (default) or "metadata.<key>"
//	variants list of arms: {name, weight} and either version: N, or fields of the
//	 above that replace the body's own (parameters field by field)
//	test_cases list of {name, variables, expect}, see [testcase.Case]
//
// Undeclared variables are derived from the text.
type body struct {
	armText
	declared []declaration
	by       string
	config   string
	variants []variant
	cases    []testcase.Case
}

// armText holds the fields that an arm may replace.
type armText struct {
	messages   gjson.Result // a list; for "prompt" a list with one message
	fromPrompt bool         // messages was made from "prompt"
	model      string
	virtualKey string
	params     []param // parameters, tools, tool_choice, response_format
}

// param is one field of the request, as raw JSON.
type param struct{ key, raw string }

// armFields are the fields that a body and an inline variant share.
var armFields = map[string]bool{"messages": true, "prompt": true, "model": true, "virtual_key": true,
	"parameters": true, "tools": true, "tool_choice": true, "response_format": true}

// parseBody parses a body and returns every problem.
func parseBody(raw []byte) (*body, problems) {
	var ps problems
	if !jsonx.Valid(raw) || !gjson.ParseBytes(raw).IsObject() {
		return nil, problems{{"", "the body must be a JSON object"}}
	}
	root := gjson.ParseBytes(raw)
	b := &body{by: "member"}
	b.armText = parseArmText(root, "", &ps)
	eachField(root, "", &ps, func(key, path string, v gjson.Result) {
		switch key {
		case "variables":
			b.declared = parseDeclarations(v, path, &ps)
		case "by":
			b.by = v.String()
			if v.Type != gjson.String || b.by != "member" && (!strings.HasPrefix(b.by, "metadata.") || b.by == "metadata.") {
				ps.add(path, `must be "member" or "metadata.<key>"`)
			}
		case "config":
			if b.config = v.String(); v.Type != gjson.String || b.config == "" {
				ps.add(path, "must be the slug of a config")
			}
		case "variants":
			b.variants = parseVariants(v, path, &ps)
		case "test_cases":
			b.cases = testcase.Parse(v, path, ps.add)
		default:
			if !armFields[key] {
				ps.add(path, "unknown field")
			}
		}
	})
	complete := b.messages.Exists()
	for _, v := range b.variants {
		complete = complete || v.version > 0 || v.messages.Exists()
	}
	if !complete {
		ps.add("messages", "is missing (or 'prompt')")
	}
	for i, v := range b.variants {
		if v.version == 0 && !v.messages.Exists() && !b.messages.Exists() {
			ps.add("variants["+strconv.Itoa(i)+"].messages", "is missing, and the body has none to fall back on")
		}
	}
	return b, ps
}

// eachField visits the fields of an object and reports duplicates.
func eachField(obj gjson.Result, path string, ps *problems, visit func(key, path string, v gjson.Result)) {
	seen := map[string]bool{}
	obj.ForEach(func(k, v gjson.Result) bool {
		key := k.String()
		at := join(path, key)
		if seen[key] {
			ps.add(at, "given twice")
			return true
		}
		seen[key] = true
		visit(key, at, v)
		return true
	})
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func parseArmText(obj gjson.Result, path string, ps *problems) armText {
	var t armText
	eachField(obj, path, &problems{}, func(key, at string, v gjson.Result) {
		switch key {
		case "messages":
			if t.messages.Exists() {
				ps.add(at, "stands beside 'prompt'; give one of them")
			}
			t.messages = v
			checkMessages(v, at, ps)
		case "prompt":
			if t.messages.Exists() {
				ps.add(at, "stands beside 'messages'; give one of them")
			}
			if v.Type != gjson.String || v.Str == "" {
				ps.add(at, "must be a text")
				return
			}
			t.fromPrompt = true
			quoted, _ := json.Marshal(v.Str)
			t.messages = gjson.Parse(`[{"role":"user","content":` + string(quoted) + `}]`)
		case "model":
			if t.model = v.String(); v.Type != gjson.String || t.model == "" || strings.HasPrefix(t.model, "@") && !strings.Contains(t.model, "/") {
				ps.add(at, `must name a model: "gpt-5", "vendor/model" or "@virtual-key/model"`)
			}
		case "virtual_key":
			if t.virtualKey = strings.TrimPrefix(v.String(), "@"); v.Type != gjson.String || t.virtualKey == "" {
				ps.add(at, "must name a virtual key")
			}
		case "parameters":
			parseParams(v, at, &t, ps)
		case "tools":
			if !v.IsArray() {
				ps.add(at, "must be a list")
			}
			t.params = append(t.params, param{key, v.Raw})
		case "tool_choice":
			if !v.IsObject() && v.Type != gjson.String {
				ps.add(at, "must be a string or an object")
			}
			t.params = append(t.params, param{key, v.Raw})
		case "response_format":
			if !v.IsObject() {
				ps.add(at, "must be an object")
			}
			t.params = append(t.params, param{key, v.Raw})
		}
	})
	if t.virtualKey != "" && strings.HasPrefix(t.model, "@") {
		ps.add(join(path, "virtual_key"), "stands beside a model that names a virtual key; give one of them")
	}
	return t
}

// notParameters maps fields that are not allowed in "parameters" to a hint where they
// belong.
var notParameters = map[string]string{
	"messages": "write it beside 'parameters'", "prompt": "write it beside 'parameters'", "model": "write it beside 'parameters'",
	"tools": "write it beside 'parameters'", "tool_choice": "write it beside 'parameters'", "response_format": "write it beside 'parameters'",
	"variables": "write it beside 'parameters'", "stream": "the call alone decides it", "stream_options": "the call alone decides it",
	"config": "it belongs to the call",
}

func parseParams(v gjson.Result, path string, t *armText, ps *problems) {
	if !v.IsObject() {
		ps.add(path, "must be an object")
		return
	}
	eachField(v, path, ps, func(key, at string, v gjson.Result) {
		if hint := notParameters[key]; hint != "" {
			ps.add(at, "is no parameter: "+hint)
			return
		}
		t.params = append(t.params, param{key, v.Raw})
	})
}

var roles = map[string]bool{"system": true, "developer": true, "user": true, "assistant": true, "tool": true, "function": true}

func checkMessages(v gjson.Result, path string, ps *problems) {
	if !v.IsArray() || len(v.Array()) == 0 {
		ps.add(path, "must be a list with at least one message")
		return
	}
	for i, m := range v.Array() {
		at := path + "[" + strconv.Itoa(i) + "]"
		if !m.IsObject() {
			ps.add(at, "must be an object with role and content")
			continue
		}
		eachField(m, at, ps, func(string, string, gjson.Result) {})
		role, content := m.Get("role"), m.Get("content")
		if role.Type != gjson.String || !roles[role.Str] {
			ps.add(at+".role", "must be system, developer, user, assistant, tool or function")
		}
		switch {
		case content.Type == gjson.String:
		case content.IsArray():
			for j, p := range content.Array() {
				if !p.IsObject() || p.Get("type").Type != gjson.String {
					ps.add(at+".content["+strconv.Itoa(j)+"]", "must be an object with a type")
				}
			}
		case m.Get("tool_calls").IsArray() && content.Type == gjson.Null:
		default:
			ps.add(at+".content", "must be a text or a list of parts")
		}
	}
}
