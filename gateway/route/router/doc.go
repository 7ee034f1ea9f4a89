// Package router executes a gateway.Plan: it calls its targets until one answers.
//
// # The flow
//
// New returns the end of the pipeline. It walks the plan's nodes (fallback, load balance,
// single, and those whose targets package ranking orders for each call), calls one target at a time with its retries and the credentials of its virtual key,
// and returns the first answer that needs neither retry nor fallback, else the last error. The
// attempt that it is given makes the upstream call.
//
// # Circuit breakers
//
// A strategy with a breaker policy leaves out the targets whose breaker is open. A node below which
// no target may be called is the outcome errLeftOut, on which its parent goes on whatever its mode
// says about failures. If all targets of a strategy are left out, it calls them all the same, unless the
// strategy around it leaves targets out, too, and has another one.
//
// # Invariants
//
//   - Only this package writes Facts.Attempts, one per upstream call.
//   - Another target is tried only before a stream is returned. Closing the stream cancels the
//     upstream call.
//   - Package allow is asked for the final body of each call.
package router
