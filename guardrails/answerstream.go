package guardrails

import (
	"io"
	"sync"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/guardrails/redact"
)

// answerStream folds an answer into Facts.Answer as it arrives and restores it afterwards.
type answerStream struct {
	gateway.Stream
	restorer *redact.Restorer // nil: nothing to restore
	queue    []gateway.Chunk  // restored, not yet handed on
	err      error            // ends the stream when the queue is empty

	mu     sync.Mutex // Close may be called while Next blocks
	folded *gateway.Response
	facts  *gateway.Facts
	done   bool
}

// maxRecorded is how many bytes of an answer are recorded. What is sent is not bounded.
const maxRecorded = 512 << 10

func newAnswerStream(s gateway.Stream, facts *gateway.Facts, restorer *redact.Restorer) *answerStream {
	return &answerStream{Stream: s, facts: facts, restorer: restorer, folded: &gateway.Response{Limit: maxRecorded}}
}

func (a *answerStream) Next() (gateway.Chunk, error) {
	if a.restorer == nil {
		return a.pull()
	}
	for len(a.queue) == 0 {
		if a.err != nil {
			return gateway.Chunk{}, a.err
		}
		a.queue, a.err = a.restored()
	}
	c := a.queue[0]
	a.queue = a.queue[1:]
	return c, nil
}

// restored returns the next chunks for the caller, and the error that follows them.
func (a *answerStream) restored() ([]gateway.Chunk, error) {
	c, err := a.pull()
	if err == nil {
		return a.restorer.Chunk(c)
	}
	rest, failed := a.restorer.Flush()
	if failed != nil && err == io.EOF {
		err = failed
	}
	return rest, err
}

// pull folds the next chunk before it is restored.
func (a *answerStream) pull() (c gateway.Chunk, err error) {
	c, err = a.Stream.Next()
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case err != nil:
		a.settle()
	case !a.done:
		a.folded.Fold(c)
	}
	return c, err
}

func (a *answerStream) Close() error {
	err := a.Stream.Close()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.settle()
	return err
}

// settle hands the answer to Facts once, also if it is incomplete.
func (a *answerStream) settle() {
	if !a.done {
		a.done, a.facts.Answer = true, a.folded
	}
}
