// Package settle charges what a vendor does after the call that asked for it: the calls of a batch, a
// video.
//
// # Flow
//
// An object that a call makes at a vendor has a [vendorobject.Work] if the vendor goes on working for
// it. Three things may tell what that cost, and the first one to do so settles it:
//
//   - an answer to a caller that shows the end with its usage ([Settler.Answer])
//   - the file of the results, while a caller downloads it ([Settler.Results])
//   - the [Poller], which asks the vendor in the background, and reads what its work has left in a file of
//     the vendor's or in a bucket of the caller's
//
// Invariant: work is charged once. The store notes that it is settled in one step, and only who has made
// that step charges it. A process that dies right after it leaves the work uncharged: the reservation, if
// there is one, counts as spent.
//
// The Poller owns its goroutines; Close ends them. Processes that share the store take leases, so that
// none asks what another one is asking. A process that dies loses its lease.
package settle
