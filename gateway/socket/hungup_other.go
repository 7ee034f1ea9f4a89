//go:build !unix

package socket

import "net"

// HungUp cannot tell here: that the other side has gone is noticed when it is written to.
func HungUp(net.Conn) bool { return false }
