package sqlite

import (
	"context"
	"database/sql"
	"time"

	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/sqlite/rollup"
)

// usageKeyColumns are the columns that usage is divided by.
var usageKeyColumns = map[telemetry.UsageKey]rollup.Column{
	telemetry.UsageByModel: rollup.Target, telemetry.UsageByMember: rollup.Caller, telemetry.UsageByAPIKey: rollup.Caller, telemetry.UsageByTeam: rollup.Team,
}

// addRolledUsage adds what roll-ups say, and returns the parts of the period that have none.
func (s *Store) addRolledUsage(ctx context.Context, tx *sql.Tx, q *telemetry.UsageQuery, workspace int64, names *usageNames, sum *telemetry.UsageSum) ([]span, error) {
	all := []span{{workspace, q.Since.UnixMicro(), q.Until.UnixMicro()}}
	var group rollup.Column
	var step int64
	for _, k := range q.GroupBy {
		switch {
		case k == telemetry.UsageByDay:
			step = (24 * time.Hour).Microseconds()
		case group == "":
			group = usageKeyColumns[k]
		case group != usageKeyColumns[k]:
			return all, nil
		}
	}
	exchanges := q.Exchanges()
	r, ok, err := s.rollable(ctx, tx, &exchanges, group, workspace)
	if err != nil || !ok {
		return all, err
	}
	r.step = step
	rest, err := r.read(ctx, tx, all[0].since, all[0].until)
	if err != nil {
		return nil, err
	}
	for day, sums := range r.sums {
		for n, part := range sums {
			add := telemetry.UsageRow{Day: time.UnixMicro(day * step).UTC(), Calls: part.Calls, Errors: part.Errors, Input: part.Input, Output: part.Output,
				Cost: part.Cost, Charged: part.Charged, Unpriced: part.Unpriced}
			var caller, team, target int64
			switch {
			case n == rollup.None:
			case group == rollup.Caller:
				caller = n
			case group == rollup.Team:
				team = n
			case group == rollup.Target:
				target = n
			}
			if err := names.fill(ctx, &add, caller, team, target); err != nil {
				return nil, err
			}
			sum.Add(add, part.Last)
		}
	}
	return rest, nil
}
