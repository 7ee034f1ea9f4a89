package redact

import (
	"slices"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// Passed redacts the head of a call that is passed on to a vendor's own API, in place: it runs before
// anyone else reads it. A value in a place that a vendor reads by its form is refused.
func (r *Redaction) Passed(p *gateway.PassThrough) (err error) {
	defer withoutText(&err)
	if p.Owed { // Sluice's own
		return nil
	}
	return r.passedHeader(p)
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
