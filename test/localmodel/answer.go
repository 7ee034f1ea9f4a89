package main

import (
	"strings"

	"github.com/tidwall/gjson"
)

// answer is what the server said in one call, in either of its formats.
type answer struct {
	text   string
	usage  [2]int64 // tokens of input and output
	finish string   // "stop", "length", "" = it did not say
	called bool     // a tool is called
	args   string   // of that call
	pieces int      // of the text
}

// read reads the recorded answer: one JSON document, lines of them, or events that hold them.
func (r *recorded) read() answer {
	var a answer
	for line := range strings.SplitSeq(r.body.String(), "\n") {
		line = strings.TrimPrefix(line, "data: ")
		if !gjson.Valid(line) {
			continue
		}
		a.native(gjson.Parse(line))
		a.compatible(gjson.Parse(line))
	}
	return a
}

// native takes a document in Ollama's format.
func (a *answer) native(v gjson.Result) {
	a.piece(v.Get("message.content").String())
	if v.Get("prompt_eval_count").Exists() {
		a.usage = [2]int64{v.Get("prompt_eval_count").Int(), v.Get("eval_count").Int()}
	}
	if reason := v.Get("done_reason").String(); reason != "" {
		a.finish = reason
	}
	a.call(v.Get("message.tool_calls.0.function.arguments").Raw)
}

// compatible takes a document in OpenAI's format.
func (a *answer) compatible(v gjson.Result) {
	choice := v.Get("choices.0")
	a.piece(choice.Get("message.content").String() + choice.Get("delta.content").String() + choice.Get("text").String())
	if v.Get("usage.prompt_tokens").Exists() {
		a.usage = [2]int64{v.Get("usage.prompt_tokens").Int(), v.Get("usage.completion_tokens").Int()}
	}
	if reason := choice.Get("finish_reason").String(); reason != "" {
		a.finish = reason
	}
	a.call(choice.Get("message.tool_calls.0.function.arguments").String() + choice.Get("delta.tool_calls.0.function.arguments").String())
}

func (a *answer) piece(text string) {
	if text != "" {
		a.text += text
		a.pieces++
	}
}

func (a *answer) call(args string) {
	if args != "" {
		a.called, a.args = true, args
	}
}
