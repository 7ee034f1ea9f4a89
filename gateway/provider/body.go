package provider

import (
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/gateway/sse"
)

// maxError bounds how much of an error's body is read.
const maxError = 64 << 10

// unzipped is the body of r, decompressed if need be: we do not ask for compression,
// and some send it all the same.
func unzipped(r *http.Response) (io.ReadCloser, error) {
	switch enc := strings.ToLower(r.Header.Get("Content-Encoding")); enc {
	case "", "identity":
		return r.Body, nil
	case "gzip", "x-gzip":
		return &unzip{body: r.Body}, nil
	}
	return nil, vendorerror.Broken("provider.unzipped", "The provider's answer is compressed in a way that nobody asked for.", nil)
}

// unzip begins to read when it is read, so that waiting happens under the timer of Next.
type unzip struct {
	body io.ReadCloser
	zip  *gzip.Reader
}

func (u *unzip) Read(p []byte) (int, error) {
	if u.zip == nil {
		z, err := gzip.NewReader(u.body)
		if err != nil {
			return 0, err
		}
		u.zip = z
	}
	return u.zip.Read(p)
}

func (u *unzip) Close() error { return u.body.Close() }

// streamed reports whether the answer is a stream of events. A caller who asked for a
// stream may get a whole body all the same, and the other way round.
func streamed(req *gateway.Request, h http.Header) bool {
	ct := h.Get("Content-Type")
	if strings.HasPrefix(ct, sse.ContentType) {
		return true
	}
	return req.Stream() && !strings.Contains(ct, "json") && !strings.HasPrefix(ct, "text/html")
}

// readBounded reads a unary answer of at most limit bytes.
func readBounded(body io.Reader, limit int64) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(body, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(raw)) > limit {
		return nil, vendorerror.Broken("provider.readBounded", "The provider's answer is too large.", nil)
	}
	return raw, nil
}

// refusal reads an answer with an error status.
func refusal(codec Codec, r *http.Response, body io.Reader) error {
	raw, _ := io.ReadAll(io.LimitReader(body, maxError)) // half a body still says something
	e := codec.Error(r.StatusCode, r.Header, raw)
	e.RetryAfter = retryAfter(r.Header, time.Now())
	return e
}
