//go:build unix && (!linux || 386)

package wire

import "syscall"

// probed reads one byte without waiting. An idle connection has none: whatever is not "try
// again" makes it useless, so nothing is lost by taking the byte.
func (cn *conn) probed(fd uintptr) bool {
	var one [1]byte
	_, err := syscall.Read(int(fd), one[:])
	cn.quiet = err == syscall.EAGAIN || err == syscall.EWOULDBLOCK
	return true
}
