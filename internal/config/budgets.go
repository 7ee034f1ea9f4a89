package config

import (
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/internal/config/yamltree"
)

// Budget is one entry of "budgets".
type Budget struct {
	Workspace string // name; "" = all
	Line      int    `json:"-"`
	Budget    budget.Budget
}

// budgets reads what calls may cost in a period, by conditions and groups.
func (r *reader) budgets(n *yamltree.Node, to *[]Budget) {
	seen := declared{}
	r.list(n, func(item *yamltree.Node) {
		b := Budget{Line: item.Line}
		r.object(item, []field{
			{"name", func(n *yamltree.Node) { r.checked(n, &b.Budget.Name, nameProblem) }},
			{"workspace", func(n *yamltree.Node) { r.checked(n, &b.Workspace, nameProblem) }},
			{"credit_limit", func(n *yamltree.Node) { r.usd(n, "credit_limit", &b.Budget.Limit) }},
			{"period", func(n *yamltree.Node) { r.str(n, (*string)(&b.Budget.Period)) }},
			{"time_zone", func(n *yamltree.Node) { r.str(n, &b.Budget.TimeZone) }},
			{"ends_at", func(n *yamltree.Node) { r.expiry(n, &b.Budget.Ends) }},
			{"conditions", func(n *yamltree.Node) { r.conditions(n, &b.Budget.Conditions) }},
			{"group_by", func(n *yamltree.Node) { r.groups(n, &b.Budget.GroupBy) }},
		}, "name", "credit_limit", "period")
		seen.check(r, item, b.Workspace, b.Budget.Name)
		r.valid(item, func() error { return b.Budget.Validate(time.Time{}) })
		b.Budget.ID = strings.Join([]string{"file", b.Workspace, b.Budget.Name}, ":")
		*to = append(*to, b)
	})
}

// usd reads an amount in USD.
func (r *reader) usd(n *yamltree.Node, name string, to *int64) {
	var text string
	r.budget(n, &text)
	if text == "" {
		return
	}
	if amount, err := gateway.ParseUSD(name, text); err == nil {
		*to = amount
	}
}
