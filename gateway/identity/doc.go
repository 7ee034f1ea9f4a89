// Package identity knows who may call Sluice.
//
// An organisation owns workspaces and members. A member has a role in each workspace it
// belongs to; an owner acts in all of them. A team is a group of members of a workspace. An
// API key is what a caller presents: it stands for one member in one workspace, and may belong
// to one of the member's teams. A token of another issuer ([Bearer]) stands for a member, too,
// with rights of its own. What a role allows is gateway's table of permissions; what one key may do and
// use within that are its [access.Rules].
//
// # Flow
//
// [Service.Authenticate] is the stage that turns the API key of a call into a
// [gateway.Principal]. [Service.Identify] does the same for admin requests. Both read an
// index in memory and never wait for the store. The index is read from the store once, at
// start; each later change is written to the store first and then applied to the index.
// Memory grows with what administrators create, never with what callers send.
//
// # Invariants
//
//   - An API key is stored as an HMAC under a key derived from the master key. A copy of
//     the database neither reveals keys nor lets anybody test guesses.
//   - What a principal may not see is absent (NotFound), not forbidden.
//   - What the server's file declares is changed in the file, not through the admin API.
//   - A canary sealed at the first start detects a wrong master key at the next one.
//
// # Neighbours
//
// Package identity imports neither credential nor billing. It needs a [Cipher] (the one of
// credential) and tells a [Budgets] (the service of billing) about the budgets of API keys.
// Both are set where the packages are wired together.
package identity
