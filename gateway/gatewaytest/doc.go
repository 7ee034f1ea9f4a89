// Package gatewaytest holds what tests of the pipeline share: exchanges that are valid
// as they stand, streams and handlers that play a script and count what was done to
// them, and [Upstream], a model vendor over real TCP with every fault we know of.
//
// The fakes are stricter than the real thing where the contract allows it. A [Stream]
// overwrites Raw and Deltas of the last chunk when Next is called again, so that a
// stage which keeps them fails its test, and a [Handler] knows which of its streams
// were never closed.
//
// Nothing here is used by the product.
package gatewaytest
