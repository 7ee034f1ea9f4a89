package gateway

import (
	"encoding/json"
	"iter"
	"slices"
	"time"
)

// Plan is the config that applies to one exchange, resolved once by Configure and
// immutable from then on: slugs, virtual keys, inheritance and short forms are gone. Redact,
// Input and Output hold what the default configs of the workspace and the API key pin,
// whatever config applies.
// Plans are shared between exchanges.
type Plan struct {
	Source  string // one of the Source constants
	Slug    string // of a saved config
	Version int
	Root    *Node
	Redact  RedactPolicy
	Cache   CachePolicy
	Input   []GuardrailSpec // the pinned ones, then the root's: they judge the rendered request
	Output  []GuardrailSpec // the pinned ones, then the root's; also part of every Target's Output
}

// The places that a config comes from, in order of precedence.
const (
	SourceHeader    = "header"
	SourceBody      = "body"
	SourcePrompt    = "prompt"
	SourceAPIKey    = "api_key"
	SourceWorkspace = "workspace"
	SourceRequest   = "request" // no config: provider, virtual key or model decided
)

// Inline reports whether the caller wrote the config into the request itself. Its
// parameters are then the caller's text, not an administrator's.
func (p *Plan) Inline() bool {
	return p.Slug == "" && (p.Source == SourceHeader || p.Source == SourceBody)
}

// Mode is how a node chooses among its children.
type Mode string

// The modes.
const (
	ModeSingle      Mode = "single"
	ModeFallback    Mode = "fallback"
	ModeLoadbalance Mode = "loadbalance"
)

// Node is a strategy over children, or a leaf with a Target.
type Node struct {
	Path     string // "config", "config.targets[0]"
	Name     string
	Mode     Mode
	Nodes    []*Node
	OnStatus []int   // fallback: leave on these only; empty: on any failure
	Weight   float64 // in the parent's loadbalance; 0 = never picked
	Target   *Target // leaf
}

// Targets goes over the targets below n, in order.
func (n *Node) Targets() iter.Seq[*Target] {
	return func(yield func(*Target) bool) { n.targets(yield) }
}

func (n *Node) targets(yield func(*Target) bool) bool {
	if n == nil {
		return true
	}
	if n.Target != nil {
		return yield(n.Target)
	}
	for _, c := range n.Nodes {
		if !c.targets(yield) {
			return false
		}
	}
	return true
}

// Leaves lists the targets below n, in order.
func (n *Node) Leaves() []*Target { return slices.Collect(n.Targets()) }

// Primary lists the targets that may answer first: of a loadbalance every child
// with weight, of anything else the first child. What another target answers is a
// fallback.
func (n *Node) Primary() []*Target {
	switch {
	case n == nil:
		return nil
	case n.Target != nil:
		return []*Target{n.Target}
	case n.Mode != ModeLoadbalance:
		if len(n.Nodes) == 0 {
			return nil
		}
		return n.Nodes[0].Primary()
	}
	var ts []*Target
	for _, c := range n.Nodes {
		if c.Weight > 0 {
			ts = append(ts, c.Primary()...)
		}
	}
	return ts
}

// RedactPolicy says which entities are replaced before anything else sees them.
// The zero value is off.
type RedactPolicy struct {
	Input   []string // entity names: email phone card ip iban ssn cn_id cn_mobile
	Restore bool     // put the originals back for the caller
}

// On reports whether anything is replaced.
func (p RedactPolicy) On() bool { return len(p.Input) > 0 }

// CachePolicy is the top-level "cache" of a config. The zero value is off.
type CachePolicy struct {
	Mode      CacheMode
	MaxAge    time.Duration // 0 = the default
	Threshold float64       // semantic tier: cosine; 0 = the default, .95
}

// CacheMode names the tiers in use.
type CacheMode string

// The modes. "simple", Portkey's word, is read as exact.
const (
	CacheOff      CacheMode = ""
	CacheExact    CacheMode = "exact"
	CacheSemantic CacheMode = "semantic" // exact, alias and semantic tiers
)

// GuardrailSpec is one guardrail of a config: checks and what their verdict does.
// It is data; package guardrails compiles it.
type GuardrailSpec struct {
	ID       string      `json:"id"`
	Version  string      `json:"version"` // hash of the spec: part of the cache partition
	Checks   []CheckSpec `json:"checks"`
	Deny     bool        `json:"deny"`     // false: a failure answers StatusFlagged, true: StatusDenied
	Allow    bool        `json:"allow"`    // on_error: allow; default false: an error denies
	OnAction string      `json:"onAction"` // "" or "flag": reserved for checks that only note
}

// CheckSpec is one check of a guardrail.
type CheckSpec struct {
	ID     string          `json:"id"` // "default.contains"
	Params json.RawMessage `json:"parameters"`
}

// RetryPolicy is how often, and on what, the same target is called again.
type RetryPolicy struct {
	Attempts      int   // further calls; 0 = none
	OnStatus      []int // empty: DefaultRetryStatus
	UseRetryAfter bool
}

// DefaultRetryStatus are the upstream statuses that a retry without on_status_codes
// acts on (Portkey's list with 529, which Anthropic sends when overloaded).
var DefaultRetryStatus = []int{429, 500, 502, 503, 504, 529}
