package redact

import (
	"net/http"

	"github.com/sluicegate/sluice/gateway"
)

// Envelope returns ex with the values replaced that the caller wrote outside the body and
// that go upstream: parameters of an inline config, and forwarded headers. Facts keep the
// original plan, because metadata and routing are judged by originals.
func (r *Redaction) Envelope(ex *gateway.Exchange) (out *gateway.Exchange, err error) {
	defer withoutText(&err)
	if ex.Envelope == nil {
		return ex, nil
	}
	c := *ex
	if ex.Plan.Inline() {
		plan := *ex.Plan
		if plan.Root, err = r.node(plan.Root); err != nil {
			return nil, err
		}
		c.Plan = &plan
	}
	if header := r.headers(c.Plan.Root, ex.Envelope.Header); header != nil {
		e := *ex.Envelope
		e.Header = header
		c.Envelope = &e
	}
	if r.ctx.Err() != nil {
		return nil, callerGone(r.ctx)
	}
	return &c, nil
}

// node returns a copy of n with the parameters of its targets redacted. n is shared and is
// not modified.
func (r *Redaction) node(n *gateway.Node) (*gateway.Node, error) {
	if n == nil {
		return nil, nil
	}
	c, err := *n, error(nil)
	if n.Target != nil {
		t := *n.Target
		if t.Default, err = r.parameters(t.Default); err != nil {
			return nil, err
		}
		if t.Override, err = r.parameters(t.Override); err != nil {
			return nil, err
		}
		c.Target = &t
	}
	c.Nodes = make([]*gateway.Node, len(n.Nodes))
	for i := range n.Nodes {
		if c.Nodes[i], err = r.node(n.Nodes[i]); err != nil {
			return nil, err
		}
	}
	return &c, nil
}

func (r *Redaction) parameters(raw []byte) ([]byte, error) {
	if len(raw) == 0 {
		return raw, nil
	}
	out, err := r.body(r.request.Dialect, raw, r.findTyped)
	if out == nil {
		out = raw
	}
	return out, err
}

// headers returns the caller's headers with pseudonyms for the values that a target may get and that hold
// an entity of the policy, nil if there are none. Credentials are replaced in headers that nobody has
// named: a config that names a header with one means to send it.
func (r *Redaction) headers(n *gateway.Node, from http.Header) (out http.Header) {
	for name, named := range n.ForwardedHeaders() {
		for i, value := range from[name] {
			if named && !r.identifies(value) || !named && len(r.find("", value)) == 0 {
				continue
			}
			if out == nil {
				out = from.Clone()
			}
			out[name][i] = r.detector.Pseudonym(value)
		}
	}
	return out
}

// identifies reports whether value holds an entity other than a credential.
func (r *Redaction) identifies(value string) bool {
	for _, sp := range r.scanner.Scan(nil, value) {
		if sp.Entity != "secret" {
			return true
		}
	}
	return false
}
