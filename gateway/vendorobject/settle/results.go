package settle

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/dialect/gemini"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/dialect/responses"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// maxLine bounds one line of results, in bytes, and maxModels the models of one file. Beyond them the
// file does not tell what the work cost.
const (
	maxLine   = 32 << 20
	maxModels = 100
)

// usageReader adds up what the lines of a file of results say that they used: JSON lines with one answer
// each. It implements io.Writer, and never fails. The zero value is ready for use.
type usageReader struct {
	model      string // of all answers, whatever they say; "": they name theirs
	line       []byte // that has not ended
	used       []gateway.ModelUsage
	unreadable bool // some line could not be read
}

// Write implements io.Writer.
func (r *usageReader) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 && !r.unreadable {
		part, rest, ended := bytes.Cut(p, []byte{'\n'})
		if len(r.line)+len(part) > maxLine {
			r.unreadable = true
			break
		}
		r.line = append(r.line, part...)
		if ended {
			r.endLine()
		}
		p = rest
	}
	return n, nil
}

// end returns what the file said, the model that used most first. ok is false if a line could not be
// read.
func (r *usageReader) end() (used []gateway.ModelUsage, ok bool) {
	r.endLine()
	slices.SortStableFunc(r.used, func(a, b gateway.ModelUsage) int { return int(tokens(&b.Usage) - tokens(&a.Usage)) })
	return r.used, !r.unreadable
}

func tokens(u *gateway.Usage) int64 { return u.Input + u.Output }

func (r *usageReader) endLine() {
	line := bytes.TrimSpace(r.line)
	r.line = r.line[:0]
	if len(line) == 0 || r.unreadable {
		return
	}
	if !jsonx.Valid(line) {
		r.unreadable = true
		return
	}
	used := usageOfLine(line)
	for i := range used {
		if r.model != "" && i == 0 {
			used[0].Model = r.model
		}
		used[i].Model = cmp.Or(used[i].Model, used[0].Model)
		r.add(used[i])
	}
}

// add adds what one answer used.
func (r *usageReader) add(u gateway.ModelUsage) {
	for i := range r.used {
		if r.used[i].Model == u.Model && r.used[i].Usage.Terms == u.Usage.Terms {
			r.used[i].Usage.Add(&u.Usage)
			return
		}
	}
	if len(r.used) == maxModels {
		r.unreadable = true
		return
	}
	r.used = append(r.used, u)
}

// usageOfLine reads one answer: what its model used, and behind it what is billed besides. It is empty
// for a call that failed, which costs nothing.
func usageOfLine(line []byte) []gateway.ModelUsage {
	if body := jsonx.Get(line, "response", "body"); len(body) > 0 && body[0] == '{' {
		if text(body, "object") == "response" {
			return usageOf(responses.Dialect{}, body)
		}
		return usageOf(openai.Dialect{}, body)
	}
	if message := jsonx.Get(line, "result", "message"); len(message) > 0 && message[0] == '{' { // Anthropic's
		return usageOf(anthropic.Dialect{}, message)
	}
	switch answer := jsonx.Get(line, "response"); {
	case jsonx.Get(answer, "usageMetadata") != nil: // Google's
		return usageOf(gemini.Dialect{}, answer)
	case text(answer, "type") == "message": // Claude at Vertex AI
		return usageOf(anthropic.Dialect{}, answer)
	case jsonx.Get(answer, "usage") != nil: // open models there
		return usageOf(openai.Dialect{}, answer)
	}
	return usageOfVectors(jsonx.Get(line, "predictions"))
}

// usageOfVectors reads the answers of a model for embeddings at Vertex AI
// (https://cloud.google.com/vertex-ai/generative-ai/docs/embeddings/batch-prediction-genai-embeddings).
func usageOfVectors(list []byte) []gateway.ModelUsage {
	var of gateway.ModelUsage
	ok := false
	for e := range jsonx.Elements(list) {
		n := jsonx.Get(e.Value, "embeddings", "statistics", "token_count")
		ok = ok || n != nil
		of.Usage.Input += min(max(jsonx.Int(n), 0), maxVector)
	}
	if !ok {
		return nil
	}
	of.Usage.Terms.Tier = "batch"
	return []gateway.ModelUsage{of}
}

// maxVector is more tokens than a text has whose embedding is asked for.
const maxVector = 1_000_000

// usageOf is what an answer in a dialect used, as usageOfLine returns it.
func usageOf(d gateway.Dialect, body []byte) []gateway.ModelUsage {
	if len(body) == 0 || body[0] != '{' {
		return nil
	}
	c := gateway.Chunk{Raw: body, Form: gateway.FormBody, Dialect: d}
	c.Read()
	if c.Usage == nil {
		return nil
	}
	used := []gateway.ModelUsage{{Usage: *c.Usage}}
	if c.Head != nil {
		used[0].Model = c.Head.Model
	}
	if c.Cost != nil {
		used = append(used, c.Cost.Others...)
	}
	for i := range used {
		used[i].Usage.Terms.Tier = "batch"
	}
	return used
}
