// Package admin has the resources that are administered over HTTP: workspaces, API keys, virtual
// keys, configs, prompts, logs and the audit log. A file holds one resource: its interface, its
// operations, its JSON.
//
// # Flow
//
//	Call → perform: permission → operation → audit event → response
//
// # Invariants
//
//   - Every operation names the permission that it needs; perform checks it before the
//     operation runs.
//   - A write is always audited, a read only when it is denied. The response follows once the
//     event is durable.
//   - A write goes on when its caller hangs up: done but unrecorded must not happen.
//   - A resource of another workspace is absent (404) for everybody but an owner.
package admin
