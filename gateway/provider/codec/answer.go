package codec

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
)

// MaxErrorBody limits how many bytes of an error's body are read.
const MaxErrorBody = 64 << 10

// maxAnnounced bounds the memory that the announced length of an answer alone can claim.
const maxAnnounced = 1 << 20

// ReadBounded reads a unary answer of at most limit bytes. announced is its length as the
// vendor says, -1 if it says none.
func ReadBounded(body io.Reader, announced, limit int64) ([]byte, error) {
	tooLarge := func() error {
		return vendorerror.Broken("codec.ReadBounded", "The provider's answer is too large.", nil)
	}
	if announced > limit {
		return nil, tooLarge()
	}
	raw := make([]byte, 0, min(max(announced, 0), maxAnnounced)+bytes.MinRead) // MinRead: to see the end without growing
	body = io.LimitReader(body, limit+1)
	for {
		n, err := body.Read(raw[len(raw):cap(raw)])
		raw = raw[:len(raw)+n]
		switch {
		case int64(len(raw)) > limit:
			return nil, tooLarge()
		case err == io.EOF:
			return raw, nil
		case err != nil:
			return nil, err
		}
		if len(raw) == cap(raw) { // by a quarter: twice the limit would be too much memory
			raw = slices.Grow(raw, len(raw)/4+bytes.MinRead)
		}
	}
}

// StatusError returns the error of an answer with an error status.
func StatusError(codec Codec, r *http.Response, body io.Reader) error {
	raw, _ := io.ReadAll(io.LimitReader(body, MaxErrorBody)) // the part that was read may still explain the error
	e := codec.Error(r.StatusCode, r.Header, raw)
	if delay := retryAfter(r.Header, time.Now()); delay > 0 { // else what the body says
		e.RetryAfter = delay
	}
	return e
}
