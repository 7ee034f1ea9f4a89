package gatewaytest

import (
	"strconv"
	"strings"
)

const anthropicID = "msg_upstream"

// stopReasons maps OpenAI's finish reasons to Anthropic's.
var stopReasons = map[string]string{"stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use", "content_filter": "refusal"}

func (a *answer) stopReason() string {
	if s, ok := stopReasons[a.finish()]; ok {
		return s
	}
	return a.finish()
}

// anthropicUsage reports usage as Anthropic does: input_tokens excludes cached tokens.
func (a *answer) anthropicUsage(output int64) string {
	if a.Fault.Usage == UsageAbsent {
		return `null`
	}
	return `{"input_tokens":` + itoa(a.input()-a.Cached) + `,"cache_creation_input_tokens":0,"cache_read_input_tokens":` + itoa(a.Cached) +
		`,"output_tokens":` + itoa(output) + `}`
}

// anthropicLastUsage is that of a stream's last but one event.
func (a *answer) anthropicLastUsage() string {
	if a.Fault.Usage == UsageAbsent {
		return `null`
	}
	return `{"output_tokens":` + itoa(a.output()) + `}`
}

func (a *answer) anthropicBody() string {
	var blocks []string
	if a.Reasoning != "" {
		blocks = append(blocks, `{"type":"thinking","thinking":`+quoted(a.Reasoning)+`,"signature":`+quoted(a.signature())+`}`)
	}
	if a.Text != "" {
		blocks = append(blocks, `{"type":"text","text":`+quoted(a.Text)+`}`)
	}
	for _, t := range a.Tools {
		blocks = append(blocks, `{"type":"tool_use","id":`+quoted(t.ID)+`,"name":`+quoted(t.Name)+`,"input":`+strings.Join(t.Args, "")+`}`)
	}
	return `{"id":"` + anthropicID + `","type":"message","role":"assistant","model":` + quoted(a.Model) + `,"content":[` + strings.Join(blocks, ",") +
		`],"stop_reason":` + quoted(a.stopReason()) + `,"stop_sequence":null,"usage":` + a.anthropicUsage(a.output()) + `}`
}

func (a *answer) anthropicFrames() []frame {
	var out []frame
	add := func(name, rest string) {
		out = append(out, frame{name, `{"type":"` + name + `"` + rest + `}`})
	}
	n := 0
	piece := func(kind, field, text string) {
		add("content_block_delta", `,"index":`+strconv.Itoa(n)+`,"delta":{"type":"`+kind+`","`+field+`":`+quoted(text)+`}`)
	}
	block := func(start, kind, field string, pieces []string) {
		add("content_block_start", `,"index":`+strconv.Itoa(n)+`,"content_block":`+start)
		for _, p := range pieces {
			piece(kind, field, p)
		}
		if kind == "thinking_delta" {
			piece("signature_delta", "signature", a.signature())
		}
		add("content_block_stop", `,"index":`+strconv.Itoa(n))
		n++
	}
	add("message_start", `,"message":{"id":"`+anthropicID+`","type":"message","role":"assistant","model":`+quoted(a.Model)+
		`,"content":[],"stop_reason":null,"stop_sequence":null,"usage":`+a.anthropicUsage(1)+`}`)
	add("ping", "")
	if a.Reasoning != "" {
		block(`{"type":"thinking","thinking":"","signature":""}`, "thinking_delta", "thinking", a.reasoningPieces())
	}
	if p := a.pieces(); len(p) > 0 {
		block(`{"type":"text","text":""}`, "text_delta", "text", p)
	}
	for _, t := range a.Tools {
		block(`{"type":"tool_use","id":`+quoted(t.ID)+`,"name":`+quoted(t.Name)+`,"input":{}}`, "input_json_delta", "partial_json", a.argPieces(t))
	}
	if !a.Fault.NoFinish {
		add("message_delta", `,"delta":{"stop_reason":`+quoted(a.stopReason())+`,"stop_sequence":null},"usage":`+a.anthropicLastUsage())
	}
	if !a.Fault.NoDone {
		add("message_stop", "")
	}
	return out
}
