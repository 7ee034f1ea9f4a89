// Package gatewaytest holds test helpers for the pipeline: valid exchanges, scripted streams
// and handlers that count their calls, and [Upstream], a model vendor over TCP with every
// known fault.
//
// The fakes are stricter than real streams where the contract allows it. A [Stream]
// overwrites Raw and Deltas of the last chunk at the next call of Next, so that a stage
// which keeps them fails its test. A [Handler] counts the streams that were not closed.
//
// The product does not use this package.
package gatewaytest
