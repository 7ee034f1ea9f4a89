package provider

import (
	"bytes"
	"context"
	"io"
	"net/http"
)

// Header is the header of an answer. http.Header is one.
type Header interface {
	Get(name string) string
}

// Post is one POST of a JSON body, as a codec wants it sent. The body belongs to the caller
// or to the codec and is not modified.
type Post struct {
	to     *place
	header http.Header
	body   []byte
}

// userAgent is what vendors see; it tells them nothing about the caller.
const userAgent = "sluice"

func newPost(to *place, body []byte, stream bool) *Post {
	accept := "application/json"
	if stream {
		accept = "text/event-stream"
	}
	return &Post{to: to, body: body, header: http.Header{
		"Content-Type": {"application/json"}, "Accept": {accept}, "User-Agent": {userAgent},
	}}
}

// set replaces the values of a header. The name is in canonical spelling.
func (p *Post) set(name string, values ...string) { p.header[name] = values }

// reply is the answer to a Post. Closing the body, or reading it to its end, releases the
// connection.
type reply struct {
	status int
	header Header
	length int64 // of the body; -1 = unknown
	body   io.ReadCloser
}

// sender sends posts over one http.Transport.
type sender struct{ transport *http.Transport }

// send sends one post. The ctx must live until the reply's body is closed; ending it ends
// the call.
//
// GetBody stays nil on purpose. With it the transport would repeat a POST by itself when an
// idle connection turns out to be closed. Whether a call may be repeated is decided by
// Router's retry policy alone.
func (s *sender) send(ctx context.Context, p *Post) (reply, error) {
	req := &http.Request{
		Method: http.MethodPost, URL: p.to.url, Host: p.to.url.Host, Header: p.header,
		ContentLength: int64(len(p.body)),
		Body:          io.NopCloser(bytes.NewReader(p.body)),
	}
	res, err := s.transport.RoundTrip(req.WithContext(ctx)) //nolint:bodyclose // the receiver of the reply closes it
	if err != nil {
		return reply{}, err
	}
	return reply{res.StatusCode, res.Header, res.ContentLength, res.Body}, nil
}
