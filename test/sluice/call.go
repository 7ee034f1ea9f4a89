package sluice

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/tidwall/gjson"
)

// Call is one HTTP request. The zero value is GET / with the owner's key.
type Call struct {
	Base   string // "" = the process; the upstream's URL goes past it
	Method string // "" = POST with a body, else GET
	Path   string
	Key    string // API key; "" = the owner's, "-" = none
	Body   string
	Header []string      // pairs
	Keep   int64         // bytes of the answer that are kept; 0 = 16 MiB. All of it is read
	Hangup int64         // close the connection after that many bytes of the answer; 0 = never
	Within time.Duration // 0 = 30 s
}

// Answer is a response with its body read. Status 0: there was none, and Err says why.
type Answer struct {
	Status int
	Header http.Header
	Body   string
	Took   time.Duration
	Err    error
}

// JSON reads one value of the body.
func (a Answer) JSON(path string) gjson.Result { return gjson.Get(a.Body, path) }

// Brief is status and beginning of the body, for reports.
func (a Answer) Brief() string {
	if a.Err != nil {
		return a.Err.Error()
	}
	return fmt.Sprintf("%d %.160s", a.Status, strings.Join(strings.Fields(a.Body), " "))
}

// client has no limits of its own, and headers go out as they were spelled.
var client = &http.Client{Transport: &http.Transport{
	DialContext:         (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
	MaxIdleConnsPerHost: 64, DisableCompression: true, IdleConnTimeout: 10 * time.Second,
}}

// Do sends a call and reads the answer.
func (p *Process) Do(ctx context.Context, c Call) Answer {
	if c.Within == 0 {
		c.Within = 30 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, c.Within)
	defer cancel()
	if c.Base == "" {
		c.Base = p.URL
	}
	req, err := c.request(ctx)
	if err != nil {
		return Answer{Err: err}
	}
	begin := time.Now()
	res, err := client.Do(req)
	if err != nil {
		return Answer{Err: err, Took: time.Since(begin)}
	}
	defer res.Body.Close()
	a := Answer{Status: res.StatusCode, Header: res.Header}
	if c.Keep == 0 {
		c.Keep = 16 << 20
	}
	if c.Hangup > 0 {
		c.Keep = c.Hangup
	}
	text, err := io.ReadAll(io.LimitReader(res.Body, c.Keep))
	if err == nil && c.Hangup == 0 {
		_, err = io.Copy(io.Discard, res.Body)
	}
	a.Body, a.Err, a.Took = string(text), err, time.Since(begin)
	return a
}

func (c Call) request(ctx context.Context) (*http.Request, error) {
	if c.Method == "" {
		c.Method = http.MethodGet
		if c.Body != "" {
			c.Method = http.MethodPost
		}
	}
	req, err := http.NewRequestWithContext(ctx, c.Method, c.Base+c.Path, strings.NewReader(c.Body))
	if err != nil {
		return nil, err
	}
	switch c.Key {
	case "":
		req.Header.Set("Authorization", "Bearer "+OwnerKey)
	case "-":
	default:
		req.Header.Set("Authorization", "Bearer "+c.Key)
	}
	for i := 0; i+1 < len(c.Header); i += 2 {
		req.Header.Add(c.Header[i], c.Header[i+1])
	}
	return req, nil
}

// Create posts body to an admin route and returns one field of the answer.
func (p *Process) Create(ctx context.Context, path, body, field string) (string, error) {
	a := p.Do(ctx, Call{Path: path, Body: body})
	if a.Err != nil || a.Status != http.StatusCreated {
		return "", fmt.Errorf("POST %s: %s", path, a.Brief())
	}
	return a.JSON(field).String(), nil
}
