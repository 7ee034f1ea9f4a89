// Package admin has the resources that are administered over HTTP: workspaces, API keys, virtual
// keys, configs, prompts, logs and the audit log. A file holds one resource: its interface, its
// operations, its JSON.
//
// Package action below carries an operation out: permission, workspace, audit event, response.
//
// # Invariants
//
//   - Every operation names the permission that it needs.
//   - A resource of another workspace is absent (404) for everybody but an owner.
package admin
