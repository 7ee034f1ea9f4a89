//go:build !386

package wire

import (
	"syscall"

	"github.com/sluicegate/sluice/gateway/socket"
)

// asks reports whether ask serves cn. TLS holds back what the socket does not show.
func (cn *conn) asks() bool { return cn.secure == nil && cn.raw != nil }

// ask is all that happens to an idle connection until its answer comes, in one visit to the
// poller: a look for what nobody asked for, which keeps cn from being quiet, then the
// request, then, if that is all of it, the wait. It tells how much was written; whatever
// went wrong shows again at the next read or write.
//
// A visit begins with forgetting what the poller has noticed. Nothing is lost by that: what
// came before is seen by the look, what comes after ends the wait.
func (cn *conn) ask(request []byte, all bool) int {
	cn.quiet, cn.request, cn.asked, cn.all = false, request, 0, all
	_ = cn.raw.Read(cn.asking)
	cn.request = nil
	cn.sent += int64(cn.asked)
	return cn.asked
}

// visited is called at the beginning of a visit and, when it has asked to wait, once there is
// something to read.
func (cn *conn) visited(fd uintptr) bool {
	if cn.asked > 0 {
		return true
	}
	if cn.probe(fd); !cn.quiet {
		return true
	}
	cn.asked, _ = socket.TryWrite(fd, cn.request)
	return !cn.all || cn.asked < len(cn.request)
}

// probed reads one byte without waiting. An idle connection has none: whatever is not "try
// again" makes it useless, so nothing is lost by taking the byte.
func (cn *conn) probed(fd uintptr) bool {
	var one [1]byte
	_, err := socket.TryRead(fd, one[:])
	cn.quiet = err == syscall.EAGAIN
	return true
}
