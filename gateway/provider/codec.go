package provider

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/sse"
)

// Codec translates between the canonical dialect, OpenAI's, and one wire format. It does
// no I/O and is shared by all calls.
type Codec interface {
	// Request makes the call. The request is final; credential is empty if there is none.
	Request(t *gateway.Target, req *gateway.Request, credential gateway.Secret) (*Post, error)
	// Decoder reads the answer to one call that succeeded, with that answer's header.
	Decoder(t *gateway.Target, req *gateway.Request, header Header) Decoder
	// Error reads an answer with an error status. Kind, Status, Public, Param, Code and
	// Type are set; the client adds the rest.
	Error(status int, header Header, body []byte) *gateway.Error
}

// Decoder reads one answer: either Body once, or Feed for each event and then End. Chunks
// are valid until the next call. It is for one goroutine.
type Decoder interface {
	// Feed takes one event of a stream. io.EOF: it was the dialect's end mark, nothing that
	// matters follows.
	Feed(e sse.Event) ([]gateway.Chunk, error)
	// End says whether the answer came to its end: nil, or what is missing.
	End() error
	// Body takes a whole unary answer. The memory is the decoder's for good, and its chunk
	// Lasting.
	Body(body []byte) (gateway.Chunk, error)
}

// broken is a BadUpstream error: the answer makes no sense.
func broken(op, public string, err error) *gateway.Error {
	return &gateway.Error{Op: op, Kind: gateway.BadUpstream, Public: public, Err: err}
}
