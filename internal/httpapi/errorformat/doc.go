// Package errorformat writes failures as the clients of each vendor and gateway read them: the
// body of an error response, the event that ends a stream, and the status.
//
// A [Format] is a type without state, and a route names the one of its surface. The package
// decides nothing about a call: which format and which gateway's statuses it gets is package
// httpapi's choice, which hands over what a format may tell of it as a [Call].
//
// No format tells the inner cause of an error: clients read gateway.Error.Public, and where there
// is none, a sentence that leads to the trace.
package errorformat
