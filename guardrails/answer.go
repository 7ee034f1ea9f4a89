package guardrails

import (
	"io"
	"sync"

	"github.com/sluicegate/sluice/gateway"
)

// answer is the stream on its way out of Redact: folded as it came, then restored.
type answer struct {
	gateway.Stream
	back  *restorer // nil: nothing to put back
	queue []gateway.Chunk
	err   error // what ended the stream, once queue is empty

	mu     sync.Mutex // Close may be called while Next blocks
	folded *gateway.Response
	facts  *gateway.Facts
	done   bool
}

func (a *answer) Next() (gateway.Chunk, error) {
	if a.back == nil {
		return a.pull()
	}
	for len(a.queue) == 0 {
		if a.err != nil {
			return gateway.Chunk{}, a.err
		}
		c, err := a.pull()
		if err == nil {
			a.queue, err = a.back.chunk(a.queue[:0], c)
		} else {
			var failed error
			if a.queue, failed = a.back.flush(a.queue[:0]); failed != nil && err == io.EOF {
				err = failed
			}
		}
		a.err = err
	}
	c := a.queue[0]
	a.queue = a.queue[1:]
	return c, nil
}

// pull takes the next chunk and folds it before anybody changes it.
func (a *answer) pull() (gateway.Chunk, error) {
	c, err := a.Stream.Next()
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

func (a *answer) Close() error {
	err := a.Stream.Close()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.settle()
	return err
}

// settle hands the answer to Facts, once: all of it, or what came before it broke off.
func (a *answer) settle() {
	if a.done {
		return
	}
	a.done = true
	if a.facts.Answer == nil { // else it was folded further in, before more was restored
		a.facts.Answer = a.folded
	}
}
