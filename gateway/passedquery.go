package gateway

import (
	"net/url"
	"strings"
)

// Parameter is a parameter in the query of a call that is passed on.
type Parameter struct {
	Name, Value string // decoded

	sent    string // as it came
	changed bool
}

// With returns the parameter with another value.
func (p Parameter) With(value string) Parameter {
	return Parameter{Name: p.Name, Value: value, changed: true}
}

// Parameters reads the query. It returns an error for an escape that is none, which a vendor could read in
// another way.
func (p *PassThrough) Parameters() ([]Parameter, error) {
	if p.Query == "" {
		return nil, nil
	}
	pairs := strings.Split(p.Query, "&")
	list := make([]Parameter, len(pairs))
	for i, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		var err [2]error
		list[i].sent = pair
		list[i].Name, err[0] = url.QueryUnescape(name)
		list[i].Value, err[1] = url.QueryUnescape(value)
		if err[0] != nil || err[1] != nil {
			return nil, InvalidField("gateway.PassThrough", "query", "The query of the URL has a '%' that begins no escape, so that redaction and guardrails cannot read it.")
		}
	}
	return list, nil
}

// SetParameters replaces the query. Parameters that were not changed stay as they came.
func (p *PassThrough) SetParameters(list []Parameter) {
	pairs := make([]string, len(list))
	for i, each := range list {
		if pairs[i] = each.sent; each.changed {
			pairs[i] = url.QueryEscape(each.Name) + "=" + url.QueryEscape(each.Value)
		}
	}
	p.Query = strings.Join(pairs, "&")
}
