package provider

import (
	"bytes"
	"context"
	"io"
	"net/http"

	"github.com/sluicegate/sluice/gateway/provider/wire"
)

// Header is the header of an answer. http.Header is one.
type Header interface {
	Get(name string) string
}

// Post is one POST of a JSON body, as a codec wants it sent. The body is the caller's
// memory or the codec's; it may be sent twice.
type Post struct {
	to     *place
	header []wire.Field
	body   []byte
	room   [4]wire.Field // where header begins: what every call has
}

// userAgent is what vendors see; it tells them nothing about the caller.
const userAgent = "sluice"

func newPost(to *place, body []byte, stream bool) *Post {
	accept := "application/json"
	if stream {
		accept = "text/event-stream"
	}
	p := &Post{to: to, body: body}
	p.header = append(p.room[:0], wire.Field{Name: "Content-Type", Value: "application/json"}, wire.Field{Name: "Accept", Value: accept},
		wire.Field{Name: "User-Agent", Value: userAgent})
	return p
}

// set gives name these values, in place of those that it has.
func (p *Post) set(name string, values ...string) {
	kept := p.header[:0]
	for _, f := range p.header {
		if f.Name != name {
			kept = append(kept, f)
		}
	}
	for _, v := range values {
		kept = append(kept, wire.Field{Name: name, Value: v})
	}
	p.header = kept
}

// reply is the answer to a Post. Closing the body, or its end, releases the connection.
type reply struct {
	status int
	header Header
	length int64 // of the body; -1 = unknown
	body   io.ReadCloser
}

// sender sends one post. The ctx lives until the reply's body is closed; ending it ends
// the call.
type sender interface {
	send(ctx context.Context, p *Post) (reply, error)
}

// lean sends over connections of our own: what nearly all calls take.
type lean struct{ *wire.Client }

func (l lean) send(ctx context.Context, p *Post) (reply, error) {
	res, err := l.Do(ctx, wire.Request{To: p.to.wire, Header: p.header, Body: p.body})
	if err != nil {
		return reply{}, err
	}
	return reply{res.Status, &res.Header, res.Length, res}, nil
}

// standard sends with the standard transport: through a proxy, or to an address that the
// lean client does not serve.
type standard struct{ *http.Transport }

func (s standard) send(ctx context.Context, p *Post) (reply, error) {
	h := make(http.Header, len(p.header))
	for _, f := range p.header {
		h[f.Name] = append(h[f.Name], f.Value)
	}
	req := &http.Request{
		Method: http.MethodPost, URL: p.to.url, Host: p.to.url.Host, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: h,
		ContentLength: int64(len(p.body)),
		Body:          io.NopCloser(bytes.NewReader(p.body)),
		GetBody:       func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(p.body)), nil },
	}
	res, err := s.RoundTrip(req.WithContext(ctx)) //nolint:bodyclose // whoever gets the reply closes it
	if err != nil {
		return reply{}, err
	}
	return reply{res.StatusCode, res.Header, res.ContentLength, res.Body}, nil
}
