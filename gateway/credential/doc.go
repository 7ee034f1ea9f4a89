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
// Everything secret in the database depends on the [MasterKey]. [Cipher] seals credentials
// with AES-256-GCM under a key derived from it, with the place of the value (table, row,
// column) as associated data: a ciphertext that was moved elsewhere does not open. A
// credential that does not open makes its virtual key unusable, and nothing else. The same
// Cipher computes the keyed hashes under which API keys are stored.
//
// Package credential imports neither identity nor billing. It finds workspaces through
// [Workspaces], which is set where the packages are wired together.
package credential
