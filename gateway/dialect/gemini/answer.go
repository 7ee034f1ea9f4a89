package gemini

import (
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Read implements gateway.AnswerFormat. Each part of each candidate has one delta; At counts
// them over all candidates. The last one has the finish reason; a candidate without parts
// has a delta for it alone. The index of a function call is that in this chunk: the Decoder
// counts on over a stream.
func (Dialect) Read(c *gateway.Chunk) {
	c.Head, c.Deltas, c.Usage = nil, nil, nil
	root := gjson.ParseBytes(c.Raw)
	if !root.IsObject() {
		return
	}
	f := fieldsOf(root)
	c.Head = &gateway.AnswerHead{ID: f.text("responseId"), Model: f.text("modelVersion")}
	if c.Usage = readUsage(f["usageMetadata"]); c.Usage != nil {
		c.Usage.Searches = searches(f)
	}
	at := 0
	for i, v := range elements(f["candidates"]) {
		c.Deltas = append(c.Deltas, readCandidate(v, i, &at)...)
	}
	if blocked(f) {
		c.Deltas = append(c.Deltas, gateway.Delta{At: at, Finish: "content_filter"})
	}
}

// blocked reports whether an answer has no candidate because the prompt was blocked.
func blocked(f fields) bool {
	return len(elements(f["candidates"])) == 0 && text(f["promptFeedback"].Get("blockReason")) != ""
}

// readCandidate reads one candidate. position is its index unless it says another.
func readCandidate(v gjson.Result, position int, at *int) []gateway.Delta {
	f := fieldsOf(v)
	choice := position
	if index := f["index"]; index.Type == gjson.Number {
		choice = int(index.Int())
	}
	var out []gateway.Delta
	calls := 0
	for _, p := range elements(f["content"].Get("parts")) {
		d := gateway.Delta{At: *at, Choice: choice}
		*at++
		readPart(&d, fieldsOf(p), calls)
		calls += len(d.Tools)
		out = append(out, d)
	}
	if finish := f.text("finishReason"); finish != "" && finish != "FINISH_REASON_UNSPECIFIED" {
		if len(out) == 0 {
			out = append(out, gateway.Delta{At: *at, Choice: choice})
		}
		out[len(out)-1].Finish = finishOf(finish, calls > 0)
	}
	return out
}

func readPart(d *gateway.Delta, part fields, calls int) {
	if call := part["functionCall"]; call.IsObject() {
		f := fieldsOf(call)
		args := string(f.object("args"))
		if args == "" {
			args = "{}"
		}
		d.Tools = []gateway.ToolDelta{{Index: calls, ID: f.text("id"), Name: f.text("name"), Args: args}}
		return
	}
	if part["thought"].Type == gjson.True {
		d.Reasoning = part.text("text")
	} else {
		d.Text = part.text("text")
	}
}

// ModelOutput implements gateway.AnswerFormat.
func (Dialect) ModelOutput(body []byte) []byte {
	if v := jsonx.Get(body, "candidates"); v != nil {
		return v
	}
	return body
}
