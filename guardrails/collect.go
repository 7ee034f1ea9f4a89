package guardrails

import (
	"io"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// maxAnswer is the size of the largest answer that output guardrails judge, in bytes. A
// larger one is denied.
const maxAnswer = 32 << 20

// whole is a complete answer.
type whole struct {
	folded gateway.Response
	chunks []gateway.Chunk // owned copies
}

// collect reads s to its end and closes it.
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

// keep returns a copy of c that shares no memory with its stream.
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
