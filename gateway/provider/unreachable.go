package provider

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"syscall"
)

// unreachable says in a few words why a connection failed, "" if it cannot tell. It names no
// address: callers read it.
func unreachable(err error) string {
	var (
		name    *net.DNSError
		record  tls.RecordHeaderError
		cert    *tls.CertificateVerificationError
		issuer  x509.UnknownAuthorityError
		timeout net.Error
	)
	switch {
	case errors.As(err, &name) && name.IsNotFound:
		return "its name was not found"
	case errors.As(err, &name):
		return "its name could not be looked up"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "the connection was refused"
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return "there is no route to it"
	case errors.As(err, &cert), errors.As(err, &issuer):
		return "its certificate is not trusted"
	case errors.Is(err, http.ErrSchemeMismatch), errors.As(err, &record):
		return "it does not speak TLS"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "the connection was not made in time"
	case errors.Is(err, syscall.ECONNRESET):
		return "the connection was reset"
	}
	return ""
}
