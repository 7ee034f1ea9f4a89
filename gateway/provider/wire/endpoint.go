package wire

import (
	"errors"
	"net"
	"net/url"
	"strconv"
	"strings"
)

// ErrOdd is the error of a URL that this client does not serve: another scheme, a user
// name, a host that is no plain ASCII name or address, a zone.
var ErrOdd = errors.New("wire: an address for the standard transport")

// host is what connections are pooled by.
type host struct {
	tls  bool
	addr string // host:port
}

// Endpoint is a URL made ready to be called. It is immutable and shared.
type Endpoint struct {
	host   host
	server string // for TLS: the name without the port
	prefix string // request line and Host, as they are sent
}

// NewEndpoint prepares POSTs to u.
func NewEndpoint(u *url.URL) (*Endpoint, error) {
	port := u.Port()
	switch {
	case u.Scheme != "http" && u.Scheme != "https", u.User != nil, u.Opaque != "", strings.HasSuffix(u.Host, ":"):
		return nil, ErrOdd
	case port == "" && u.Scheme == "http":
		port = "80"
	case port == "":
		port = "443"
	}
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
		return nil, ErrOdd
	}
	name := u.Hostname()
	if name == "" || strings.Trim(u.Host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:[]") != "" {
		return nil, ErrOdd
	}
	uri := u.RequestURI()
	for _, c := range []byte(uri) {
		if c <= ' ' || c >= 0x7f {
			return nil, ErrOdd
		}
	}
	return &Endpoint{
		host:   host{u.Scheme == "https", strings.ToLower(net.JoinHostPort(name, port))},
		server: name,
		prefix: "POST " + uri + " HTTP/1.1\r\nHost: " + u.Host + "\r\n",
	}, nil
}
