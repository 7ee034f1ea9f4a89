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

// Codec writes the requests and reads the answers of vendors with one wire format. It does
// no I/O, gets no credential and is shared by all calls.
type Codec interface {
	// Format returns the dialect of requests and answers.
	Format() dialect.TargetFormat
	// Request writes a request in that dialect as an HTTP request, not signed yet. It returns the
	// body too.
	Request(t *gateway.Target, req *gateway.Request) (r *http.Request, body []byte, err error)
	// Decoder returns a decoder for the answer of one successful call.
	Decoder(req *gateway.Request) Decoder
	// Error decodes an answer with an error status. It sets Kind, Status, Public, Param,
	// Code and Type; the client sets the other fields.
	Error(status int, header http.Header, body []byte) *gateway.Error
}

// headerReader is a Decoder of a format in which the header of an answer tells a part of its usage.
type headerReader interface {
	// Header is called before the other methods.
	Header(h http.Header)
}

// Decoder decodes one answer: call either Body once, or Feed for each frame and then End.
// Chunks are valid until the next call. A Decoder is not safe for concurrent use.
type Decoder interface {
	// Feed decodes one frame of a stream. It returns io.EOF with the last chunks if the
	// frame was the dialect's end mark.
	Feed(frame Frame) ([]gateway.Chunk, error)
	// End is called if the frames ended without the dialect's end mark. It returns the
	// chunks that complete the answer, or an error if the answer is incomplete.
	End() ([]gateway.Chunk, error)
	// Body decodes a unary answer.
	Body(body []byte) (gateway.Chunk, error)
}

// Frame is one unit of a streamed body. It is valid until the next one is read.
type Frame = sse.Event

// Framing splits a streamed body into frames. It does not interpret them.
type Framing interface {
	// Frames returns a reader of body's frames. A frame larger than limit bytes is an error.
	Frames(body io.Reader, limit int) FrameReader
}

// FrameReader reads the frames of one body.
type FrameReader interface {
	Next() (Frame, error) // io.EOF after the last frame
	Ready() bool          // Next returns a frame without reading; earlier frames then stay valid
	Release()             // releases the buffer; frames are no longer valid
}

// framed is implemented by a Codec whose streams are no server-sent events.
type framed interface{ Framing() Framing }

// framingOf is the framing of a codec's streams.
func framingOf(c Codec) Framing {
	if f, ok := c.(framed); ok {
		return f.Framing()
	}
	return eventStream{}
}

// eventStream is the framing of server-sent events.
type eventStream struct{}

func (eventStream) Frames(body io.Reader, limit int) FrameReader { return sse.NewReader(body, limit) }

// userAgent is the User-Agent of every call. It does not identify the caller.
const userAgent = "sluice"

// newPost returns a POST of a JSON body. GetBody stays nil on purpose: with it, the
// transport would resend the request by itself after a stale connection fails. Only Router's
// retry policy decides whether a call is repeated.
//
// The transport resends after GOAWAY and REFUSED_STREAM, which say that nothing was processed,
// and also after a PROTOCOL_ERROR from the vendor, which does not. Its errors are of types that
// it does not export, so Router cannot tell these cases apart either and repeats none of them
// unless the config asks for it.
func newPost(to *url.URL, body []byte, stream bool) *http.Request {
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
