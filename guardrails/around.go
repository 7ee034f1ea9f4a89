package guardrails

import (
	"net/http"

	"github.com/sluicegate/sluice/gateway"
)

// around redacts what the caller wrote beside the body and what goes upstream with it:
// parameters of a config of his own, and headers that are passed on by name. ex.Facts keeps
// the plan as it was: metadata and routing are judged by originals.
func (s *Service) around(ex *gateway.Exchange, v *vault) (out *gateway.Exchange, err error) {
	defer unredacted(&err)
	inline := ex.Plan.Inline()
	env := ex.Envelope
	if env == nil || !inline && !forwards(ex.Plan.Root) {
		return ex, nil
	}
	sc, err := s.scanner(ex.Plan.Redact.Input)
	if err != nil {
		return nil, err
	}
	c := *ex
	p := s.pass(sc, v)
	defer p.end()
	p.typed[0] = ex.Request.Raw
	if inline {
		plan := *ex.Plan
		if plan.Root, err = p.node(plan.Root); err != nil {
			return nil, err
		}
		c.Plan = &plan
	}
	if header := s.headers(p, c.Plan.Root, env.Header); header != nil {
		e := *env
		e.Header = header
		c.Envelope = &e
	}
	return &c, nil
}

// node redacts the parameters of the targets below n, which is shared and stays as it is.
func (p *pass) node(n *gateway.Node) (*gateway.Node, error) {
	if n == nil {
		return nil, nil
	}
	c, err := *n, error(nil)
	if n.Target != nil {
		t := *n.Target
		if t.Default, err = p.body(t.Default); err == nil {
			t.Override, err = p.body(t.Override)
		}
		c.Target = &t
	}
	c.Nodes = make([]*gateway.Node, len(n.Nodes))
	for i := range n.Nodes {
		if err == nil {
			c.Nodes[i], err = p.node(n.Nodes[i])
		}
	}
	return &c, err
}

func forwards(n *gateway.Node) bool {
	if n == nil {
		return false
	}
	if n.Target != nil && len(n.Target.Forward) > 0 {
		return true
	}
	for _, c := range n.Nodes {
		if forwards(c) {
			return true
		}
	}
	return false
}

// headers gives the caller's headers with pseudonyms for those values that are passed on and
// hold an entity of the policy; nil if there are none. Credentials stay: who names a header
// with one means to send it.
func (s *Service) headers(p *pass, n *gateway.Node, from http.Header) (out http.Header) {
	for _, t := range n.Leaves() {
		for _, name := range t.Forward {
			name = http.CanonicalHeaderKey(name)
			for i, value := range from[name] {
				if !p.identifies(value) {
					continue
				}
				if out == nil {
					out = from.Clone()
				}
				out[name][i] = s.Pseudonym(value)
			}
		}
	}
	return out
}

func (p *pass) identifies(value string) bool {
	for _, sp := range p.scanner.Scan(p.room[:0], value) {
		if sp.Entity != "secret" {
			return true
		}
	}
	return false
}
