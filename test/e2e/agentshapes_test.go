package e2e

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/tidwall/gjson"
)

// agentShape is how one coding agent writes a session: every turn repeats what was said and adds
// the answer, the results of the tools that it called, and reminders.
type agentShape struct {
	name, path string
	header     []string
	model      string
	// body writes turn number turn; rules is a text of the system prompt.
	body func(a *agentRun, rules string) string
	// answered appends an answer, and the results of the tools that it calls.
	answered func(a *agentRun, answer gjson.Result)
	system   string   // path of rules in the body that goes upstream
	first    string   // path of the user's first text there
	lists    []string // members that a target of the same format gets byte for byte
	override string   // override_params that replace rules
}

// agentRun is one session of an agent.
type agentRun struct {
	shape  *agentShape
	id     string // of the session
	task   string // the user's first text
	turn   int
	before []string // messages, items or contents before the last one, in the wire format
	last   []string // of the current turn, whose last text carries the cache point
}

func quote(s string) string {
	b, _ := json.Marshal(s) // a string always encodes
	return string(b)
}

const reminder = "<system-reminder>The file main.go was changed by ada@mail.example.</system-reminder>"

// toolOutput is what a tool answered: source text with quotes, tabs and escapes.
func toolOutput(turn int) string {
	return strings.Repeat(fmt.Sprintf("func f%d() {\n\tprintln(\"hé\\llo\")\n}\n", turn), 12)
}

var claudeCodeShape = &agentShape{
	name: "Claude Code", path: "/v1/messages?beta=true", model: "@claude/claude-opus-4-7",
	header: []string{"Anthropic-Version", "2023-06-01", "Anthropic-Beta", "claude-code-20250219,interleaved-thinking-2025-05-14", "X-Claude-Code-Session-Id", "SESSION"},
	system: "system.0.text", first: "messages.0.content.1.text", lists: []string{"tools", "messages", "thinking", "context_management"},
	override: `{"system":[{"type":"text","text":RULES}]}`,
	body: func(a *agentRun, rules string) string {
		const point = `,"cache_control":{"type":"ephemeral"}`
		if a.turn == 0 {
			a.last = []string{`{"role":"user","content":[{"type":"text","text":` + quote(reminder) + `},{"type":"text","text":` + quote(a.task) + `POINT}]}`}
		}
		messages := strings.ReplaceAll(strings.Join(a.before, ","), "POINT", "")
		if len(a.before) > 0 {
			messages += ","
		}
		messages += strings.ReplaceAll(strings.Join(a.last, ","), "POINT", point)
		return `{"model":"` + a.shape.model + `","max_tokens":32000,"messages":[` + messages + `],"system":[{"type":"text","text":"x-anthropic-billing-header: cc_version=2.1.332.a1b; cc_entrypoint=cli; cch=` + fmt.Sprintf("%05x", a.turn+1) + `;"},` +
			`{"type":"text","text":` + quote(rules) + `,"cache_control":{"type":"ephemeral","ttl":"1h"}},{"type":"text","text":"Be brief.","cache_control":{"type":"ephemeral"}}],` +
			`"tools":[{"name":"Bash","description":"Runs a command.","input_schema":{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{"command":{"type":"string"},"timeout":{"type":"number","maximum":1.0}}}},{"name":"DeferredToolPlaceholder","input_schema":{"type":"object"},"defer_loading":true}],` +
			`"metadata":{"user_id":` + quote(`{"session_id":"`+a.id+`"}`) + `},"thinking":{"type":"adaptive","display":"omitted"},"context_management":{"edits":[{"type":"clear_thinking_20251015","keep":"all"}]},"output_config":{"effort":"high"}}`
	},
	answered: func(a *agentRun, answer gjson.Result) {
		a.before = append(a.before, a.last...)
		a.before = append(a.before, `{"role":"assistant","content":`+answer.Get("content").Raw+`}`)
		var results []string
		for _, id := range answer.Get(`content.#(type=="tool_use")#.id`).Array() {
			results = append(results, `{"tool_use_id":`+id.Raw+`,"type":"tool_result","content":`+quote(toolOutput(a.turn))+`,"is_error":falsePOINT}`)
		}
		if a.turn%3 == 0 {
			results = append(results, `{"type":"text","text":`+quote(reminder)+`}`)
		}
		a.last = []string{`{"role":"user","content":[` + strings.Join(results, ",") + `]}`}
	},
}

