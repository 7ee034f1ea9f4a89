package gateway

import (
	"encoding/json"
	"iter"
	"net/http"
	"slices"
	"time"
)

// Plan is the config of one exchange, compiled by Configure: slugs, virtual keys,
// inheritance and short forms are resolved. Redact, Input and Output include what the
// default configs of the workspace and the API key pin, whatever config applies. A Plan is
// immutable and shared between exchanges.
type Plan struct {
	Source  string // one of the Source constants
	Slug    string // slug of a saved config
	Version int
	// Config tells configs and their versions apart: "slug@version", or the hash of an inline one; "" = none.
	Config string
	// FromFile tells that the config stands in the server's file: the operator wrote it.
	FromFile bool

	Root   *Node
	Redact RedactPolicy
	Cache  CachePolicy
	Input  []GuardrailSpec // pinned guardrails, then the root's: they check the rendered request
	Output []GuardrailSpec // pinned guardrails, then the root's; also part of every Target's Output
}

// The sources of a config, in order of precedence.
const (
	SourceHeader       = "header"
	SourceBody         = "body"
	SourcePrompt       = "prompt"
	SourceAPIKey       = "api_key"
	SourceWorkspace    = "workspace"
	SourceOrganisation = "organisation" // only pins, and is never the source of a Plan
	SourceModel        = "model"        // the config of the group that the model names
	SourceRequest      = "request"      // no config: provider, virtual key or model of the request
)

// Inline reports whether the request contains the config. Its parameters are then the
// caller's text, not an admin's.
func (p *Plan) Inline() bool {
	return p.Slug == "" && (p.Source == SourceHeader || p.Source == SourceBody)
}

// OnlyTarget is the target that must have made a stored answer; nil if there are several. Only a
// primary target's answer is stored.
func (p *Plan) OnlyTarget() *Target {
	if p == nil {
		return nil
	}
	if ts := p.Root.Primary(); len(ts) == 1 {
		return ts[0]
	}
	return nil
}

// Mode is how a node chooses among its children.
type Mode string

// The modes.
const (
	ModeSingle      Mode = "single"
	ModeFallback    Mode = "fallback"
	ModeLoadbalance Mode = "loadbalance"
	ModeConditional Mode = "conditional" // Configure replaces such a node by the child that is for the call
	ModeCheapest    Mode = "cheapest"    // a fallback that begins where the call is estimated to cost least
	ModeFastest     Mode = "fastest"     // a fallback that begins where the answer is expected first
)

// Ranks reports whether the Router orders the children of such a node for each call.
func (m Mode) Ranks() bool { return m == ModeCheapest || m == ModeFastest }

// Chooser picks the child of a conditional node for a call, by its index. ok is false if none is for it.
type Chooser interface {
	Choose(env *Envelope, req *Request) (child int, ok bool)
}

// Keeper puts the children of a loadbalance in the order in which they are drawn for a call, so that
// calls which are alike are answered by the same one. scope names the config; at is the time of the
// call. nil if the call does not say what it is alike to.
type Keeper interface {
	Order(env *Envelope, req *Request, scope string, at time.Time) []int
}

// Node is a strategy over child nodes, or a leaf with a Target.
type Node struct {
	Path     string // "config", "config.targets[0]"
	Name     string
	Mode     Mode
	Nodes    []*Node
	OnStatus []int    // fallback only on these statuses; empty: on any error
	OnErrors []string // in the parent's fallback: tried only after a first failure of these codes; empty: after any
	Failover bool     // loadbalance: another draw among the rest where a target fails
	// FirstOnly: cheapest and fastest ask no other child when the first one fails.
	FirstOnly bool
	Chooser   Chooser // of a conditional node
	Keeper    Keeper  // of a sticky loadbalance
	Ordered   bool    // loadbalance: Keeper has drawn, and Nodes are in the order for this call
	// Breaker says when a leaf is left out, and that a strategy leaves out what cannot be called. It is nil
	// outside of a strategy that says so.
	Breaker *BreakerPolicy
	Weight  float64 // in the parent's loadbalance, cheapest or fastest; 0 = never chosen
	Target  *Target // leaf
}

// ErrorOther is the entry of OnErrors for every failure without a code of its own there:
// neither CodeContextWindow nor CodeContentPolicy.
const ErrorOther = "other"

// TakesOver reports whether a fallback tries n after its first node has failed with cause.
func (n *Node) TakesOver(cause error) bool {
	if len(n.OnErrors) == 0 {
		return true
	}
	code := ErrorOther
	if e := AsError(cause); e != nil && (e.Code == CodeContextWindow || e.Code == CodeContentPolicy) {
		code = e.Code
	}
	return slices.Contains(n.OnErrors, code)
}

// Targets iterates over the targets below n, in order.
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

// Primary lists the targets that may answer first: of a cheapest or fastest node, and of a loadbalance
// node that has not drawn, those of every child with a weight, of another node those of the first child.
// An answer of any other target is a fallback.
func (n *Node) Primary() []*Target {
	switch {
	case n == nil:
		return nil
	case n.Target != nil:
		return []*Target{n.Target}
	case n.Mode != ModeLoadbalance && !n.Mode.Ranks(), n.Ordered:
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

// RedactPolicy lists the entities to redact. The zero value redacts nothing.
type RedactPolicy struct {
	Input   []string // entity names: email phone card ip iban ssn cn_id cn_mobile
	Restore bool     // restore the originals in the answer
}

// On reports whether any entity is redacted.
func (p RedactPolicy) On() bool { return len(p.Input) > 0 }

// GuardrailSpec is one guardrail of a config: its checks and the effect of their verdicts.
// Package guardrails compiles it.
type GuardrailSpec struct {
	ID       string      `json:"id"`
	Version  string      `json:"version"` // hash of the spec: part of the cache partition
	Checks   []CheckSpec `json:"checks"`
	Deny     bool        `json:"deny"`     // false: a failure answers StatusFlagged, true: StatusDenied
	Allow    bool        `json:"allow"`    // on_error: allow; default false: an error denies
	OnAction string      `json:"onAction"` // "" or "flag"; reserved
}

// CheckSpec is one check of a guardrail.
type CheckSpec struct {
	ID     string          `json:"id"` // "default.contains"
	Params json.RawMessage `json:"parameters"`
}

// RetryPolicy is how often, and on which statuses, the same target is called again.
type RetryPolicy struct {
	Attempts      int   // number of retries; 0 = none
	OnStatus      []int // empty: DefaultRetryStatus
	UseRetryAfter bool
}

// statusOverloaded is Anthropic's status for an overloaded API.
const statusOverloaded = 529

// DefaultRetryStatus lists the upstream statuses that are retried if the config sets no
// on_status_codes: Portkey's list, and 529, which Anthropic sends when overloaded.
var DefaultRetryStatus = []int{http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway,
	http.StatusServiceUnavailable, http.StatusGatewayTimeout, statusOverloaded}
