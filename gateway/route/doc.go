// Package route chooses the targets of a request: it keeps saved configs, and compiles the config
// of a request to a plan in the Configure stage. Package document reads configs, package router
// calls the targets, package allow says which ones, and which models, an API key and a virtual key
// permit.
//
// # The flow
//
//	JSON ──▶ document ──compiler──▶ gateway.Plan ──router──▶ attempts
//
// A document is one parsed config. It does not depend on the request or the workspace, so it is
// cached: saved configs by slug, inline configs by hash. The compiler merges it
// with the target that the request names (provider, virtual key, model prefix: see
// targetRef) and with the workspace's virtual keys, and resolves inheritance.
//
// # Who names the target
//
// A leaf of the config that names a provider or virtual key is called as it says. A leaf
// that names none uses the request's target. There is one exception. If an admin set the
// config (on the API key or the workspace) and all its leaves name their targets, a request
// may still name one target explicitly: as "@virtual-key/model", by header, or as "mock/…".
// So every id that GET /v1/models lists can be called. The other settings of that config
// (guardrails, cache, redaction, retries, parameters) still apply.
//
// A model name that comes without any target is a bare name: searchKey finds a virtual key for
// it. Such a Plan depends on all virtual keys of the workspace and on the caller's format.
//
// A virtual key's credential is never sent to a host that the caller chose: a custom_host
// from a header or an inline config needs the caller's own credential, or a trusted host.
//
// # Fields of other gateways
//
// A body may hold fields that are meant for a gateway: OpenRouter's "models" and "provider",
// LiteLLM's "fallbacks". If every target takes a field (Config.TakesField), it stays. Otherwise
// Configure removes it and acts on it: it amends the document with a chain of models or a
// choice of virtual keys before compiling it. Hints that nobody acts on go to Facts.Dropped.
//
// # Invariants
//
//   - A Plan is immutable. A Plan that depends on nothing of the request but its target
//     reference is shared between requests, until the config or a virtual key changes.
//   - Guardrails accumulate from the root to the leaf: a target can be stricter than its
//     config, never less strict.
package route
