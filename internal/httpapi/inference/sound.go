package inference

import (
	"io"
	"net/http"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
)

// sound runs the pipeline and sends an answer that is no text as it comes. An answer that breaks
// off has no end of its body, so that nobody takes it for a whole one.
func (s *surfaces) sound(c *httpapi.Call) error {
	stream, chunk, err := s.ask(c)
	if err != nil {
		return err
	}
	defer stream.Close()
	if chunk.Form != gateway.FormBytes {
		return s.sendBody(c, stream, chunk, taskWire(gateway.OpSpeech))
	}
	c.SetRoutingHeaders()
	c.SetHeader("Content-Type", chunk.ContentType)
	c.Writer().WriteHeader(c.Exchange.Facts.Status)
	for err == nil {
		if _, err = c.Writer().Write(chunk.Raw); err != nil {
			return nil // the caller has left
		}
		if !chunk.More {
			_ = c.Flush() // the next write fails as well
		}
		chunk, err = stream.Next()
	}
	if err != io.EOF {
		panic(http.ErrAbortHandler)
	}
	return nil
}
