//go:build !linux || 386

package socket

import "net"

// Wrap returns c.
func Wrap(c net.Conn) net.Conn { return c }
