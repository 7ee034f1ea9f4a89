package oidc

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// Person is who has signed in at the provider.
type Person struct {
	Subject string // issuer and subject: what the provider never gives to somebody else
	Email   string // in lower case
	Groups  []string
}

// Bounds of what the provider tells.
const (
	maxGroups = 2_000
	maxText   = 200 // bytes of a subject or an address
)

// claims are those of an ID token or of the userinfo endpoint that a person is made of.
type claims struct {
	Email    string                     `json:"email"`
	Verified any                        `json:"email_verified"` // some providers write "true"
	Others   map[string]json.RawMessage `json:"-"`
}

func readClaims(read func(any) error) (claims, error) {
	var c claims
	if err := read(&c); err != nil {
		return c, err
	}
	return c, read(&c.Others)
}

func (c *claims) verified() bool { return c.Verified == true || c.Verified == "true" }

// groups are those of the claim. Without the claim known is false: the userinfo endpoint may have it.
func (c *claims) groups(claim string) (groups []string, known, ok bool) {
	raw, known := c.Others[claim]
	if !known {
		return nil, false, true
	}
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return []string{one}, true, true
	}
	ok = json.Unmarshal(raw, &groups) == nil && len(groups) <= maxGroups
	return groups, true, ok
}

// elsewhere reports whether the provider says that the claim is to be asked for at another
// address, as Entra ID does for a person of many groups. Then the groups are not known.
func (c *claims) elsewhere(claim string) bool {
	var names map[string]string
	return json.Unmarshal(c.Others["_claim_names"], &names) == nil && names[claim] != ""
}

// person checks the claims.
func (c *Client) person(subject string, of claims) (Person, error) {
	const op = "oidc.Finish"
	p := Person{Subject: c.cfg.Issuer + " " + subject, Email: strings.ToLower(of.Email)}
	groups, known, ok := of.groups(c.cfg.GroupsClaim)
	_, domain, _ := strings.Cut(p.Email, "@")
	switch {
	case subject == "" || len(subject) > maxText:
		return Person{}, refuse(op, "subject", "The identity provider does not tell who has signed in.")
	case p.Email == "" || len(p.Email) > maxText || domain == "" || strings.Count(p.Email, "@") != 1:
		return Person{}, forbid(op, "email", "The identity provider tells no e-mail address of yours.")
	case !of.verified():
		return Person{}, forbid(op, "email_verified", "The identity provider has not verified your e-mail address.")
	case len(c.cfg.Domains) > 0 && !slices.Contains(c.cfg.Domains, domain):
		return Person{}, forbid(op, "domain", "E-mail addresses of your domain may not sign in here.")
	case !ok || !known && of.elsewhere(c.cfg.GroupsClaim):
		return Person{}, forbid(op, "groups", "The identity provider does not tell your groups in the claim '"+c.cfg.GroupsClaim+"'.")
	}
	p.Groups = groups
	return p, nil
}

// forbid is the error about a person who may not sign in. reason is its code behind "oidc_".
func forbid(op, reason, public string) *gateway.Error {
	e := refuse(op, reason, public)
	e.Kind = gateway.Forbidden
	return e
}
