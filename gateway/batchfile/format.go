package batchfile

import (
	"slices"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/gemini"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/dialect/responses"
	"github.com/sluicegate/sluice/gateway/dialect/task"
	"github.com/sluicegate/sluice/gateway/vendorobject"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Format is how the lines of a file say what they ask.
type Format int

// The formats. A line of Mistral's and Gemini's need not name the model: the job does.
const (
	OpenAI  Format = iota // also Azure's: https://platform.openai.com/docs/api-reference/batch/request-input
	Mistral               // https://docs.mistral.ai/capabilities/batch
	Gemini                // https://ai.google.dev/gemini-api/docs/batch-api
)

// JobModel stands in [vendorobject.Batch] for the model that the job names. All calls of a file without
// models of its lines are counted as calls of it.
const JobModel = ""

// operation is what a call asks, by its "url".
type operation struct {
	dialect gateway.Dialect
	op      gateway.Op
}

// operations are those of OpenAI; Azure's have no version.
var operations = map[string]operation{
	"/chat/completions": {openai.Dialect{}, gateway.OpChat},
	"/responses":        {responses.Dialect{}, gateway.OpChat},
	"/completions":      {task.Dialect{Op: gateway.OpCompletions}, gateway.OpCompletions},
	"/embeddings":       {openai.Dialect{}, gateway.OpEmbeddings},
	"/moderations":      {task.Dialect{Op: gateway.OpModeration}, gateway.OpModeration},
}

// request is the call that a line asks for. why says in a predicate why nobody knows.
func (f Format) request(line []byte) (req *gateway.Request, why string) {
	member := f.member()
	body := jsonx.Get(line, member)
	asked, why := f.operation(line, body)
	if why != "" {
		return nil, why
	}
	req, err := gateway.NewRequest(asked.dialect, asked.op, body)
	if err != nil {
		return nil, "has no " + member + " that every vendor reads alike"
	}
	return req, ""
}

// operation is what the body of a line asks. Only OpenAI's lines say it.
func (f Format) operation(line, body []byte) (asked operation, why string) {
	has := func(name string) bool { return jsonx.Get(body, name) != nil }
	switch {
	case f == OpenAI:
		url := jsonx.String(jsonx.Get(line, "url"))
		asked, known := operations[strings.TrimPrefix(url, "/v1")]
		if !known {
			return asked, "asks '" + gateway.Shorten(url) + "'"
		}
		return asked, ""
	case f == Gemini && has("content") && !has("contents"):
		return operation{gemini.Dialect{}, gateway.OpEmbeddings}, ""
	case f == Gemini:
		return operation{gemini.Dialect{}, gateway.OpChat}, ""
	case has("messages"):
		return operations["/chat/completions"], ""
	case has("prompt"):
		return operations["/completions"], ""
	case has("input"):
		return operations["/embeddings"], ""
	}
	return asked, "has no 'messages', 'prompt' or 'input' in its body"
}

// models are the names of models as prices have them.
func (f Format) models(names []string) []string {
	if f == Gemini {
		names = slices.Clone(names)
		for i := range names {
			names[i] = strings.TrimPrefix(names[i], "models/")
		}
	}
	return names
}

// Inline is what the calls in a list of a body can use, whose elements are like the lines of a file. body
// was checked.
func Inline(f Format, list []byte) vendorobject.Batch {
	c := Counter{Format: f, part: "requests[%d]", lines: -1}
	for e := range jsonx.Elements(list) {
		c.lines++
		if c.call(e.Value); c.batch.Unbounded != "" {
			return c.batch
		}
	}
	if len(c.batch.Calls) == 0 {
		return vendorobject.Batch{Unbounded: "The batch has no calls in 'requests'."}
	}
	c.batch.Objects = nil // the body is checked like that of any call
	return c.batch
}

// Of is a batch whose job asks a model. Calls that name that model are counted already.
func Of(b vendorobject.Batch, model string) vendorobject.Batch {
	b.Calls = slices.Clone(b.Calls)
	b.Calls = slices.DeleteFunc(b.Calls, func(of gateway.CallsOf) bool { return of.Model == model && model != JobModel })
	for i := range b.Calls {
		if b.Calls[i].Model == JobModel {
			b.Calls[i].Model = model
		}
	}
	return b
}
