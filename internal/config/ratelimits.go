package config

import (
	"strconv"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/limit"
	"github.com/sluicegate/sluice/gateway/policy"
	"github.com/sluicegate/sluice/internal/config/yamltree"
)

// RateLimit is one entry of "rate_limits", at the top of the file or at a key.
type RateLimit struct {
	Workspace string // name; "" = all
	Line      int    `json:"-"` // 0: a limit of a key, in the key's entry
	Rule      limit.Rule
}

// identified gives the rule an id that is the same wherever the same file is read.
func (l RateLimit) identified() RateLimit {
	l.Rule.ID = strings.Join([]string{"file", l.Workspace, string(l.Rule.Owner.Attribute), l.Rule.Name}, ":")
	return l
}

// Counters says where rate limits are counted.
type Counters struct {
	Store string         // "memory" or "redis"
	URL   gateway.Secret // of redis; it may hold a password
	// Timeout of one call to redis. Beyond it the process counts by itself.
	Timeout time.Duration
}

func (r *reader) counters(n *yamltree.Node, to *Counters) {
	r.object(n, []field{
		{"store", func(n *yamltree.Node) { r.choice(n, &to.Store, "memory", "redis") }},
		{"url", func(n *yamltree.Node) { r.redisURL(n, &to.URL) }},
		{"timeout", func(n *yamltree.Node) { r.duration(n, &to.Timeout) }},
	})
	url, timeout := n.Get("url"), n.Get("timeout")
	switch {
	case to.Store == "redis" && url == nil:
		r.bad(n, "store: redis needs the key 'url'")
	case to.Store != "redis" && url != nil:
		r.bad(url, "belongs to store: redis")
	case to.Store != "redis" && timeout != nil:
		r.bad(timeout, "belongs to store: redis")
	}
}

// rateLimits reads limits of their own: with conditions and groups.
func (r *reader) rateLimits(n *yamltree.Node, to *[]RateLimit) {
	seen := declared{}
	r.list(n, func(item *yamltree.Node) {
		l := RateLimit{Line: item.Line}
		r.object(item, append(r.amount(&l.Rule),
			field{"name", func(n *yamltree.Node) { r.checked(n, &l.Rule.Name, nameProblem) }},
			field{"workspace", func(n *yamltree.Node) { r.checked(n, &l.Workspace, nameProblem) }},
			field{"conditions", func(n *yamltree.Node) { r.conditions(n, &l.Rule.Conditions) }},
			field{"group_by", func(n *yamltree.Node) { r.groups(n, &l.Rule.GroupBy) }},
		), "name", "type", "value")
		seen.check(r, item, l.Workspace, l.Rule.Name)
		r.validLimit(item, &l.Rule)
		*to = append(*to, l.identified())
	})
}

// ownRateLimits reads the limits of an API key or a virtual key, which its entry has.
func (r *reader) ownRateLimits(n *yamltree.Node, to *[]limit.Rule) {
	r.list(n, func(item *yamltree.Node) {
		var rule limit.Rule
		rule.Name = "own" // until the key's name is known
		r.object(item, r.amount(&rule), "type", "value")
		r.validLimit(item, &rule)
		*to = append(*to, rule)
	})
}

// own makes the limits of a key, whose name is known once its entry is read, entries of the list.
func own(to *[]RateLimit, rules []limit.Rule, attribute policy.Attribute, workspace, name string) {
	for i, rule := range rules {
		rule.Name = name + "/" + strconv.Itoa(i)
		rule.Owner = policy.Owner{Attribute: attribute, ID: name}
		rule.Conditions = []policy.Condition{{Key: attribute, Values: []string{name}}}
		*to = append(*to, RateLimit{Workspace: workspace, Rule: rule}.identified())
	}
}

// amount are the fields that every limit has.
func (r *reader) amount(to *limit.Rule) []field {
	return []field{
		{"type", func(n *yamltree.Node) { r.str(n, (*string)(&to.Kind)) }},
		{"unit", func(n *yamltree.Node) { r.str(n, (*string)(&to.Unit)) }},
		{"value", func(n *yamltree.Node) {
			var value int
			r.integer(n, 1, &value)
			to.Value = int64(value)
		}},
	}
}

func (r *reader) groups(n *yamltree.Node, to *[]policy.Group) {
	r.list(n, func(item *yamltree.Node) {
		var key string
		r.str(item, &key)
		*to = append(*to, policy.Group{Key: policy.Attribute(key)})
	})
}

func (r *reader) conditions(n *yamltree.Node, to *[]policy.Condition) {
	r.list(n, func(item *yamltree.Node) {
		var c policy.Condition
		r.object(item, []field{
			{"key", func(n *yamltree.Node) { r.str(n, (*string)(&c.Key)) }},
			{"value", func(n *yamltree.Node) {
				if n.Kind == yamltree.List {
					r.strings(n, (*[]string)(&c.Values))
					return
				}
				var one string
				if r.str(n, &one); one != "" {
					c.Values = policy.Values{one}
				}
			}},
			{"excludes", func(n *yamltree.Node) { r.boolean(n, &c.Excludes) }},
		}, "key", "value")
		if c.Key == "provider" {
			r.knownProviders(item.Get("value"))
		}
		*to = append(*to, c)
	})
}

// knownProviders reports providers that nobody knows among the values of a condition.
func (r *reader) knownProviders(n *yamltree.Node) {
	if n == nil || r.checks.Vendor == nil {
		return
	}
	values := n.Items
	if n.Kind != yamltree.List {
		values = []*yamltree.Node{n}
	}
	for _, v := range values {
		if v.Text != "" && !strings.HasSuffix(v.Text, "*") && !r.checks.Vendor(v.Text) {
			r.bad(v, "%s is no provider that Sluice knows: the limit would match nothing", r.quote(v))
		}
	}
}

// validLimit reports what package limit refuses.
func (r *reader) validLimit(n *yamltree.Node, rule *limit.Rule) { r.valid(n, rule.Validate) }

// valid reports what the package of an entry refuses, unless the entry has a problem already.
func (r *reader) valid(n *yamltree.Node, validate func() error) {
	for _, p := range r.problems {
		if p.Line >= n.Line && (p.Path == n.Path || len(p.Path) > len(n.Path) && p.Path[:len(n.Path)] == n.Path) {
			return
		}
	}
	if err := validate(); err != nil {
		e := gateway.AsError(err)
		line, column := n.Place(n.Path + "." + e.Param)
		r.problems = append(r.problems, Problem{Line: line, Column: column, Path: n.Path + "." + e.Param, Message: e.Public})
	}
}
