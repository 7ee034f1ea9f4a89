package output

import (
	"bytes"
	"io"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
)

// Stream runs the pipeline and writes its answer as events.
func (s Server) Stream(c *httpapi.Call, w Wire) error {
	out := s.events(c, w)
	defer out.finish()
	c.Exchange.ErrorStatus = out.errorStatus
	stream, chunk, err := s.Ask(c)
	if err != nil {
		return out.refuse(err)
	}
	defer stream.Close()
	if chunk.Form == gateway.FormBody {
		return replay(out, stream, chunk)
	}
	return forward(out, stream, chunk)
}

// forward sends an answer that comes as events. chunk is the first one.
func forward(out *events, stream gateway.Stream, chunk gateway.Chunk) error {
	out.begin()
	var err error
	for err == nil {
		if err = out.chunk(&chunk); err != nil {
			return nil // the caller has left
		}
		chunk, err = stream.Next()
	}
	if err == io.EOF {
		out.end()
	} else if !out.call.CallerGone() {
		out.fail(gateway.AsError(err))
	}
	return nil
}

// replay sends a body that came whole as events. As with a body that is sent as such, nothing
// but keep-alives goes out before the stream has ended well.
func replay(out *events, stream gateway.Stream, chunk gateway.Chunk) error {
	request := out.call.Exchange.Request
	events, err := request.Dialect.Events(chunk.Raw, request.WantsUsage())
	if err == nil {
		err = Drain(stream)
	}
	if err != nil {
		return out.refuse(Unanswered(out.call, err))
	}
	out.begin()
	for i := range events {
		if out.chunk(&events[i]) != nil {
			return nil
		}
	}
	out.end()
	return nil
}

// refuse ends a stream that failed before its first event: with an answer of its own status, or
// with an error event if a keep-alive was sent.
func (e *events) refuse(err error) error {
	if err == httpapi.ErrCallerGone || !e.hasBegun() {
		return err
	}
	e.fail(gateway.AsError(err))
	return nil
}

// oneLine is raw JSON without line ends. Those can only be white space, and many clients read
// one data line per event.
func oneLine(raw []byte) []byte {
	if bytes.IndexByte(raw, '\n') < 0 && bytes.IndexByte(raw, '\r') < 0 {
		return raw
	}
	return bytes.Map(func(r rune) rune {
		if r == '\n' || r == '\r' {
			return ' '
		}
		return r
	}, raw)
}

// Replay sends the events of an answer that is known, those up to the number after left out.
func (s Server) Replay(c *httpapi.Call, w Wire, list []gateway.Chunk, after int64) {
	out := s.events(c, w)
	defer out.finish()
	out.begin()
	for i := range list {
		if int64(i) <= after {
			out.numbering.next = int64(i) + 1
			continue
		}
		if out.chunk(&list[i]) != nil {
			return // the caller has left
		}
	}
	out.end()
}
