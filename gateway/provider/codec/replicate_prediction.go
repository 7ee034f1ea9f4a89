package codec

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/replicate"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/gateway/sse"
)

const (
	firstPoll    = 500 * time.Millisecond
	longestPoll  = 5 * time.Second
	maxPolls     = 240 // some twenty minutes
	maxBroken    = 5   // connections, one after the other
	cancelWithin = 5 * time.Second
)

// prediction is a prediction that was begun. All calls but that of its stream go to addresses below
// that of the first call, whatever addresses the answer names.
type prediction struct {
	transport http.RoundTripper
	first     *http.Request
	limit     int64 // bytes of an answer
	id        string
	body      []byte // as it was told last
}

// RoundTrip implements RoundTripper.
func (c *replicateCodec) RoundTrip(transport http.RoundTripper, r *http.Request, limit int64) (*http.Response, error) {
	res, err := transport.RoundTrip(r)
	if err != nil || res.StatusCode/100 != 2 {
		return res, err
	}
	defer res.Body.Close()
	p := &prediction{transport: transport, first: r, limit: limit}
	if p.body, err = ReadBounded(res.Body, res.ContentLength, limit); err != nil {
		return nil, err
	}
	p.id = gjson.GetBytes(p.body, "id").String()
	if !gjson.ValidBytes(p.body) || p.id == "" || len(p.id) > 128 || strings.Trim(p.id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != "" {
		return nil, vendorerror.Broken("codec.replicateCodec.RoundTrip", "The provider's answer is no prediction.", nil)
	}
	stream := gjson.GetBytes(p.body, "urls.stream").String()
	if r.Header.Get("Prefer") == "" && stream != "" {
		answer, err := p.stream(stream)
		if err != nil {
			p.cancel()
		}
		return answer, err
	}
	if err := p.wait(r.Context(), maxPolls); err != nil {
		p.cancel()
		return nil, err
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(p.body)), ContentLength: int64(len(p.body))}, nil
}

// ended reports whether the prediction goes on no longer.
func (p *prediction) ended() bool {
	switch gjson.GetBytes(p.body, "status").String() {
	case "starting", "processing":
		return false
	}
	return true
}

// wait asks for the prediction until it has ended. It goes on at the vendor, and costs, though a
// connection broke.
func (p *prediction) wait(ctx context.Context, polls int) error {
	pause, broken := firstPoll, 0
	for range polls {
		if p.ended() {
			return nil
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
		pause = min(2*pause, longestPoll)
		if err := p.ask(ctx); err == nil {
			broken = 0
		} else if broken++; broken > maxBroken || ctx.Err() != nil || gateway.AsError(err).Kind == gateway.BadUpstream {
			return err
		}
	}
	if !p.ended() {
		return vendorerror.Broken("codec.prediction.wait", "The provider's prediction does not end.", nil)
	}
	return nil
}

// call is a call of the vendor's about the prediction, with the credential of the first one.
func (p *prediction) call(ctx context.Context, method, path string) *http.Request {
	to := *p.first.URL
	for _, root := range []string{"/models/", "/deployments/", "/predictions"} {
		if at := strings.LastIndex(to.Path, root); at >= 0 {
			to.Path, to.RawPath = to.Path[:at]+"/predictions/"+p.id+path, ""
			break
		}
	}
	header := p.first.Header.Clone()
	for _, name := range []string{"Prefer", "Content-Type"} {
		header.Del(name)
	}
	return (&http.Request{Method: method, URL: &to, Host: to.Host, Header: header}).WithContext(ctx)
}

// ask asks how the prediction stands.
func (p *prediction) ask(ctx context.Context) error {
	res, err := p.transport.RoundTrip(p.call(ctx, http.MethodGet, ""))
	if err != nil {
		return err
	}
	defer res.Body.Close()
	body, err := ReadBounded(res.Body, res.ContentLength, p.limit)
	switch {
	case err != nil:
		return err
	case res.StatusCode == http.StatusTooManyRequests || res.StatusCode/100 == 5:
		return nil // the next time
	case res.StatusCode/100 != 2 || gjson.GetBytes(body, "id").String() != p.id:
		return vendorerror.Broken("codec.prediction.ask", "The provider does not tell how the prediction stands.", nil)
	}
	p.body = body
	return nil
}

// cancel ends the prediction at the vendor: nobody reads it any more. An error changes nothing.
func (p *prediction) cancel() {
	ctx, stop := context.WithTimeout(context.WithoutCancel(p.first.Context()), cancelWithin)
	defer stop()
	if res, err := p.transport.RoundTrip(p.call(ctx, http.MethodPost, "/cancel")); err == nil {
		_ = res.Body.Close()
	}
}

// stream opens the stream of the prediction. It must be on the vendor's own servers, which get no
// credential there.
func (p *prediction) stream(address string) (*http.Response, error) {
	to, err := url.Parse(address)
	if err != nil || !isOwnStream(p.first.URL, to) {
		return nil, vendorerror.Broken("codec.prediction.stream", "The provider names a stream that is not on its own servers.", nil)
	}
	r := (&http.Request{Method: http.MethodGet, URL: to, Host: to.Host, Header: http.Header{"Accept": {sse.ContentType}, "Cache-Control": {"no-store"}, "User-Agent": {userAgent}}}).WithContext(p.first.Context())
	res, err := p.transport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if res.StatusCode/100 != 2 {
		p.cancel()
		return res, nil
	}
	res.Body, res.ContentLength = &predictionStream{prediction: p, src: res.Body}, -1
	return res, nil
}

// isOwnStream reports whether an address is on the host of the first call, or is one of Replicate's
// where the first call went to Replicate.
func isOwnStream(first, to *url.URL) bool {
	if to.User != nil || to.Scheme != "https" && to.Scheme != first.Scheme {
		return false
	}
	if to.Host == first.Host {
		return true
	}
	host := to.Hostname()
	return first.Hostname() == "api.replicate.com" && to.Port() == "" && (strings.HasSuffix(host, ".replicate.com") || strings.HasSuffix(host, ".replicate.net"))
}

// predictionStream is a stream with the prediction as it ended behind it. Closed before, it cancels the
// prediction.
type predictionStream struct {
	*prediction
	src  io.ReadCloser
	tail io.Reader // nil until src has ended
}

// finalPolls bounds the wait for the metrics of an answer that is complete.
const finalPolls = 5

func (s *predictionStream) Read(b []byte) (int, error) {
	if s.tail != nil {
		return s.tail.Read(b)
	}
	n, err := s.src.Read(b)
	switch {
	case n > 0 && err == io.EOF: // which comes again
		return n, nil
	case err != io.EOF:
		return n, err
	}
	s.tail = strings.NewReader("")
	if err := s.ask(s.first.Context()); err == nil && s.wait(s.first.Context(), finalPolls) == nil {
		s.tail = bytes.NewReader(sse.AppendEvent(nil, replicate.Ended, s.body))
	}
	return s.tail.Read(b)
}

func (s *predictionStream) Close() error {
	if s.tail == nil {
		s.cancel()
	}
	return s.src.Close()
}
