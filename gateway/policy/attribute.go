package policy

import (
	"slices"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// Attribute names a property of a call, in Portkey's spelling where Portkey has it.
type Attribute string

// metadataPrefix begins the attributes that are entries of the metadata.
const metadataPrefix = "metadata."

// endUser is the entry of the metadata that the body's "user" fills.
const endUser = "_user"

// property is one row of the table of attributes.
type property struct {
	known  Moment // from when on the attribute is known
	values func(*gateway.Exchange) []string
}

// Moment is a point of a call at which rules are asked, in their order.
type Moment uint8

// The moments.
const (
	AtHeaders Moment = iota // the headers are read
	AtBody                  // the body is read
	AtAttempt               // a target was chosen
)

// properties are the attributes. The first value divides groups; conditions match any of them,
// so that people can write an id or a name.
var properties = map[Attribute]property{
	"api_key": {AtHeaders, ofPrincipal(func(p *gateway.Principal) []string { return []string{p.APIKey, p.APIKeyName} })},
	"member":  {AtHeaders, ofPrincipal(func(p *gateway.Principal) []string { return []string{p.Member, p.MemberRef} })},
	"team": {AtHeaders, ofPrincipal(func(p *gateway.Principal) []string {
		if p.Team == "" {
			return nil
		}
		return []string{p.Team, p.TeamRef}
	})},
	"workspace_id":  {AtHeaders, ofPrincipal(func(p *gateway.Principal) []string { return []string{p.Workspace, p.WorkspaceRef} })},
	"address":       {AtHeaders, func(ex *gateway.Exchange) []string { return []string{ex.Envelope.ClientIP} }},
	"endpoint_type": {AtHeaders, func(ex *gateway.Exchange) []string { return []string{endpoint(ex.Envelope.Route)} }},
	"user":          {AtBody, func(ex *gateway.Exchange) []string { return metadata(ex, endUser) }},
	"config":        {AtAttempt, func(ex *gateway.Exchange) []string { return notEmpty(ex.Plan.Slug) }},
	"prompt": {AtAttempt, func(ex *gateway.Exchange) []string {
		if p := ex.Facts.Prompt; p != nil {
			return []string{p.ID, p.Slug}
		}
		return nil
	}},
	"provider":    {AtAttempt, func(ex *gateway.Exchange) []string { return []string{ex.Target.Provider} }},
	"virtual_key": {AtAttempt, func(ex *gateway.Exchange) []string { return notEmpty(ex.Target.VirtualKey) }},
	"model": {AtAttempt, func(ex *gateway.Exchange) []string {
		model, values := ex.Request.Model(), []string{}
		if model == "" {
			return nil
		}
		if ex.Target.VirtualKey != "" {
			values = append(values, "@"+ex.Target.VirtualKey+"/"+model)
		}
		return append([]string{model, ex.Target.Provider + "/" + model}, values...)
	}},
}

// attributeNames lists the attributes for error texts.
const attributeNames = "api_key, member, team, user, workspace_id, address, endpoint_type, config, prompt, provider, virtual_key, model or metadata.<key>"

func unknownAttribute(a Attribute) string {
	if len(a) > MaxNameBytes {
		a = a[:MaxNameBytes] + "…"
	}
	return "There is no attribute '" + strings.ToValidUTF8(string(a), "") + "': it must be " + attributeNames + "."
}

func ofPrincipal(values func(*gateway.Principal) []string) func(*gateway.Exchange) []string {
	return func(ex *gateway.Exchange) []string {
		if ex.Principal == nil {
			return nil
		}
		return values(ex.Principal)
	}
}

func metadata(ex *gateway.Exchange, key string) []string { return notEmpty(ex.Envelope.Metadata[key]) }

func notEmpty(value string) []string {
	if value == "" {
		return nil
	}
	return []string{value}
}

// endpoint is the last word of a route: "completions" of a chat, "messages", "responses".
func endpoint(route string) string {
	switch {
	case strings.HasSuffix(route, "/chat/completions"):
		return "chat.completions"
	case strings.Contains(route, "/models/"):
		return "generate_content"
	}
	return route[strings.LastIndexByte(route, '/')+1:]
}

func (a Attribute) known() bool {
	if len(a) > MaxNameBytes {
		return false
	}
	key, entry := strings.CutPrefix(string(a), metadataPrefix)
	_, fixed := properties[a]
	return fixed || entry && key != ""
}

// Moment is from when on the attribute is known.
func (a Attribute) Moment() Moment {
	if p, fixed := properties[a]; fixed {
		return p.known
	}
	if a == metadataPrefix+endUser {
		return AtBody
	}
	return AtHeaders
}

// single reports whether a call has at most one value of the attribute: no id beside a name.
func (a Attribute) single() bool {
	switch a {
	case "address", "endpoint_type", "user", "config", "provider", "virtual_key":
		return true
	}
	return strings.HasPrefix(string(a), metadataPrefix)
}

// values are those of one call. It has none where the caller sent none.
func (a Attribute) values(ex *gateway.Exchange) []string {
	if p, fixed := properties[a]; fixed {
		return p.values(ex)
	}
	return metadata(ex, strings.TrimPrefix(string(a), metadataPrefix))
}

// Holds reports whether a call meets the condition.
func (c *Condition) Holds(ex *gateway.Exchange) bool {
	return slices.ContainsFunc(c.Key.values(ex), c.Values.match) != c.Excludes
}

// toldBy reports whether the principal alone tells the attribute of each of its calls.
func (a Attribute) toldBy(p *gateway.Principal) bool {
	switch a {
	case "api_key", "member", "team", "workspace_id":
		return true
	}
	entry, ok := strings.CutPrefix(string(a), metadataPrefix)
	_, set := p.Metadata[entry]
	return ok && set
}
