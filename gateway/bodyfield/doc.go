// Package bodyfield finds the fields of a request's body that choose a model or bound its cost,
// in whatever format the body is. Vendors, and gateways in front of them, disagree on the
// spelling of such fields and on where they may stand, and some ignore case. What is allowed,
// priced and limited must be what the vendor reads, so this package finds more rather than fewer, and
// reports what nobody can be sure of. It is a plain library under the dialects.
package bodyfield
