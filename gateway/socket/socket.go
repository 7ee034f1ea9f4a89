// Package socket reads and writes TCP connections without the ceremony of a system call that
// may block.
//
// Around each system call Go's scheduler makes the thread's place free for others, and takes
// it away when the call lasts longer than some 20 microseconds: then another thread is woken,
// and the first one queues. Sockets of this runtime never block: what cannot be read or
// written at once waits in the poller. But sending on a busy machine does last that long,
// above all to a neighbour on the same one. So [Wrap] asks the kernel directly and leaves
// waiting, deadlines and closing to the connection as it is.
//
// With it a request through everything that Sluice does takes half the context switches
// (docs/adr/0007). On systems other than Linux Wrap changes nothing.
package socket

import "net"

// Listener wraps the connections that it accepts.
type Listener struct{ net.Listener }

// Accept implements net.Listener.
func (l Listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return Wrap(c), nil
}
