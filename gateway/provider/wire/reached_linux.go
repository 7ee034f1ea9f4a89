package wire

import "golang.org/x/sys/unix"

// reached reports whether the peer may have got something of what was written after the
// first `before` bytes; the peer must have ended the connection in an orderly way. False is
// certain: its end acknowledges all that its kernel had got until then, and this did not
// belong to it. That is the case when it closed the idle connection before the request
// came in. After a reset nothing is known: what a reset acknowledges is not looked at.
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
