package inference

import (
	"bytes"
	"io"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
)

// stream sends the answer as server-sent events. chunk is the first one.
func (s *surfaces) stream(c *httpapi.Call, w wire, stream gateway.Stream, chunk gateway.Chunk) error {
	if chunk.Form == gateway.FormBody {
		return s.replay(c, w, stream, chunk)
	}
	out := s.events(c, w)
	defer out.finish()
	var err error
	for err == nil {
		if err = out.chunk(&chunk); err != nil {
			return nil // the caller has left
		}
		chunk, err = stream.Next()
	}
	if err == io.EOF {
		out.end()
	} else if !c.CallerGone() {
		out.fail(gateway.AsError(err))
	}
	return nil
}

// replay sends a body that came whole as events. As with a body that is sent as such, nothing
// goes out before the stream has ended well.
func (s *surfaces) replay(c *httpapi.Call, w wire, stream gateway.Stream, chunk gateway.Chunk) error {
	events, err := c.Exchange.Request.Dialect.Events(chunk.Raw, c.Exchange.Request.WantsUsage())
	if err == nil {
		err = drain(stream)
	}
	if err != nil {
		return unanswered(c, err)
	}
	out := s.events(c, w)
	defer out.finish()
	for i := range events {
		if out.chunk(&events[i]) != nil {
			return nil
		}
	}
	out.end()
	return nil
}

// oneLine is raw JSON without line ends. Those can only be white space, and many clients read
// one data line per event.
func oneLine(raw []byte) []byte {
	if !bytes.ContainsAny(raw, "\r\n") {
		return raw
	}
	return bytes.Map(func(r rune) rune {
		if r == '\n' || r == '\r' {
			return ' '
		}
		return r
	}, raw)
}
