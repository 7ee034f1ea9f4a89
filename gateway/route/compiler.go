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
	s         *Service
	ctx       context.Context // of this one compilation
	workspace string
	env       *gateway.Envelope
	ask       address
	model     string // as the request has it, "" if not known yet
	foreign   bool   // the caller wrote the config itself: inline, not saved
	open      bool   // a target without address is left open: a prompt template may name it

	asked bool // some leaf took the request's address
	own   bool // some leaf has one of its own
	deps  []dependency
}

// scope is what a target inherits.
type scope struct {
	provider, virtualKey, model string
	path                        string // of the object that named them
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
func (c *compiler) plan(d *document) (*gateway.Plan, error) {
	p := &gateway.Plan{Input: d.input, Output: d.output}
	if d.cache != nil {
		p.Cache = *d.cache
	}
	root := scope{output: d.output}
	var err error
	p.Root, err = c.node(d, root.enter(d, true))
	return p, err
}

// enter is the scope inside d. A root's guardrails are the Plan's own.
func (s scope) enter(d *document, root bool) scope {
	if d.named() {
		s.provider, s.virtualKey, s.model, s.apiKey = d.provider, d.virtualKey, d.model, d.apiKey
		s.path = d.path
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
	s.defaults = merge(s.defaults, d.defaults)
	s.overrides = merge(s.overrides, d.overrides)
	if !root {
		s.input = join(s.input, d.input)
		s.output = join(s.output, d.output)
	}
	return s
}

// merge joins two objects shallowly; the child wins.
func merge(parent, child json.RawMessage) json.RawMessage {
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
func join(parent, child []gateway.GuardrailSpec) []gateway.GuardrailSpec {
	for _, g := range child {
		if !slices.ContainsFunc(parent, func(o gateway.GuardrailSpec) bool { return o.Version == g.Version }) {
			parent = append(slices.Clip(parent), g)
		}
	}
	return parent
}

func (c *compiler) node(d *document, in scope) (*gateway.Node, error) {
	n := &gateway.Node{Path: d.path, Name: d.name, Mode: d.mode, OnStatus: d.onStatus, Weight: d.weight}
	if d.leaf() {
		n.Mode = gateway.ModeSingle
		var err error
		n.Target, err = c.target(d, in)
		return n, err
	}
	n.Nodes = make([]*gateway.Node, 0, len(d.targets))
	for _, t := range d.targets {
		child, err := c.node(t, in.enter(t, false))
		if err != nil {
			return nil, err
		}
		n.Nodes = append(n.Nodes, child)
	}
	return n, nil
}

// target makes a leaf: its parameters first, then whom to call.
func (c *compiler) target(d *document, in scope) (*gateway.Target, error) {
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
	ask := c.ask
	if d.entry != "" {
		ask = c.entry(d.entry, &in, t)
	}
	switch {
	case in.virtualKey != "" || in.provider != "":
		c.own = true
		ask = address{virtualKey: in.virtualKey, vendor: in.provider, path: in.path}
	case ask.empty():
		c.asked = true
		if c.open || d.promptID != "" { // Resolve reads these two back
			t.BaseURL, t.Credential = in.customHost, in.apiKey
			return t, nil
		}
		return nil, nowhere(c.model)
	default:
		c.asked = true
		if t.Model == "" {
			t.Model = ask.model
		}
	}
	return t, c.reach(t, ask, in)
}

// entry settles a model of a "fallback" list: the same key, unless its prefix says
// otherwise. A vendor's prefix counts only where the request's own target was found by one.
func (c *compiler) entry(entry string, in *scope, t *gateway.Target) address {
	a := address{}
	a.prefix(c.s, entry)
	if a.vendor == mock || !a.empty() && c.ask.soft && in.virtualKey == "" && in.provider == "" {
		in.virtualKey, in.provider, in.apiKey = "", "", gateway.Secret{}
	} else {
		a = c.ask
		a.model = entry
	}
	t.Model = a.model
	t.Override = merge(in.overrides, modelOverride(a.model))
	return a
}
