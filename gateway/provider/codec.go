package provider

import (
	"bytes"
	"io"
	"net/http"
	"net/url"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect"
	"github.com/sluicegate/sluice/gateway/sse"
)

// Codec writes the calls and reads the answers of the vendors with one wire format. It does
// no I/O, knows no credential and is shared by all calls.
type Codec interface {
	// Format is the dialect that requests must be in and that answers come in.
	Format() dialect.Format
	// Request writes the call of a request in that dialect. It is not signed.
	Request(t *gateway.Target, req *gateway.Request) (*http.Request, error)
	// Decoder reads the answer to one call that succeeded.
	Decoder(req *gateway.Request) Decoder
	// Error reads an answer with an error status. Kind, Status, Public, Param, Code and
	// Type are set; the client adds the rest.
	Error(status int, header http.Header, body []byte) *gateway.Error
}

// Decoder reads one answer: either Body once, or Feed for each frame and then End. Chunks
// are valid until the next call. It is for one goroutine.
type Decoder interface {
	// Feed takes one frame of a stream. io.EOF, beside the frame's last chunks: it was the
	// dialect's end mark, nothing that matters follows.
	Feed(frame Frame) ([]gateway.Chunk, error)
	// End takes the end of the frames where none was the dialect's end mark. It returns the
	// chunks that close the answer, or what is missing.
	End() ([]gateway.Chunk, error)
	// Body takes a whole unary answer.
	Body(body []byte) (gateway.Chunk, error)
}

// Frame is one unit of a streamed body, valid until the next one is read.
type Frame = sse.Event

// Framing cuts a streamed body into frames. It knows nothing of what they say.
type Framing interface {
	// Frames reads body; a frame larger than limit bytes is an error.
	Frames(body io.Reader, limit int) FrameReader
}

// FrameReader reads the frames of one body.
type FrameReader interface {
	Next() (Frame, error) // io.EOF after the last one
	Release()             // gives the memory back; no frame is valid any longer
}

// eventStream is the framing of server-sent events.
type eventStream struct{}

func (eventStream) Frames(body io.Reader, limit int) FrameReader { return sse.NewReader(body, limit) }

// userAgent is what vendors see; it tells them nothing about the caller.
const userAgent = "sluice"

// post is a POST of a JSON body. GetBody stays nil on purpose: with it the transport would
// repeat a POST by itself when an idle connection turns out to be closed, and whether a
// call may be repeated is decided by Router's retry policy alone.
func post(to *url.URL, body []byte, stream bool) *http.Request {
	accept := "application/json"
	if stream {
		accept = sse.ContentType
	}
	return &http.Request{
		Method: http.MethodPost, URL: to, Host: to.Host, ContentLength: int64(len(body)),
		Body:   io.NopCloser(bytes.NewReader(body)),
		Header: http.Header{"Content-Type": {"application/json"}, "Accept": {accept}, "User-Agent": {userAgent}},
	}
}
