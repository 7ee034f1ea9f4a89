// Package action carries out one action of an administrator, and reads its body and its query
// strictly. The routes of the admin API and those of other gateways' admin APIs run through it.
//
// # Flow
//
//	Call → Performer.Perform: permission → workspace → object before → Action.Do → object after → audit event → response
//
// # Invariants
//
//   - Every action names the permission that it needs; Perform checks it before Do runs.
//   - A write is always audited, and a read of logs or audit events; another read only when it is
//     denied. Package httpapi writes the event before it sends the response.
//   - The event of a write has the object before and after it, as the API shows it to readers:
//     without secrets.
//   - A write goes on when its caller hangs up: done but unrecorded must not happen.
//   - A field or a parameter that nobody reads is an error that names it.
//   - Text that a store cannot keep reaches no action.
package action
