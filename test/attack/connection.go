package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"time"
)

// connection is a caller who writes HTTP by hand.
type connection struct {
	net.Conn
	in *bufio.Reader
}

// dial connects from the given loopback address, "" for any, so that limits by address can be met.
func dial(ctx context.Context, t *Target, from string, limit time.Duration) (*connection, error) {
	d := net.Dialer{Timeout: 5 * time.Second}
	if from != "" {
		d.LocalAddr = &net.TCPAddr{IP: net.ParseIP(from)}
	}
	c, err := d.DialContext(ctx, "tcp", t.Address())
	if err != nil {
		return nil, err
	}
	if err := c.(*net.TCPConn).SetReadBuffer(16 << 10); err != nil { // who does not read is noticed soon
		_ = c.Close()
		return nil, err
	}
	if err := c.SetDeadline(time.Now().Add(limit)); err != nil {
		_ = c.Close()
		return nil, err
	}
	return &connection{c, bufio.NewReader(c)}, nil
}

// status reads the head of one response; 0 if the connection ended or nothing came.
func (c *connection) status() (code int, timeout bool) {
	res, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return 0, errors.Is(err, os.ErrDeadlineExceeded)
	}
	_ = res.Body.Close()
	return res.StatusCode, false
}

// ends reports whether the server closes the connection before the deadline.
func (c *connection) ends() bool {
	_, err := io.Copy(io.Discard, c.in)
	return !errors.Is(err, os.ErrDeadlineExceeded)
}

// head is a request head with the given method, path, key and further lines.
func head(method, path, key, more string) string {
	text := method + " " + path + " HTTP/1.1\r\nHost: sluice\r\n"
	if key != "" {
		text += "Authorization: Bearer " + key + "\r\n"
	}
	return text + more + "\r\n"
}

func isTimeout(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) }
