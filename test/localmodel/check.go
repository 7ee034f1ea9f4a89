package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/tidwall/gjson"
)

// check compares what the client understood and what the log says with what the server answered.
type check struct {
	testCase
	format string       // the virtual key
	got    gjson.Result // from client.mjs
	row    gjson.Result // of the log
	calls  []recorded
	notes  []string // of the table's cell
	wrong  []string
}

func (k *check) note(format string, args ...any) {
	k.notes = append(k.notes, fmt.Sprintf(format, args...))
}
func (k *check) fault(format string, args ...any) {
	k.wrong = append(k.wrong, fmt.Sprintf(format, args...))
}

// same checks that a value is what it should be.
func (k *check) same(what string, got, want any) {
	if got != want {
		k.fault("%s is %v, want %v", what, got, want)
	}
}

// all checks the case.
func (k *check) all() {
	if len(k.calls) == 0 {
		k.fault("the server was not called")
		return
	}
	call := k.calls[len(k.calls)-1]
	said := call.read()
	switch k.kind {
	case unknown:
		k.refused(&call)
		return
	case cancelled:
		k.left(&call, said)
		return
	}
	k.same("error", k.got.Get("error").Raw, "")
	k.same("status of the server", call.status, 200)
	k.note("%d+%d", said.usage[0], said.usage[1])
	if said.usage[0] == 0 {
		k.fault("the server told no usage: %.300s", call.body.String())
	}
	usage := k.got.Get("usage").Array()
	if len(usage) != 2 || usage[0].Int() != said.usage[0] || usage[1].Int() != said.usage[1] {
		k.fault("the client was told the usage %s, the server's is %v", k.got.Get("usage").Raw, said.usage)
	}
	k.logged(said.usage, "reported")
	if k.kind == vectors {
		list := k.got.Get("vector").Array()
		if len(list) != 2 || list[0].Int() == 0 || list[0].Int() != list[1].Int() {
			k.fault("the vectors have the lengths %s", k.got.Get("vector").Raw)
		}
		k.note("2 vectors of %s", k.got.Get("vector.0"))
		return
	}
	k.answered(said)
}

// answered checks the text, the reason of the end, and the call of a tool.
func (k *check) answered(said answer) {
	reason := said.finish
	if said.called {
		reason = "tool_calls"
	}
	k.same("text", k.got.Get("text").String(), said.text)
	k.same("finish", k.got.Get("finish").String(), k.finish[reason])
	k.note("%s", k.got.Get("finish"))
	switch {
	case k.reason == "length" && k.format == "openai" && reason == "stop":
		k.note("(limit ignored)") // Ollama knows max_tokens only, and nobody has told Sluice that it is Ollama
	case k.reason != "":
		k.same("reason of the end", reason, k.reason)
	}
	switch k.kind {
	case schema:
		if !gjson.Valid(said.text) || gjson.Get(said.text, "city").Type != gjson.String {
			k.fault("the text is no object with a city: %s", said.text)
		}
	case tool:
		if !said.called {
			k.fault("the model has called no tool: %s", said.text)
			return
		}
		k.same("tool", k.got.Get("tool.name").String(), "get_weather")
		k.same("argument", gjson.Get(k.got.Get("tool.args").String(), "city").String(), gjson.Get(said.args, "city").String())
		k.note("%s", said.args)
	}
}

// logged checks the row: tokens as the server counts them, and the cost to the billionth of a USD.
func (k *check) logged(usage [2]int64, basis string) {
	in, out := k.row.Get("usage.input_tokens").Int(), k.row.Get("usage.output_tokens").Int()
	k.same("input tokens of the row", in, usage[0])
	k.same("output tokens of the row", out, usage[1])
	k.same("cost of the row", k.row.Get("cost_nano_usd").Int(), in*inputPrice+out*outputPrice)
	k.same("cost_basis of the row", k.row.Get("cost_basis").String(), basis)
	k.same("cost_state of the row", k.row.Get("cost_state").String(), "known")
	k.same("status of the row", k.row.Get("status").Int(), int64(200))
}

// refused checks the error for a model that the server does not have.
func (k *check) refused(call *recorded) {
	k.same("status of the server", call.status, 404)
	k.same("status of the row", k.row.Get("status").Int(), int64(404))
	k.same("cost of the row", k.row.Get("cost_nano_usd").Int(), int64(0))
	e := k.got.Get("error")
	k.same("status of the client", e.Get("status").Int(), int64(404))
	class := map[string]string{"chat": "NotFoundError", "responses": "NotFoundError", "messages": "NotFoundError", "gemini": "ApiError"}[k.surface]
	k.same("error of the client", e.Get("class").String(), class)
	if !strings.Contains(e.Get("message").String(), "nobody") {
		k.fault("the message does not name the model: %s", e.Get("message"))
	}
	k.note("404 %s", e.Get("class"))
}

// left checks a call whose caller has left: what arrived is counted.
func (k *check) left(call *recorded, said answer) {
	if call.ended {
		k.fault("the answer came to its end before the caller left")
	}
	if !strings.HasPrefix(said.text, k.got.Get("text").String()) {
		k.fault("the caller got %s", k.got.Get("text"))
	}
	in, out := k.row.Get("usage.input_tokens").Int(), k.row.Get("usage.output_tokens").Int()
	k.logged([2]int64{in, out}, "counted")
	if in == 0 || out == 0 {
		k.fault("the row has %d tokens of input and %d of output", in, out)
	}
	k.note("%d+%d counted, %d pieces came", in, out, said.pieces)
}

// stopped checks that the model works no more once its caller has left. before is what it had worked
// when the caller's program ended.
func (k *check) stopped(ctx context.Context, s *server, before time.Duration) {
	const quiet = time.Second
	for end := time.Now().Add(rowTime); ; {
		now := s.busy()
		select {
		case <-time.After(quiet):
		case <-ctx.Done():
			return
		}
		if s.busy()-now < quiet/20 {
			k.note("stopped,")
			return
		}
		if time.Now().After(end) {
			k.fault("the model still works %v after the caller left: %v", rowTime, s.busy()-before)
			return
		}
	}
}
