package gatewaytest

import "strings"

// ollamaLine is one line of an answer.
func (a *answer) ollamaLine(message, end string) string {
	return `{"model":` + quoted(a.Model) + `,"created_at":"2026-08-01T12:00:00Z","message":{"role":"assistant",` + message + `},` + end + `}`
}

// ollamaEnd is the end of an answer, with what was counted.
func (a *answer) ollamaEnd() string {
	reason := "stop"
	if a.finish() == "length" {
		reason = "length"
	}
	end := `"done":true,"done_reason":"` + reason + `"`
	if a.Fault.Usage != UsageAbsent {
		end += `,"prompt_eval_count":` + itoa(a.input()) + `,"eval_count":` + itoa(a.output())
	}
	return end
}

// ollamaCalls are the calls of tools, whose arguments are objects.
func (a *answer) ollamaCalls() string {
	var calls []string
	for _, t := range a.Tools {
		calls = append(calls, `{`+idField(t.ID)+`"function":{"name":`+quoted(t.Name)+`,"arguments":`+strings.Join(t.Args, "")+`}}`)
	}
	return `,"tool_calls":[` + strings.Join(calls, ",") + `]`
}

func (a *answer) ollamaBody() string {
	message := `"content":` + quoted(a.Text)
	if a.Reasoning != "" {
		message += `,"thinking":` + quoted(a.Reasoning)
	}
	if len(a.Tools) > 0 {
		message += a.ollamaCalls()
	}
	return a.ollamaLine(message, a.ollamaEnd())
}

func (a *answer) ollamaFrames() []frame {
	var out []frame
	line := func(message, end string) { out = append(out, frame{data: a.ollamaLine(message, end)}) }
	if a.Reasoning != "" {
		for _, p := range a.reasoningPieces() {
			line(`"content":"","thinking":`+quoted(p), `"done":false`)
		}
	}
	for _, p := range a.pieces() {
		line(`"content":`+quoted(p), `"done":false`)
	}
	if len(a.Tools) > 0 {
		line(`"content":""`+a.ollamaCalls(), `"done":false`)
	}
	if !a.Fault.NoFinish {
		line(`"content":""`, a.ollamaEnd())
	}
	return out
}
