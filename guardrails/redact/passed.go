package redact

import (
	"slices"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Passed redacts the head of a call that is passed on to a vendor's own API, in place: it runs before
// anyone else reads it. A value in a place that a vendor reads by its form is refused.
func (r *Redaction) Passed(p *gateway.PassThrough) (err error) {
	defer withoutText(&err)
	if p.Owed { // Sluice's own
		return nil
	}
	for _, name := range p.Names {
		if len(r.find("", name)) > 0 {
			return gateway.InvalidField(op, "path", "The path of the URL holds personal data or a credential, which cannot be replaced there.")
		}
	}
	if err := r.passedQuery(p); err != nil {
		return err
	}
	return r.passedHeader(p)
}

// passedQuery redacts the values of the query. The name of a parameter cannot be another one.
func (r *Redaction) passedQuery(p *gateway.PassThrough) error {
	list, err := p.Parameters()
	if err != nil {
		return gateway.InvalidField(op, "query", gateway.AsError(err).Public) // it quotes nothing
	}
	changed := false
	for i, each := range list {
		if len(r.find("", each.Name)) > 0 {
			return gateway.InvalidField(op, "query", "The name of a parameter in the query of the URL holds personal data or a credential, which cannot be replaced there.")
		}
		if value, ok := edited(each.Name, each.Value, jsonx.KindString, maxNesting, r.edit); ok {
			list[i], changed = each.With(value), true
		}
	}
	if changed {
		p.SetParameters(list)
	}
	return nil
}

// passedHeader redacts the caller's headers. A pseudonym can stand for the key of a retry, which is the same
// for the same text.
func (r *Redaction) passedHeader(p *gateway.PassThrough) error {
	for name, values := range p.Header {
		for i, value := range values {
			switch {
			case len(r.find("", value)) == 0:
			case name == "Idempotency-Key":
				values = slices.Clone(values) // the caller's
				values[i] = r.detector.Pseudonym(value)
				p.Header[name] = values
			default:
				name = strings.ToLower(name)
				return gateway.InvalidField(op, name, "The header '"+name+"' holds personal data or a credential, which cannot be replaced there.")
			}
		}
	}
	return nil
}
