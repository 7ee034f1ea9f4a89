package sqlite

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"github.com/sluicegate/sluice/telemetry"
)

// summable are the rows that SQL can sum up: written with the columns that a sum needs, and with
// combinations that the tables hold. The facts of the others are read.
const summable = "input_tokens IS NOT NULL AND caller <> 0 AND target <> 0 AND coalesce(team, 1) <> 0"

// Usage implements telemetry.Reader. It adds up roll-ups where they have what the question needs. SQL
// sums up the rest by day and combination, from an index alone.
func (s *Store) Usage(ctx context.Context, q telemetry.UsageQuery) ([]telemetry.UsageRow, error) {
	const op = "sqlite.Usage"
	if err := q.Check(); err != nil {
		return nil, err
	}
	sum := telemetry.NewUsageSum(&q)
	err := s.snapshot(ctx, func(tx *sql.Tx) error {
		for _, ws := range s.workspacesIn(q.Scope) {
			names := usageNames{db: tx, caller: map[int64]telemetry.UsageRow{}, team: map[int64]telemetry.UsageRow{}, model: map[int64]string{}}
			rest, err := s.addRolledUsage(ctx, tx, &q, ws, &names, sum)
			if err != nil {
				return err
			}
			for _, p := range rest {
				about := q
				about.Since, about.Until = time.UnixMicro(p.since).UTC(), time.UnixMicro(p.until).UTC()
				if err := s.sumColumns(ctx, tx, &about, ws, &names, sum); err != nil {
					return err
				}
				if err := s.sumFacts(ctx, tx, &about, ws, sum); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, failed(op, err)
	}
	return sum.Rows()
}

const (
	usageRange = " FROM exchanges INDEXED BY exchanges_by_time WHERE workspace = ? AND ts >= ? AND ts < ? AND "
	usageSums  = "count(*), sum(outcome <> 0), sum(input_tokens), sum(output_tokens), coalesce(sum(cost_nano), 0), coalesce(sum(price_nano), 0), " +
		"sum(price_nano IS NULL AND input_tokens + output_tokens > 0), max(ts)"
)

// sumColumns adds the rows whose columns say what they used.
func (s *Store) sumColumns(ctx context.Context, tx *sql.Tx, q *telemetry.UsageQuery, workspace int64, names *usageNames, sum *telemetry.UsageSum) error {
	callers, teams, targets := "0", "0", "0"
	if q.By(telemetry.UsageByMember) || q.By(telemetry.UsageByAPIKey) {
		callers = "caller"
	}
	if q.By(telemetry.UsageByTeam) {
		teams = "coalesce(team, 0)"
	}
	if q.By(telemetry.UsageByModel) {
		targets = "target"
	}
	days := "0"
	if q.By(telemetry.UsageByDay) {
		days = "ts / 86400000000"
	}
	where, args := []string{summable}, []any{workspace, q.Since.UnixMicro(), q.Until.UnixMicro()}
	exchanges := q.Exchanges()
	for _, d := range s.dimensions.all() {
		if f := filterOf(d.column, &exchanges); len(f.conditions) > 0 {
			where = append(where, d.column+" IN (SELECT n FROM "+d.table+" WHERE workspace = ? AND "+strings.Join(f.conditions, " AND ")+")")
			args = append(append(args, workspace), f.args...)
		}
	}
	rows, err := tx.QueryContext(ctx, "SELECT "+days+" AS day, "+callers+" AS c, "+teams+" AS t, "+targets+" AS m, "+usageSums+usageRange+
		strings.Join(where, " AND ")+" GROUP BY 1, 2, 3, 4", args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var day, caller, team, target, latest int64
		var add telemetry.UsageRow
		if err := rows.Scan(&day, &caller, &team, &target, &add.Calls, &add.Errors, &add.Input, &add.Output, &add.Cost, &add.Charged, &add.Unpriced, &latest); err != nil {
			return err
		}
		add.Day = time.Unix(day*86_400, 0).UTC()
		if err := names.fill(ctx, &add, caller, team, target); err != nil {
			return err
		}
		sum.Add(add, time.UnixMicro(latest).UTC())
	}
	return rows.Err()
}

// usageNames reads the combinations that rows name by their numbers, each once.
type usageNames struct {
	db           queryer
	caller, team map[int64]telemetry.UsageRow
	model        map[int64]string
}

func (u *usageNames) fill(ctx context.Context, row *telemetry.UsageRow, caller, team, target int64) error {
	c, known := u.caller[caller]
	if !known && caller != 0 {
		if err := u.db.QueryRowContext(ctx, "SELECT member, member_name, api_key, api_key_name FROM callers WHERE n = ?", caller).
			Scan(&c.Member, &c.MemberName, &c.APIKey, &c.APIKeyName); err != nil {
			return err
		}
		u.caller[caller] = c
	}
	row.Member, row.MemberName, row.APIKey, row.APIKeyName = c.Member, c.MemberName, c.APIKey, c.APIKeyName
	t, known := u.team[team]
	if !known && team != 0 {
		if err := u.db.QueryRowContext(ctx, "SELECT team, team_name FROM teams WHERE n = ?", team).Scan(&t.Team, &t.TeamName); err != nil {
			return err
		}
		u.team[team] = t
	}
	row.Team, row.TeamName = t.Team, t.TeamName
	m, known := u.model[target]
	if !known && target != 0 {
		if err := u.db.QueryRowContext(ctx, "SELECT CASE served WHEN '' THEN model ELSE served END FROM targets WHERE n = ?", target).Scan(&m); err != nil {
			return err
		}
		u.model[target] = m
	}
	row.Model = m
	return nil
}

// sumFacts adds the rows whose facts say what they used.
func (s *Store) sumFacts(ctx context.Context, tx *sql.Tx, q *telemetry.UsageQuery, workspace int64, sum *telemetry.UsageSum) error {
	rows, err := tx.QueryContext(ctx, "SELECT facts"+usageRange+"("+summable+") IS NOT TRUE", workspace, q.Since.UnixMicro(), q.Until.UnixMicro())
	if err != nil {
		return err
	}
	defer rows.Close()
	exchanges := q.Exchanges()
	var facts sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&facts); err != nil {
			return err
		}
		r, err := telemetry.Unpack(facts)
		if err != nil {
			return err
		}
		if exchanges.Match(r) {
			sum.Record(r)
		}
	}
	return rows.Err()
}
