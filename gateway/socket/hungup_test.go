//go:build unix

package socket_test

import (
	"errors"
	"net"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway/socket"
)

// HungUp tells a connection that lives from one that has ended, takes nothing from it, and
// does not wait.
func TestHungUp(t *testing.T) {
	type halves interface{ CloseWrite() error }
	for name, end := range map[string]func(net.Conn) error{
		"close": net.Conn.Close,
		"half":  func(c net.Conn) error { return c.(halves).CloseWrite() },
		"reset": func(c net.Conn) error {
			return errors.Join(c.(interface{ SetLinger(int) error }).SetLinger(0), c.Close())
		},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := pair(t)
			defer a.Close()
			defer b.Close()
			if socket.HungUp(a) {
				t.Error("it lives")
			}
			if _, err := b.Write([]byte("x")); err != nil {
				t.Fatal(err)
			}
			if _, err := b.Write([]byte("y")); err != nil {
				t.Fatal(err)
			}
			one := make([]byte, 1)
			if _, err := a.Read(one); err != nil || one[0] != 'x' {
				t.Fatal(err, one)
			}
			if socket.HungUp(a) {
				t.Error("it has something to say")
			}
			if _, err := a.Read(one); err != nil || one[0] != 'y' {
				t.Fatal("something was taken:", err, one)
			}
			if err := end(b); err != nil {
				t.Fatal(err)
			}
			for deadline := time.Now().Add(5 * time.Second); !socket.HungUp(a); time.Sleep(time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatal("nobody noticed")
				}
			}
		})
	}
	a, b := pair(t)
	b.Close()
	a.Close()
	if !socket.HungUp(a) {
		t.Error("it was closed on this side")
	}
	one, two := net.Pipe()
	defer one.Close()
	two.Close()
	if socket.HungUp(one) {
		t.Error("a pipe cannot be asked")
	}
}
