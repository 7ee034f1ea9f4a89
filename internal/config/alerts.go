package config

import (
	"slices"
	"strconv"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/alert"
	"github.com/sluicegate/sluice/internal/config/yamltree"
)

// Alerts say at which shares of a budget somebody is told, and whom.
type Alerts struct {
	At      []int64 // percent, ascending; nil = the default
	Targets []AlertTarget
}

// AlertTarget is one entry of "alerts.webhooks".
type AlertTarget struct {
	Workspace string // name; "" = all
	Target    alert.Target
}

// maxShares bounds the shares of a budget that are told.
const maxShares = 10

func (r *reader) alerts(n *yamltree.Node, to *Alerts) {
	r.object(n, []field{
		{"at", func(n *yamltree.Node) { r.shares(n, &to.At) }},
		{"webhooks", func(n *yamltree.Node) { r.alertTargets(n, &to.Targets) }},
	})
}

func (r *reader) shares(n *yamltree.Node, to *[]int64) {
	var out []int64
	r.list(n, func(item *yamltree.Node) {
		item = r.unquoted(item)
		percent, err := strconv.ParseInt(item.Text, 10, 64)
		switch {
		case item.Kind != yamltree.Number || err != nil || percent < 1 || percent > 100:
			r.bad(item, "must be a whole percentage from 1 to 100")
		case slices.Contains(out, percent):
			r.bad(item, "stands twice")
		default:
			out = append(out, percent)
		}
	})
	if n.Kind == yamltree.List && (len(n.Items) == 0 || len(n.Items) > maxShares) {
		r.bad(n, "needs 1 to %d percentages", maxShares)
	}
	slices.Sort(out)
	*to = out
}

func (r *reader) alertTargets(n *yamltree.Node, to *[]AlertTarget) {
	seen := declared{}
	r.list(n, func(item *yamltree.Node) {
		a := AlertTarget{Target: alert.Target{Format: alert.Webhook}}
		t := &a.Target
		r.object(item, []field{
			{"name", func(n *yamltree.Node) { r.checked(n, &t.Name, nameProblem) }},
			{"workspace", func(n *yamltree.Node) { r.checked(n, &a.Workspace, nameProblem) }},
			{"format", func(n *yamltree.Node) { r.choice(n, (*string)(&t.Format), string(alert.Webhook), string(alert.Slack)) }},
			{"url", func(n *yamltree.Node) {
				var url string
				if r.str(n, &url); url == "" {
					return
				}
				if problem := URLProblem(url); problem != "" {
					r.bad(n, "%s", problem) // it may be a secret: it is never quoted
					return
				}
				t.URL = gateway.NewSecret(url)
			}},
			{"secret", func(n *yamltree.Node) { r.secret(n, &t.Secret) }},
		}, "name", "url")
		seen.check(r, item, a.Workspace, t.Name)
		switch secret := item.Get("secret"); {
		case t.Format == alert.Slack && secret != nil:
			r.bad(secret, "belongs to format: webhook; Slack checks no signature")
		case t.Format == alert.Webhook && item.Kind == yamltree.Map && secret == nil:
			r.bad(item, "format: webhook needs the key 'secret', with which what it is sent is signed")
		case secret != nil && !t.Secret.Empty() && len(t.Secret.Reveal()) < alert.MinSecretBytes:
			r.bad(secret, "must have %d bytes or more", alert.MinSecretBytes)
		}
		*to = append(*to, a)
	})
}
