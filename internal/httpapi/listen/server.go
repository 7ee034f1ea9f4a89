package listen

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"
)

// Config is how a server listens. The zero value serves HTTP/1.1 without TLS, with the
// default limits.
type Config struct {
	Cert, Key      string // files in PEM; both empty: no TLS
	H2C            bool   // HTTP/2 without TLS, by prior knowledge
	Limits         Limits
	TrustedProxies []netip.Prefix // their connections do not count for their address
	Log            *slog.Logger   // required with TLS; else nil = none
}

// Server is one http.Server behind the limits. It owns the goroutines of the handlers.
type Server struct {
	http     *http.Server
	cfg      Config
	secure   bool
	handlers running
}

// New makes a server. With TLS it reads the certificate, and fails if that cannot be used.
func New(handler http.Handler, cfg Config) (*Server, error) {
	cfg.Limits = cfg.Limits.WithDefaults()
	s := &Server{cfg: cfg, secure: cfg.Cert != "" || cfg.Key != ""}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(s.secure)
	protocols.SetUnencryptedHTTP2(cfg.H2C)
	s.http = &http.Server{
		Handler:           s.handlers.count(handler),
		Protocols:         protocols,
		ReadHeaderTimeout: cfg.Limits.Header,
		IdleTimeout:       cfg.Limits.Idle,
		MaxHeaderBytes:    cfg.Limits.Head,
		HTTP2: &http.HTTP2Config{
			SendPingTimeout:  30 * time.Second, // notices a peer that vanished
			PingTimeout:      15 * time.Second,
			WriteByteTimeout: cfg.Limits.WriteStall,
		},
	}
	if cfg.Log != nil {
		s.http.ErrorLog = slog.NewLogLogger(cfg.Log.Handler(), slog.LevelWarn)
	}
	if s.secure {
		cert, err := newCertificate(cfg.Cert, cfg.Key, cfg.Log)
		if err != nil {
			return nil, err
		}
		s.http.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: cert.get}
	}
	return s, nil
}

// Serve answers the connections of l until Shutdown or Close. Its error is never nil.
func (s *Server) Serve(l net.Listener) error {
	l = newLimited(l, s.cfg.Limits, s.cfg.TrustedProxies, s.cfg.Log)
	if s.secure {
		return s.http.ServeTLS(l, "", "")
	}
	return s.http.Serve(l)
}

// Scheme is how URLs of this server begin: http or https.
func (s *Server) Scheme() string {
	if s.secure {
		return "https"
	}
	return "http"
}

// OnShutdown calls f when Shutdown begins, which does not wait for connections that were upgraded.
// f must not wait for them either.
func (s *Server) OnShutdown(f func()) { s.http.RegisterOnShutdown(f) }

// Shutdown stops accepting and waits for requests in flight, at most until ctx ends.
func (s *Server) Shutdown(ctx context.Context) error { return s.http.Shutdown(ctx) }

// Close ends all connections at once, and waits for the handlers, whose contexts end with
// their connections.
func (s *Server) Close() error {
	return errors.Join(s.http.Close(), s.handlers.wait(closeTime))
}

// closeTime bounds the wait for handlers whose connections are closed.
const closeTime = 5 * time.Second
