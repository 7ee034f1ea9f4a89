package budget

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/policy"
)

// Own lists the budgets of one API key or virtual key as SetOwn took them, the shortest period first.
// workspace is that of a virtual key, "" for an API key.
func (l *Limits) Own(workspace string, owner policy.Owner) []Budget {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []Budget
	for _, b := range l.stored {
		if b.Owner == owner && b.Workspace == workspace {
			b.Conditions = nil
			out = append(out, b)
		}
	}
	slices.SortFunc(out, func(a, b Budget) int {
		return slices.Index(Periods(), string(a.Period)) - slices.Index(Periods(), string(b.Period))
	})
	return out
}

// CheckOwn refuses budgets that SetOwn would not take: a key has at most one for each period. at is
// the field that holds the list.
func CheckOwn(at string, budgets []Budget, now time.Time) error {
	const op = "billing.CheckOwn"
	seen := map[Period]bool{}
	for i, b := range budgets {
		field := at + "[" + strconv.Itoa(i) + "]"
		b.Name = "own"
		if err := b.Validate(now); err != nil {
			e := *gateway.AsError(err)
			e.Param = field + "." + e.Param
			return &e
		}
		if seen[b.Period] {
			return gateway.InvalidField(op, field, "The field '"+field+"' has the period of another entry.")
		}
		seen[b.Period] = true
	}
	return nil
}

// SetOwn replaces the budgets of one API key or virtual key, which name is the name of. workspace is
// that of a virtual key; "" for an API key, whose budgets hold in every workspace that it enters. What
// a budget has counted goes on counting as long as its period stays.
func (l *Limits) SetOwn(ctx context.Context, workspace string, owner policy.Owner, name string, budgets []Budget) error {
	now := l.cfg.Now().UTC()
	if err := CheckOwn("budgets", budgets, now); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	before := map[Period]Budget{}
	for _, b := range l.stored {
		if b.Owner == owner && b.Workspace == workspace {
			before[b.Period] = b
		}
	}
	put := make([]Budget, len(budgets))
	for i, b := range budgets {
		was := before[b.Period]
		delete(before, b.Period)
		put[i] = Budget{ID: was.ID, Name: name, Workspace: workspace, Conditions: []policy.Condition{{Key: owner.Attribute, Values: policy.Values{owner.ID}}},
			Limit: b.Limit, Period: b.Period, TimeZone: b.TimeZone, Owner: owner, CreatedAt: was.CreatedAt, UpdatedAt: now}
		if was.ID == "" {
			put[i].ID, put[i].CreatedAt = l.cfg.NewID(now), now
		}
	}
	var remove []string
	for _, b := range before {
		remove = append(remove, b.ID)
	}
	if len(put)+len(remove) == 0 {
		return nil
	}
	slices.SortFunc(remove, strings.Compare)
	if err := l.cfg.Store.ChangeBudgets(ctx, put, remove); err != nil {
		return err
	}
	for _, b := range put {
		l.stored[b.ID] = b
	}
	for _, id := range remove {
		delete(l.stored, id)
	}
	l.publish()
	return nil
}
