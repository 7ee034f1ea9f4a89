package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
)

// recorder is a proxy before the server that keeps what it answers.
type recorder struct {
	*httptest.Server
	mu    sync.Mutex
	calls []*recorded
}

// recorded is one call that has reached the server.
type recorded struct {
	path   string
	status int
	body   bytes.Buffer
	ended  bool // the answer has come to its end, and was not left
}

// newRecorder makes a recorder before an address.
func newRecorder(to string) (*recorder, error) {
	target, err := url.Parse(to)
	if err != nil {
		return nil, err
	}
	r := &recorder{}
	r.Server = httptest.NewServer(&httputil.ReverseProxy{
		Rewrite:       func(p *httputil.ProxyRequest) { p.SetURL(target) },
		FlushInterval: -1,
		ErrorHandler:  func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }, // also of a caller that left
		ModifyResponse: func(res *http.Response) error {
			call := &recorded{path: res.Request.URL.Path, status: res.StatusCode}
			r.mu.Lock()
			r.calls = append(r.calls, call)
			r.mu.Unlock()
			res.Body = &kept{ReadCloser: res.Body, recorder: r, call: call}
			return nil
		},
	})
	return r, nil
}

// take returns the calls since the last time.
func (r *recorder) take() []recorded {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []recorded
	for _, c := range r.calls {
		out = append(out, recorded{c.path, c.status, *bytes.NewBuffer(bytes.Clone(c.body.Bytes())), c.ended})
	}
	r.calls = nil
	return out
}

// kept is a body that is kept while it is read.
type kept struct {
	io.ReadCloser
	recorder *recorder
	call     *recorded
}

func (k *kept) Read(p []byte) (int, error) {
	n, err := k.ReadCloser.Read(p)
	k.recorder.mu.Lock()
	defer k.recorder.mu.Unlock()
	k.call.body.Write(p[:n])
	k.call.ended = k.call.ended || err == io.EOF
	return n, err
}
