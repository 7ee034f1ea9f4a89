package provider

import (
	"compress/gzip"
	"io"
	"net/http"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/gateway/provider/framing"
	"github.com/sluicegate/sluice/gateway/sse"
)

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
	return req.Stream() && (strings.HasPrefix(ct, framing.ContentLines) || !strings.Contains(ct, "json") && !strings.HasPrefix(ct, "text/html"))
}
