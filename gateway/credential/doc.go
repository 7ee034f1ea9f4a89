// Package credential keeps the provider credentials of workspaces: virtual keys.
//
// A virtual key is a named credential of one workspace, with the provider it belongs to and,
// optionally, a base URL, models and prices of its own. Configs and callers refer to it by
// name; only this package and the provider client see the credential.
//
// # Flow
//
// route asks [Service.VirtualKey] and [Service.VirtualKeys] when it resolves a plan. Both
// read an immutable snapshot in memory and never wait for the store. The store is read
// once, at start; each later change is written to the store first and then applied to the
// next snapshot. guardrails asks [Service.Credentials] for the texts that it must keep out
// of requests, answers and logs.
//
// # Secrets
//
// Package seal seals the credentials with the master key, each for its place: one that was moved
// elsewhere does not open. A credential that does not open is unusable, and nothing else is.
//
// Package credential imports neither identity nor billing. It finds workspaces through
// [Workspaces], which is set where the packages are wired together.
package credential
