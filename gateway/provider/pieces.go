package provider

import (
	"io"
	"strings"

	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
)

// pieceSize is the most that one piece of an answer holds.
const pieceSize = 32 << 10

// maxContentType is the length of the longest media type that is passed on.
const maxContentType = 200

// pieces reads a body that is no text as frames, as they arrive.
type pieces struct {
	body        io.Reader
	buf         []byte
	contentType string
	left        int64 // bytes that may still come
	whole       bool  // the body was read to its end
	some        bool  // the body is not empty
}

func newPieces(body io.Reader, contentType string, limit int64) *pieces {
	if len(contentType) > maxContentType || contentType == "" || strings.ContainsAny(contentType, "\r\n") {
		contentType = "application/octet-stream"
	}
	return &pieces{body: body, contentType: contentType, left: limit}
}

// Next implements FrameReader.
func (p *pieces) Next() (Frame, error) {
	if p.buf == nil {
		p.buf = make([]byte, pieceSize)
	}
	for {
		n, err := p.body.Read(p.buf)
		if p.left -= int64(n); p.left < 0 {
			return Frame{}, vendorerror.Broken("provider.pieces", "The provider's answer is too large.", nil)
		}
		if n > 0 { // the error comes again
			p.some = true
			return Frame{Data: p.buf[:n]}, nil
		}
		if p.whole = err == io.EOF; err != nil {
			return Frame{}, err
		}
	}
}

// Ready implements FrameReader.
func (p *pieces) Ready() bool { return false }

// Release implements FrameReader.
func (p *pieces) Release() {}

// readPieces makes a stream read its body in pieces.
func (s *stream) readPieces(contentType string, limit int64) *pieces {
	p := newPieces(s.body, contentType, limit)
	s.frames.Release()
	s.frames = p
	return p
}
