package output

import (
	"io"
	"net/http"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
)

// Sound runs the pipeline and sends an answer that is no text as it comes.
func (s Server) Sound(c *httpapi.Call) error {
	stream, chunk, err := s.Ask(c)
	if err != nil {
		return err
	}
	defer stream.Close()
	if chunk.Form != gateway.FormBytes {
		return s.sendBody(c, stream, chunk, Task(gateway.OpSpeech))
	}
	return SendPieces(c, stream, chunk)
}

// foreign are the headers of an answer whose media type a vendor chose. A browser that is led to such
// an answer, by a link with ?key= for example, must not run it as a page of this server: a script there
// would act with the session of whoever follows the link.
var foreign = http.Header{
	"Content-Security-Policy": {"sandbox; default-src 'none'; frame-ancestors 'none'"},
	"X-Content-Type-Options":  {"nosniff"},
}

// SendPieces sends an answer that comes in pieces. One that breaks off has no end of its body, so that
// nobody takes it for a whole one.
func SendPieces(c *httpapi.Call, stream gateway.Stream, chunk gateway.Chunk) error {
	c.SetRoutingHeaders()
	c.SetHeaders(foreign)
	if chunk.ContentType != "" {
		c.SetHeader("Content-Type", chunk.ContentType)
	}
	c.Writer().WriteHeader(c.Exchange.Facts.Status)
	var err error
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
