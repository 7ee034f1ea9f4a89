package route

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/route/document"
)

// compiler turns one document into the nodes of a Plan, for one request.
type compiler struct {
	service      *Service
	ctx          context.Context // of this one compilation
	workspace    string
	allowed      []string // names of the virtual keys that the caller's API key may use; nil = all
	env          *gateway.Envelope
	requested    targetRef
	pinned       pinned
	model        string // the request's model, "" if not known yet
	surface      string // name of the format that the caller speaks
	inGroup      bool   // the model names a group, whose config applies
	operators    bool   // the config stands in the server's file
	retries      *int   // the body's num_retries, for every target; nil = as the config says
	allowUnnamed bool   // a target may name no provider: a prompt template will name it

	usedRequested  bool // some target uses the request's reference
	usedConfigured bool // some target names its own provider
	deps           []dependency
}

// inherited holds the settings that a target inherits from the config objects around it.
type inherited struct {
	provider, virtualKey, model string
	refPath                     string // path of the object that names provider or virtual key
	apiKey                      gateway.Secret

	breaker    *gateway.BreakerPolicy
	retry      gateway.RetryPolicy
	timeout    time.Duration
	customHost string
	forward    []string
	defaults   json.RawMessage
	overrides  json.RawMessage
	drop       []string
	points     bool
	billing    gateway.BillingLine
	input      []gateway.GuardrailSpec
	output     []gateway.GuardrailSpec
}

// compilePlan compiles d, the root of a config.
func (c *compiler) compilePlan(d *document.Document) (*gateway.Plan, error) {
	p := &gateway.Plan{Input: c.pinned.input(d.Input), Output: c.pinned.output(d.Output)}
	if d.Cache != nil {
		p.Cache = *d.Cache
	}
	root := inherited{output: p.Output}
	var err error
	p.Root, err = c.compileNode(d, root.inherit(d, true))
	return p, err
}

// inherit returns the settings for the targets inside d. A root's guardrails are not
// inherited: they belong to the Plan.
func (s inherited) inherit(d *document.Document, root bool) inherited {
	if d.NamesTarget() {
		s.provider, s.virtualKey, s.model, s.apiKey = d.Provider, d.VirtualKey, d.Model, d.APIKey
		s.refPath = d.Path
	} else if !d.APIKey.Empty() {
		s.apiKey = d.APIKey
	}
	if d.Breaker != nil {
		s.breaker = d.Breaker
	}
	if d.Retry != nil {
		s.retry = *d.Retry
	}
	if d.Timeout > 0 {
		s.timeout = d.Timeout
	}
	if d.CustomHost != "" {
		s.customHost = d.CustomHost
	}
	if d.Forward != nil {
		s.forward = d.Forward
	}
	if d.Drop != nil {
		s.drop = d.Drop
	}
	if d.CachePoints != nil {
		s.points = *d.CachePoints
	}
	if d.BillingLine != gateway.BillingLineDefault {
		s.billing = d.BillingLine
	}
	s.defaults = mergeParams(s.defaults, d.Defaults)
	s.overrides = mergeParams(s.overrides, d.Overrides)
	if !root {
		s.input = addGuardrails(s.input, d.Input)
		s.output = addGuardrails(s.output, d.Output)
	}
	return s
}

// mergeParams merges two JSON objects, one level deep. The child's fields win.
func mergeParams(parent, child json.RawMessage) json.RawMessage {
	if len(child) == 0 {
		return parent
	}
	if len(parent) == 0 {
		return child
	}
	out := []byte(parent)
	gjson.ParseBytes(child).ForEach(func(k, v gjson.Result) bool {
		if next, err := sjson.SetRawBytes(out, gjson.Escape(k.String()), []byte(v.Raw)); err == nil {
			out = next
		}
		return true
	})
	return out
}

// addGuardrails appends the guardrails of child that parent does not contain yet.
func addGuardrails(parent, child []gateway.GuardrailSpec) []gateway.GuardrailSpec {
	for _, g := range child {
		if !slices.ContainsFunc(parent, func(o gateway.GuardrailSpec) bool { return o.Version == g.Version }) {
			parent = append(slices.Clip(parent), g)
		}
	}
	return parent
}

func (c *compiler) compileNode(d *document.Document, in inherited) (*gateway.Node, error) {
	n := &gateway.Node{Path: d.Path, Name: d.Name, Mode: d.Mode, OnStatus: d.OnStatus, OnErrors: d.OnErrors, Failover: d.Failover, FirstOnly: d.FirstOnly, Breaker: in.breaker, Weight: d.Weight}
	if d.IsLeaf() {
		n.Mode = gateway.ModeSingle
		var err error
		n.Target, err = c.compileTarget(d, in)
		return n, err
	}
	n.Nodes = make([]*gateway.Node, 0, len(d.Targets))
	for _, t := range d.Targets {
		child, err := c.compileNode(t, in.inherit(t, false))
		if err != nil {
			return nil, err
		}
		n.Nodes = append(n.Nodes, child)
	}
	if d.Chooser != nil {
		n.Chooser = d.Chooser
	}
	if d.Sticky != nil {
		n.Keeper = d.Sticky
	}
	return n, nil
}

// compileTarget compiles a leaf: first its parameters, then provider and credential.
func (c *compiler) compileTarget(d *document.Document, in inherited) (*gateway.Target, error) {
	t := &gateway.Target{
		Path: d.Path, Model: in.model, Default: in.defaults, Override: in.overrides, Drop: in.drop,
		Timeout: in.timeout, Retry: in.retry, Forward: in.forward, CachePoints: in.points, BillingLine: in.billing, PromptID: d.PromptID,
		Input: in.input, Output: in.output,
	}
	if d.Model != "" {
		t.Model = d.Model
	}
	if c.env.RequestTimeout > 0 {
		t.Timeout = c.env.RequestTimeout
	}
	if c.retries != nil {
		t.Retry.Attempts = *c.retries
	}
	if len(c.env.ForwardHeaders) > 0 {
		t.Forward = c.env.ForwardHeaders
	}
	ask := c.requested
	if d.FallbackEntry != "" {
		ask = c.fallbackTarget(d.FallbackEntry, &in, t)
	}
	switch {
	case in.virtualKey != "" || in.provider != "":
		c.usedConfigured = true
		ask = targetRef{virtualKey: in.virtualKey, vendor: in.provider, path: in.refPath}
	case ask.empty():
		c.usedRequested = true
		if c.allowUnnamed || d.PromptID != "" { // kept here for Resolve, which reads both again
			t.BaseURL, t.Credential = in.customHost, in.apiKey
			return t, nil
		}
		var err error
		if ask, err = c.bareTarget(ask.model, in); err != nil {
			return nil, err
		}
	default:
		c.usedRequested = true
		if t.Model == "" {
			t.Model = ask.model
		}
	}
	return t, c.resolveTarget(t, ask, in)
}

// fallbackTarget returns the reference for an entry of a "fallback" list. An entry without a
// prefix uses the same virtual key. A vendor prefix is only read if the request's own target
// was found by a vendor prefix.
func (c *compiler) fallbackTarget(entry string, in *inherited, t *gateway.Target) targetRef {
	a := targetRef{}
	a.readVendorPrefix(c.service, entry)
	if a.vendor == document.Mock || !a.empty() && c.requested.vendorPrefix && in.virtualKey == "" && in.provider == "" {
		in.virtualKey, in.provider, in.apiKey = "", "", gateway.Secret{}
	} else {
		a = c.requested
		a.model = entry
	}
	t.Model = a.model
	t.Override = mergeParams(in.overrides, document.ModelOverride(a.model))
	return a
}
