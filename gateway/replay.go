package gateway

import "encoding/json"

// Events is the answer as the events of a streamed chat completion: for each choice a
// role, what it thought, said and called, and its finish reason; then the usage, if the
// caller asked for it.
func (r *Response) Events(usage bool) []Chunk {
	var out []Chunk
	event := func(d Delta, w wireDelta, finish string) {
		c := completion{ID: r.ID, Object: "chat.completion.chunk", Created: r.Created, Model: r.Model,
			Choices: []wireChoice{{Index: d.Choice, Delta: &w, Finish: nilable(finish)}}}
		d.Finish = finish
		raw, _ := json.Marshal(c.event())
		out = append(out, Chunk{Deltas: []Delta{d}, Raw: raw})
	}
	for i := range r.Choices {
		c := &r.Choices[i]
		empty := ""
		event(Delta{Choice: c.Index}, wireDelta{Role: "assistant", Content: &empty}, "")
		if s := c.Reasoning(); s != "" {
			event(Delta{Choice: c.Index, Reasoning: s}, wireDelta{Reasoning: s}, "")
		}
		if s := c.Text(); s != "" {
			event(Delta{Choice: c.Index, Text: s}, wireDelta{Content: &s}, "")
		}
		if s := c.Refusal(); s != "" {
			event(Delta{Choice: c.Index, Refusal: s}, wireDelta{Refusal: s}, "")
		}
		for n, t := range c.Tools {
			event(Delta{Choice: c.Index, Tools: []ToolDelta{{Index: n, ID: t.ID, Name: t.Name, Args: t.Args}}},
				wireDelta{Tools: []wireTool{{Index: &n, ID: t.ID, Type: "function", Function: wireFunction{t.Name, t.Args}}}}, "")
		}
		event(Delta{Choice: c.Index}, wireDelta{}, c.Finish)
	}
	if usage && r.Usage != nil {
		c := completion{ID: r.ID, Object: "chat.completion.chunk", Created: r.Created, Model: r.Model, Choices: []wireChoice{}, Usage: r.Usage.wire()}
		raw, _ := json.Marshal(c.event())
		out = append(out, Chunk{Usage: r.Usage, Raw: raw})
	}
	return out
}

// event is c without system_fingerprint, which strict clients refuse as null in a chunk.
func (c completion) event() any {
	return struct {
		ID      string       `json:"id"`
		Object  string       `json:"object"`
		Created int64        `json:"created"`
		Model   string       `json:"model"`
		Choices []wireChoice `json:"choices"`
		Usage   *wireUsage   `json:"usage,omitempty"`
	}{c.ID, c.Object, c.Created, c.Model, c.Choices, c.Usage}
}
