package codec

import (
	"io"
	"strings"

	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
)

// pieceSize is the most that one piece of an answer holds.
const pieceSize = 32 << 10

// maxContentType is the length of the longest media type that is passed on.
const maxContentType = 200

// Pieces reads a body that is no text as frames, as they arrive.
type Pieces struct {
	body        io.Reader
	buf         []byte
	ContentType string
	left        int64 // bytes that may still come
	Whole       bool  // the body was read to its end
	Some        bool  // the body is not empty
}

func NewPieces(body io.Reader, contentType string, limit int64) *Pieces {
	if len(contentType) > maxContentType || contentType == "" || strings.ContainsAny(contentType, "\r\n") {
		contentType = "application/octet-stream"
	}
	return &Pieces{body: body, ContentType: contentType, left: limit}
}

// Next implements FrameReader.
func (p *Pieces) Next() (Frame, error) {
	if p.buf == nil {
		p.buf = make([]byte, pieceSize)
	}
	for {
		n, err := p.body.Read(p.buf)
		if p.left -= int64(n); p.left < 0 {
			return Frame{}, vendorerror.Broken("codec.Pieces.Next", "The provider's answer is too large.", nil)
		}
		if n > 0 { // the error comes again
			p.Some = true
			return Frame{Data: p.buf[:n]}, nil
		}
		if p.Whole = err == io.EOF; err != nil {
			return Frame{}, err
		}
	}
}

// Ready implements FrameReader.
func (p *Pieces) Ready() bool { return false }

// Release implements FrameReader.
func (p *Pieces) Release() {}
