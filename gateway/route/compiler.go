package route

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"

	"github.com/sluicegate/sluice/gateway"
)

// compiler makes the nodes of a Plan out of one document for one request.
type compiler struct {
	service      *Service
	ctx          context.Context // of this one compilation
	workspace    string
	env          *gateway.Envelope
	requested    targetRef
	model        string // as the request has it, "" if not known yet
	callerConfig bool   // the caller wrote the config itself: inline, not saved
	allowUnnamed bool   // a target without address is left open: a prompt template may name it

	usedRequested  bool // some leaf took the request's address
	usedConfigured bool // some leaf has one of its own
	deps           []dependency
}

// scope is what a target inherits.
type inherited struct {
	provider, virtualKey, model string
	refPath                     string // of the object that named them
	apiKey                      gateway.Secret

	retry      gateway.RetryPolicy
	timeout    time.Duration
	customHost string
	forward    []string
	defaults   json.RawMessage
	overrides  json.RawMessage
	drop       []string
	input      []gateway.GuardrailSpec
	output     []gateway.GuardrailSpec
}

// plan compiles d.
func (c *compiler) compilePlan(d *document) (*gateway.Plan, error) {
	p := &gateway.Plan{Input: d.input, Output: d.output}
	if d.cache != nil {
		p.Cache = *d.cache
	}
	root := inherited{output: d.output}
	var err error
	p.Root, err = c.compileNode(d, root.inherit(d, true))
	return p, err
}

// enter is the scope inside d. A root's guardrails are the Plan's own.
func (s inherited) inherit(d *document, root bool) inherited {
	if d.namesTarget() {
		s.provider, s.virtualKey, s.model, s.apiKey = d.provider, d.virtualKey, d.model, d.apiKey
		s.refPath = d.path
	} else if !d.apiKey.Empty() {
		s.apiKey = d.apiKey
	}
	if d.retry != nil {
		s.retry = *d.retry
	}
	if d.timeout > 0 {
		s.timeout = d.timeout
	}
	if d.customHost != "" {
		s.customHost = d.customHost
	}
	if d.forward != nil {
		s.forward = d.forward
	}
	if d.drop != nil {
		s.drop = d.drop
	}
	s.defaults = mergeParams(s.defaults, d.defaults)
	s.overrides = mergeParams(s.overrides, d.overrides)
	if !root {
		s.input = addGuardrails(s.input, d.input)
		s.output = addGuardrails(s.output, d.output)
	}
	return s
}

// merge joins two objects shallowly; the child wins.
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

// join adds guardrails, each once.
func addGuardrails(parent, child []gateway.GuardrailSpec) []gateway.GuardrailSpec {
	for _, g := range child {
		if !slices.ContainsFunc(parent, func(o gateway.GuardrailSpec) bool { return o.Version == g.Version }) {
			parent = append(slices.Clip(parent), g)
		}
	}
	return parent
}

func (c *compiler) compileNode(d *document, in inherited) (*gateway.Node, error) {
	n := &gateway.Node{Path: d.path, Name: d.name, Mode: d.mode, OnStatus: d.onStatus, Weight: d.weight}
	if d.isLeaf() {
		n.Mode = gateway.ModeSingle
		var err error
		n.Target, err = c.compileTarget(d, in)
		return n, err
	}
	n.Nodes = make([]*gateway.Node, 0, len(d.targets))
	for _, t := range d.targets {
		child, err := c.compileNode(t, in.inherit(t, false))
		if err != nil {
			return nil, err
		}
		n.Nodes = append(n.Nodes, child)
	}
	return n, nil
}

// target makes a leaf: its parameters first, then whom to call.
func (c *compiler) compileTarget(d *document, in inherited) (*gateway.Target, error) {
	t := &gateway.Target{
		Path: d.path, Model: in.model, Default: in.defaults, Override: in.overrides, Drop: in.drop,
		Timeout: in.timeout, Retry: in.retry, Forward: in.forward, PromptID: d.promptID,
		Input: in.input, Output: in.output,
	}
	if d.model != "" {
		t.Model = d.model
	}
	if c.env.RequestTimeout > 0 {
		t.Timeout = c.env.RequestTimeout
	}
	if len(c.env.ForwardHeaders) > 0 {
		t.Forward = c.env.ForwardHeaders
	}
	ask := c.requested
	if d.fallbackEntry != "" {
		ask = c.fallbackTarget(d.fallbackEntry, &in, t)
	}
	switch {
	case in.virtualKey != "" || in.provider != "":
		c.usedConfigured = true
		ask = targetRef{virtualKey: in.virtualKey, vendor: in.provider, path: in.refPath}
	case ask.empty():
		c.usedRequested = true
		if c.allowUnnamed || d.promptID != "" { // Resolve reads these two back
			t.BaseURL, t.Credential = in.customHost, in.apiKey
			return t, nil
		}
		return nil, noProviderError(c.model)
	default:
		c.usedRequested = true
		if t.Model == "" {
			t.Model = ask.model
		}
	}
	return t, c.resolveTarget(t, ask, in)
}

// entry settles a model of a "fallback" list: the same key, unless its prefix says
// otherwise. A vendor's prefix counts only where the request's own target was found by one.
func (c *compiler) fallbackTarget(entry string, in *inherited, t *gateway.Target) targetRef {
	a := targetRef{}
	a.readVendorPrefix(c.service, entry)
	if a.vendor == mock || !a.empty() && c.requested.vendorPrefix && in.virtualKey == "" && in.provider == "" {
		in.virtualKey, in.provider, in.apiKey = "", "", gateway.Secret{}
	} else {
		a = c.requested
		a.model = entry
	}
	t.Model = a.model
	t.Override = mergeParams(in.overrides, modelOverride(a.model))
	return a
}
