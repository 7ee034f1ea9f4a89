// Package wire is a lean HTTP/1.1 client for one kind of call: a POST whose body lies in
// memory. It exists because the standard transport spends two goroutines and several
// channel hand-offs per connection on what one caller can do itself.
//
// # The flow
//
//	Client.Do → an idle connection, or a new one
//	          → a look whether it is still alive, one write of head and body, the wait:
//	            where Linux allows it, one visit to the poller
//	          → the head of the answer, parsed strictly
//	          → Response.Read on the caller's goroutine → the connection back to the pool
//
// # Invariants
//
//   - A connection has one user. Whoever calls Do owns it until the Response came to its
//     end or was closed; then it is idle, or gone. No goroutine belongs to a connection.
//   - Cancelling the ctx sets the connection's deadline into the past, which unblocks a
//     read or write at once. Such a connection is never used again.
//   - A connection goes back only if the answer was framed, wholly read, and nothing
//     followed it. Before it is used again it must have nothing to read: bytes that nobody
//     asked for, or an end, drop it.
//   - A request is sent a second time, once, on a new connection, only if it surely was not
//     acted upon: the connection had been used before, not one byte of an answer came, and
//     either the request was not written whole, or the peer ended the connection in an
//     orderly way without having acknowledged any of it (Linux tells; elsewhere this counts
//     as unknown). Everything else, a reset above all, is an error: a POST to a model costs
//     money. The standard transport is as careful, but for what Linux tells.
//   - The parser refuses what two readers might read differently: folded lines, a second
//     Content-Length, any Transfer-Encoding but chunked, control characters, answers to
//     nobody. It accepts nothing that net/http refuses.
//   - Redirects are not followed, nothing is decompressed, no proxy is known.
package wire
