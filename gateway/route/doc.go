// Package route decides where an exchange goes and takes it there. It owns the config
// schema, the Configure stage and the Router.
//
// # The flow
//
//	JSON ──parser──▶ document ──compiler──▶ gateway.Plan ──Router──▶ attempts
//
// A document is one config as its author wrote it: checked whole, all problems at once,
// short forms expanded. It knows nothing of the request or the workspace and is kept
// (saved ones by slug, inline ones by hash). The compiler joins it with what the
// request itself names (provider, virtual key, model prefix: see address) and with the
// workspace's virtual keys, and resolves inheritance. The Router walks the Plan.
//
// # Who names the target
//
// A leaf of the config that names a provider or virtual key is called as it says. A leaf
// that names none takes what the request names. A config that the caller did not choose
// (on the API key or the workspace) and whose leaves are all named still gives way to a
// request that addresses one target outright, as "@virtual-key/model", by header or as
// "mock/…": what GET /v1/models lists can be called as it stands. The rest of that
// config (guardrails, cache, redaction, retries, parameters) stays in force.
//
// A virtual key's credential never goes to a host that the caller chose: a custom_host
// from a header or an inline config needs the caller's own credential, or a trusted host.
//
// # Invariants
//
//   - A Plan is immutable; Plans that nothing of a request entered but its address are
//     shared as long as config and virtual keys stay the same.
//   - Guardrails add up from the root to the leaf: a target can be stricter than its
//     config, never laxer.
//   - Router alone writes Facts.Attempts, one for each upstream call. It moves on only
//     before it has handed a stream on. The upstream's context ends with its stream.
package route
