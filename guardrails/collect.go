package guardrails

import (
	"io"
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/guardrails/checks"
)

// maxAnswer bounds an answer that is held for its guardrails. What they cannot see whole
// does not go out.
const maxAnswer = 32 << 20

// whole is an answer taken to its end.
type whole struct {
	folded gateway.Response
	chunks []gateway.Chunk // copies
}

// collect drains and closes s.
func collect(s gateway.Stream) (*whole, error) {
	defer s.Close()
	w := &whole{}
	for size := 0; ; {
		c, err := s.Next()
		if err == io.EOF {
			return w, nil
		}
		if err != nil {
			return nil, err
		}
		if size += len(c.Raw); size > maxAnswer {
			return nil, &gateway.Error{Op: "guardrails.collect", Kind: gateway.Denied, Code: "guardrail_denied",
				Public: "The answer is longer than guardrails can judge (32 MiB)."}
		}
		w.folded.Fold(c)
		w.chunks = append(w.chunks, keep(c))
	}
}

// keep copies c out of memory that its stream will use again.
func keep(c gateway.Chunk) gateway.Chunk {
	c.Raw = append([]byte(nil), c.Raw...)
	if c.Usage != nil {
		u := *c.Usage
		c.Usage = &u
	}
	c.Deltas = append([]gateway.Delta(nil), c.Deltas...)
	for i := range c.Deltas {
		d := &c.Deltas[i]
		d.Text, d.Reasoning, d.Refusal, d.Finish = strings.Clone(d.Text), strings.Clone(d.Reasoning), strings.Clone(d.Refusal), strings.Clone(d.Finish)
		d.Tools = append([]gateway.ToolDelta(nil), d.Tools...)
		for k := range d.Tools {
			t := &d.Tools[k]
			t.ID, t.Name, t.Args = strings.Clone(t.ID), strings.Clone(t.Name), strings.Clone(t.Args)
		}
	}
	return c
}

// answered is the answer as guardrails see it: one unit per choice.
func answered(r *gateway.Response) []checks.Content {
	out := make([]checks.Content, 0, max(len(r.Choices), 1))
	for i := range r.Choices {
		c := &r.Choices[i]
		u := checks.Content{Output: true, Parts: decoded([]checks.Part{{Path: "text", Role: "assistant", Text: c.Text()}})}
		add := func(path, text string) {
			if text != "" {
				u.Parts = decoded(append(u.Parts, checks.Part{Path: path, Role: "assistant", Text: text}))
			}
		}
		add("reasoning", c.Reasoning())
		add("refusal", c.Refusal())
		for k, t := range c.Tools {
			add("tools["+strconv.Itoa(k)+"].arguments", t.Args)
		}
		out = append(out, u)
	}
	if len(out) == 0 {
		out = append(out, checks.Content{Output: true})
	}
	return out
}

// decoded adds what the last part says without escapes, where it is JSON with some.
func decoded(parts []checks.Part) []checks.Part {
	last := parts[len(parts)-1]
	if strings.IndexByte(last.Text, '\\') < 0 || !isJSON(last.Text) {
		return parts
	}
	var b strings.Builder
	rewrite(last.Text, 0, func(_, value string, _ bool) (string, bool) {
		b.WriteString(value)
		b.WriteByte('\n')
		return "", false
	})
	last.Text, last.Decoded = b.String(), true
	return append(parts, last)
}
