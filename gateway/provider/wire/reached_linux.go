package wire

import "golang.org/x/sys/unix"

// reached reports whether the peer may have got something of what was written after the
// first `before` bytes. False is certain: its kernel has acknowledged none of it, and as
// the connection is over it never will. That is the case when the peer had closed the
// idle connection before the request came in.
func (cn *conn) reached(before int64) bool {
	if cn.raw == nil {
		return true
	}
	acked := uint64(1<<64 - 1)
	_ = cn.raw.Control(func(fd uintptr) {
		if info, err := unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO); err == nil {
			acked = info.Bytes_acked
		}
	})
	return acked > uint64(before)+1 // the first one is the SYN's
}
