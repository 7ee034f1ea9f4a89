package action

import (
	"regexp"
	"strings"

	"github.com/sluicegate/sluice/internal/jsonx"
)

// secretNames are names of fields that hold secrets, in requests and in the configs that people
// write. A response of the API has no secrets, but for a new key.
var secretNames = regexp.MustCompile(`(?i)^(token|secret|password|authorization|credentials?|.*(api|access|secret|private|signing|account)[_-]?keys?|.*_(secret|token|password|hash))$`)

// leastKey is how long the value of a field "key" is that is taken for a secret: conditions and groups
// have such a field, too.
const leastKey = 16

// fingerprint is what an audit event shows of a secret. Of a password it shows nothing: nobody must
// see that two members have the same.
func (x *Objects) fingerprint(name, secret string) string {
	if secret == "" || x.Fingerprint == nil || strings.Contains(strings.ToLower(name), "password") {
		return "[secret]"
	}
	return x.Fingerprint(secret)
}

// withoutSecrets puts fingerprints in the place of secrets, at any depth.
func (x *Objects) withoutSecrets(raw []byte) []byte {
	var edits []jsonx.Edit
	x.eachSecret(raw, func(n jsonx.Node, print string) {
		edits = append(edits, jsonx.Edit{Start: n.Start, End: n.End(), New: jsonx.Quote(print)})
	})
	return jsonx.Splice(raw, edits)
}

// secretsIn are the fingerprints of the secrets in a body, by path.
func (x *Objects) secretsIn(body []byte) map[string]string {
	out := map[string]string{}
	if jsonx.Valid(body) {
		x.eachSecret(body, func(n jsonx.Node, print string) { out[n.Path.String()] = print })
	}
	return out
}

// eachSecret visits the strings that stand under a secret's name, and those in a list or an object
// that does.
func (x *Objects) eachSecret(raw []byte, f func(n jsonx.Node, print string)) {
	jsonx.Walk(raw, func(n jsonx.Node) jsonx.Action {
		if n.Kind == jsonx.KindString {
			for i := range n.Path {
				if name := n.Path.Key(i); secretNames.MatchString(name) || name == "key" && len(n.Text()) >= leastKey {
					f(n, x.fingerprint(name, n.Text()))
					break
				}
			}
		}
		return jsonx.Descend
	})
}
