package codec

import (
	"bytes"
	"io"
	"net/http"
	"net/url"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect"
	"github.com/sluicegate/sluice/gateway/sse"
)

// Codec writes the requests and reads the answers of vendors with one wire format.
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

// The optional abilities of a Codec.
type (
	// HeaderWriter is a Codec of a format that has some of the caller's headers in the body.
	HeaderWriter interface {
		// WithHeaders returns the request with these headers in the body.
		WithHeaders(req *gateway.Request, header http.Header) (*gateway.Request, error)
	}
	// BillingLineDropper is a Codec that may remove a line which Claude Code writes about itself.
	BillingLineDropper interface {
		// DropsBillingLine reports whether a target does not get Claude Code's billing line.
		DropsBillingLine(t *gateway.Target) bool
	}
	// RoundTripper is a Codec whose answers take more than one call.
	RoundTripper interface {
		// RoundTrip makes the calls, and returns what one call would have answered. limit bounds an
		// answer, in bytes.
		RoundTrip(transport http.RoundTripper, r *http.Request, limit int64) (*http.Response, error)
	}
)

// The optional abilities of a Decoder.
type (
	// HeaderReader is a Decoder of a format in which the header of an answer tells a part of its usage.
	HeaderReader interface {
		// Header is called before the other methods.
		Header(h http.Header)
	}
	// FrameDivider is a Decoder of answers that may be divided into frames in another way than the
	// format's, such as the bytes of a file.
	FrameDivider interface {
		// Frames returns the frames of an answer, nil if it is divided as usual. It is called before
		// the other methods. maxAnswer bounds an answer and maxEvent an event, in bytes.
		Frames(res *http.Response, body io.Reader, maxAnswer int64, maxEvent int) FrameReader
	}
)

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

// FramingOf is the framing of a codec's streams.
func FramingOf(c Codec) Framing {
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

// newCall returns a call without a body.
func newCall(method string, to *url.URL) *http.Request {
	return &http.Request{Method: method, URL: to, Host: to.Host, Header: http.Header{"Accept": {"application/json"}, "User-Agent": {userAgent}}}
}

// NewPost returns a POST of a JSON body. GetBody stays nil on purpose: with it, the
// transport would resend the request by itself after a stale connection fails. Only Router's
// retry policy decides whether a call is repeated.
//
// The transport resends after GOAWAY and REFUSED_STREAM, which say that nothing was processed,
// and also after a PROTOCOL_ERROR from the vendor, which does not. Its errors are of types that
// it does not export, so Router cannot tell these cases apart either and repeats none of them
// unless the config asks for it.
func NewPost(to *url.URL, body []byte, stream bool) *http.Request {
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