var codexShape = &agentShape{
	name: "Codex", path: "/v1/responses", model: "@codex/gpt-5.5", header: []string{"Session-Id", "SESSION", "Originator", "codex_cli_rs"},
	system: "instructions", first: "input.1.content.0.text", lists: []string{"tools", "input"},
	override: `{"instructions":RULES}`,
	body: func(a *agentRun, rules string) string {
		if a.turn == 0 {
			a.last = []string{`{"type":"message","role":"developer","content":[{"type":"input_text","text":"<permissions>read only</permissions>"}]}`,
				`{"type":"message","role":"user","content":[{"type":"input_text","text":` + quote(a.task) + `}]}`}
		}
		return `{"model":"` + a.shape.model + `","instructions":` + quote(rules) + `,"input":[` + strings.Join(append(a.before[:len(a.before):len(a.before)], a.last...), ",") + `],"tools":[{"type":"function","name":"shell","strict":false,"parameters":{"type":"object","properties":{"command":{"type":"array","items":{"type":"string"}}}}},{"type":"custom","name":"apply_patch","format":{"type":"grammar","syntax":"lark","definition":"start: x"}}],` +
			`"tool_choice":"auto","parallel_tool_calls":true,"reasoning":{"effort":"medium","summary":"auto"},"store":false,"include":["reasoning.encrypted_content"],"prompt_cache_key":"` + a.id + `"}`
	},
	answered: func(a *agentRun, answer gjson.Result) {
		a.before = append(a.before, a.last...)
		a.last = nil
		for _, item := range answer.Get("output").Array() {
			a.before = append(a.before, item.Raw)
			if id := item.Get("call_id"); id.Exists() {
				a.last = append(a.last, `{"type":"function_call_output","call_id":`+id.Raw+`,"output":`+quote(toolOutput(a.turn))+`}`)
			}
		}
		a.last = append(a.last, `{"type":"message","role":"user","content":[{"type":"input_text","text":`+quote(reminder)+`}]}`)
	},
}

var geminiShape = &agentShape{
	name: "Gemini CLI", path: "/v1beta/models/@gem%2Fgemini-2.5-pro:generateContent", model: "@gem/gemini-2.5-pro", header: []string{"X-Sluice-Session-Id", "SESSION"},
	system: "systemInstruction.parts.0.text", first: "contents.0.parts.0.text", lists: []string{"tools", "systemInstruction", "contents"},
	override: `{"systemInstruction":{"role":"user","parts":[{"text":RULES}]}}`,
	body: func(a *agentRun, rules string) string {
		if a.turn == 0 {
			a.last = []string{`{"role":"user","parts":[{"text":` + quote(a.task) + `}]}`}
		}
		return `{"contents":[` + strings.Join(append(a.before[:len(a.before):len(a.before)], a.last...), ",") + `],"systemInstruction":{"role":"user","parts":[{"text":` + quote(rules) + `}]},` +
			`"tools":[{"functionDeclarations":[{"name":"read_file","description":"Reads.","parametersJsonSchema":{"type":"object","properties":{"path":{"type":"string"}}}}]}],"generationConfig":{"temperature":0.0,"topK":64,"thinkingConfig":{"includeThoughts":true,"thinkingBudget":8192}}}`
	},
	answered: func(a *agentRun, answer gjson.Result) {
		a.before = append(append(a.before, a.last...), answer.Get("candidates.0.content").Raw)
		var parts []string
		for _, call := range answer.Get("candidates.0.content.parts.#.functionCall").Array() {
			parts = append(parts, `{"functionResponse":{"id":`+quote(call.Get("id").String())+`,"name":`+call.Get("name").Raw+`,"response":{"output":`+quote(toolOutput(a.turn))+`}}}`)
		}
		a.last = []string{`{"role":"user","parts":[` + strings.Join(append(parts, `{"text":`+quote(reminder)+`}`), ",") + `]}`}
	},
}

var opencodeShape = &agentShape{
	name: "opencode", path: "/v1/chat/completions", model: "@codex/gpt-mock", header: []string{"X-Session-Id", "SESSION", "X-Session-Affinity", "SESSION"},
	system: "messages.0.content", first: "messages.1.content.0.text", lists: []string{"tools", "messages"},
	override: `{"messages":[{"role":"system","content":RULES}]}`,
	body: func(a *agentRun, rules string) string {
		if a.turn == 0 {
			a.last = []string{`{"role":"user","content":[{"type":"text","text":` + quote(a.task) + `}]}`}
		}
		return `{"model":"` + a.shape.model + `","max_tokens":32000,"tool_choice":"auto","messages":[{"role":"system","content":` + quote(rules) + `},` + strings.Join(append(a.before[:len(a.before):len(a.before)], a.last...), ",") + `],` +
			`"tools":[{"type":"function","function":{"name":"bash","description":"Runs.","parameters":{"type":"object","properties":{"command":{"type":"string"}}}}}]}`
	},
	answered: func(a *agentRun, answer gjson.Result) {
		message := answer.Get("choices.0.message")
		a.before = append(append(a.before, a.last...), message.Raw)
		a.last = nil
		for _, id := range message.Get("tool_calls.#.id").Array() {
			a.last = append(a.last, `{"role":"tool","tool_call_id":`+id.Raw+`,"content":`+quote(toolOutput(a.turn))+`}`)
		}
		a.last = append(a.last, `{"role":"user","content":`+quote(reminder)+`}`)
	},
}

var agentShapes = []*agentShape{claudeCodeShape, codexShape, geminiShape, opencodeShape}
