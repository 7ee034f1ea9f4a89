package guardrails

import (
	"io"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/guardrails/answertext"
)

// maxAnswer is the size of the largest answer that output guardrails judge, in bytes. A
// larger one is denied.
const maxAnswer = 32 << 20

// whole is a complete answer.
type whole struct {
	folded gateway.Response
	texts  answertext.List
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
		if w.texts.Add(&c); w.texts.TooMany {
			return nil, &gateway.Error{Op: "guardrails.collect", Kind: gateway.Denied, Code: "guardrail_denied",
				Public: "The answer has more texts than guardrails can judge (100,000)."}
		}
		w.chunks = append(w.chunks, c.Clone())
	}
}

// dialect is that of the answer's events; nil if it has none.
func (w *whole) dialect() gateway.Dialect {
	for i := range w.chunks {
		if d := w.chunks[i].Dialect; d != nil {
			return d
		}
	}
	return nil
}
