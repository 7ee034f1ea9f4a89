// Package router executes a gateway.Plan: it calls its targets until one answers.
//
// # The flow
//
// New returns the end of the pipeline. It walks the plan's nodes (fallback, load balance,
// single, and those whose targets package ranking orders for each call), calls one target at a time with its retries and the credentials of its virtual key,
// and returns the first answer that needs neither retry nor fallback, else the last error. The
// attempt that it is given makes the upstream call.
//
// # Invariants
//
//   - Only this package writes Facts.Attempts, one per upstream call.
//   - Another target is tried only before a stream is returned. Closing the stream cancels the
//     upstream call.
//   - Package allow is asked for the final body of each call.
package router
