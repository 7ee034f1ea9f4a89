// Package action carries out one action of an administrator, and reads its body and its query
// strictly. The routes of the admin API and those of other gateways' admin APIs run through it.
//
// # Flow
//
//	Call → Performer.Perform: permission → workspace → Action.Do → audit event → response
//
// # Invariants
//
//   - Every action names the permission that it needs; Perform checks it before Do runs.
//   - A write is always audited, a read only when it is denied. The response follows once the
//     event is durable.
//   - A write goes on when its caller hangs up: done but unrecorded must not happen.
//   - A field or a parameter that nobody reads is an error that names it.
//   - Text that a store cannot keep reaches no action.
package action
