package provider

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/gateway/sse"
)

// maxErrorBody limits how many bytes of an error's body are read.
const maxErrorBody = 64 << 10

// decompressed returns the body of r, decompressed if necessary. Sluice does not ask for
// compression, but some vendors compress anyway.
func decompressed(r *http.Response) (io.ReadCloser, error) {
	switch enc := strings.ToLower(r.Header.Get("Content-Encoding")); enc {
	case "", "identity":
		return r.Body, nil
	case "gzip", "x-gzip":
		return &gzipBody{body: r.Body}, nil
	}
	return nil, vendorerror.Broken("provider.decompressed", "The provider's answer is compressed in a way that nobody asked for.", nil)
}

// gzipBody decompresses a body. It starts at the first Read, so that the wait is limited by
// Next's deadline.
type gzipBody struct {
	body io.ReadCloser
	zip  *gzip.Reader
}

func (u *gzipBody) Read(p []byte) (int, error) {
	if u.zip == nil {
		z, err := gzip.NewReader(u.body)
		if err != nil {
			return 0, err
		}
		u.zip = z
	}
	return u.zip.Read(p)
}

func (u *gzipBody) Close() error { return u.body.Close() }

// isStream reports whether the answer is a stream of events. A vendor may answer a request
// for a stream with a body, and the reverse.
func isStream(req *gateway.Request, h http.Header) bool {
	ct := h.Get("Content-Type")
	if strings.HasPrefix(ct, sse.ContentType) {
		return true
	}
	return req.Stream() && (strings.HasPrefix(ct, contentNDJSON) || !strings.Contains(ct, "json") && !strings.HasPrefix(ct, "text/html"))
}

// maxAnnounced bounds the memory that the announced length of an answer alone can claim.
const maxAnnounced = 1 << 20

// readBounded reads a unary answer of at most limit bytes. announced is its length as the
// vendor says, -1 if it says none.
func readBounded(body io.Reader, announced, limit int64) ([]byte, error) {
	tooLarge := func() error {
		return vendorerror.Broken("provider.readBounded", "The provider's answer is too large.", nil)
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

// statusError returns the error of an answer with an error status.
func statusError(codec Codec, r *http.Response, body io.Reader) error {
	raw, _ := io.ReadAll(io.LimitReader(body, maxErrorBody)) // the part that was read may still explain the error
	e := codec.Error(r.StatusCode, r.Header, raw)
	if delay := retryAfter(r.Header, time.Now()); delay > 0 { // else what the body says
		e.RetryAfter = delay
	}
	return e
}
