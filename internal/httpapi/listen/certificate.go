package listen

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// recheck is how often the files of a certificate are looked at, at most.
const recheck = time.Second

// certificate is a certificate and its key in files. A handshake looks whether the files have
// changed and loads them anew.
type certificate struct {
	certFile, keyFile string
	log               *slog.Logger

	mu     sync.Mutex
	looked time.Time
	seen   stamp
	loaded *tls.Certificate
}

// stamp tells versions of the two files apart.
type stamp struct {
	certTime, keyTime time.Time
	certSize, keySize int64
}

func newCertificate(certFile, keyFile string, log *slog.Logger) (*certificate, error) {
	c := &certificate{certFile: certFile, keyFile: keyFile, log: log, looked: time.Now()}
	var err error
	if c.seen, err = c.stamp(); err != nil {
		return nil, fmt.Errorf("tls: %w", err)
	}
	pair, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return nil, fmt.Errorf("tls: %w", err)
	}
	c.loaded = &pair
	return c, nil
}

func (c *certificate) stamp() (stamp, error) {
	cert, err := os.Stat(c.certFile)
	if err != nil {
		return stamp{}, err
	}
	key, err := os.Stat(c.keyFile)
	if err != nil {
		return stamp{}, err
	}
	return stamp{cert.ModTime(), key.ModTime(), cert.Size(), key.Size()}, nil
}

// get is tls.Config.GetCertificate. A change that cannot be read, such as a certificate whose
// key has not been written yet, is tried again once the files change once more.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	if now.Sub(c.looked) < recheck {
		return c.loaded, nil
	}
	c.looked = now
	found, err := c.stamp() // zero after an error
	if found == c.seen {
		return c.loaded, nil
	}
	c.seen = found
	if err == nil {
		var pair tls.Certificate
		if pair, err = tls.LoadX509KeyPair(c.certFile, c.keyFile); err == nil {
			c.loaded = &pair
			c.log.Info("the TLS certificate was reloaded", "cert", c.certFile)
			return c.loaded, nil
		}
	}
	c.log.Warn("the TLS certificate cannot be reloaded, the one before stays in use", "cert", c.certFile, "error", err)
	return c.loaded, nil
}
