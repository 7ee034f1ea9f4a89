package gatewaytest

import "strings"

const cohereID = "cohere-upstream"

// cohereFinishes maps OpenAI's finish reasons to Cohere's.
var cohereFinishes = map[string]string{"stop": "COMPLETE", "tool_calls": "TOOL_CALL", "length": "MAX_TOKENS", "content_filter": "COMPLETE"}

// cohereEnd is how an answer ends, with what is billed.
func (a *answer) cohereEnd() string {
	end := `"finish_reason":` + quoted(cohereFinishes[a.finish()])
	if a.Fault.Usage != UsageAbsent {
		end += `,"usage":{"billed_units":{"input_tokens":` + itoa(a.input()) + `,"output_tokens":` + itoa(a.output()) +
			`},"tokens":{"input_tokens":` + itoa(a.input()+100) + `,"output_tokens":` + itoa(a.output()+10) + `}}`
	}
	return end
}

func (a *answer) cohereCall(t Tool, args string) string {
	return `{"id":` + quoted(t.ID) + `,"type":"function","function":{"name":` + quoted(t.Name) + `,"arguments":` + quoted(args) + `}}`
}

func (a *answer) cohereBody() string {
	var content, calls []string
	if a.Reasoning != "" {
		content = append(content, `{"type":"thinking","thinking":`+quoted(a.Reasoning)+`}`)
	}
	if a.Text != "" {
		content = append(content, `{"type":"text","text":`+quoted(a.Text)+`}`)
	}
	for _, t := range a.Tools {
		calls = append(calls, a.cohereCall(t, strings.Join(t.Args, "")))
	}
	message := `{"role":"assistant","content":[` + strings.Join(content, ",") + `],"tool_calls":[` + strings.Join(calls, ",") + `]}`
	return `{"id":"` + cohereID + `","message":` + message + `,` + a.cohereEnd() + `}`
}

func (a *answer) cohereFrames() []frame {
	var out []frame
	event := func(kind, rest string) { out = append(out, frame{kind, `{"type":"` + kind + `"` + rest + `}`}) }
	message := func(kind, index, member string) {
		event(kind, `,"index":`+index+`,"delta":{"message":{`+member+`}}`)
	}
	event("message-start", `,"id":"`+cohereID+`","delta":{"message":{"role":"assistant","content":[],"tool_plan":"","tool_calls":[],"citations":[]}}`)
	block := 0
	content := func(kind string, pieces []string) {
		n := itoa(int64(block))
		block++
		message("content-start", n, `"content":{"type":"`+kind+`","`+kind+`":""}`)
		for _, p := range pieces {
			message("content-delta", n, `"content":{"`+kind+`":`+quoted(p)+`}`)
		}
		event("content-end", `,"index":`+n)
	}
	if a.Reasoning != "" {
		content("thinking", a.reasoningPieces())
	}
	if a.Text != "" {
		content("text", a.pieces())
	}
	for i, t := range a.Tools {
		n := itoa(int64(i))
		message("tool-call-start", n, `"tool_calls":`+a.cohereCall(t, ""))
		for _, piece := range a.argPieces(t) {
			message("tool-call-delta", n, `"tool_calls":{"function":{"arguments":`+quoted(piece)+`}}`)
		}
		event("tool-call-end", `,"index":`+n)
	}
	if !a.Fault.NoFinish {
		event("message-end", `,"delta":{`+a.cohereEnd()+`}`)
	}
	return out
}
