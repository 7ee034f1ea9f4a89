// Package header reads the headers that a call comes with and writes those that its answer has.
//
//	in:   credentials, trace, grant of a client secret, envelope
//	out:  ids, routing, limits and budgets
//
// Sluice's own headers have two spellings, x-sluice- and x-portkey-: both are read, the first
// before the second, and both are sent. [Take] and [TakeQueryKey] remove every place of a key, so that
// no forwarding by name, log line or record can hold one; they run before anything else reads.
// An error names the header as the caller spelled it.
//
// The package keeps nothing: it writes to the http.Header that it is given, and what it reads
// belongs to the call.
package header
