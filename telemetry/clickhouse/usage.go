package clickhouse

import (
	"context"
	"strings"
	"time"

	"github.com/sluicegate/sluice/telemetry"
)

// usageColumns are the expressions of a key's columns: an id and its latest name, or a value.
var usageColumns = map[telemetry.UsageKey]struct{ value, name string }{
	telemetry.UsageByDay:    {"toString(toDate(ts))", "''"},
	telemetry.UsageByModel:  {"if(model = '', requested_model, model)", "''"},
	telemetry.UsageByMember: {"member_id", "argMax(member, (ts, member))"},
	telemetry.UsageByTeam:   {"team_id", "argMax(team, (ts, team))"},
	telemetry.UsageByAPIKey: {"api_key_id", "argMax(api_key, (ts, api_key))"},
}

// Usage implements telemetry.Reader.
func (s *Store) Usage(ctx context.Context, q telemetry.UsageQuery) ([]telemetry.UsageRow, error) {
	const op = "clickhouse.Usage"
	if err := q.Check(); err != nil {
		return nil, err
	}
	query, args := usageQuery(&q)
	rows, err := s.conn.Query(ctx, query, args...)
	if err != nil {
		return nil, failed(op, err)
	}
	defer rows.Close()
	sum := telemetry.NewUsageSum(&q)
	for rows.Next() {
		var r telemetry.UsageRow
		var day, unused string
		err := rows.Scan(&day, &unused, &r.Model, &unused, &r.Member, &r.MemberName, &r.Team, &r.TeamName, &r.APIKey, &r.APIKeyName,
			&r.Calls, &r.Errors, &r.Input, &r.Output, &r.Cost, &r.Charged, &r.Unpriced)
		if err != nil {
			return nil, failed(op, err)
		}
		if day != "" {
			if r.Day, err = time.Parse(time.DateOnly, day); err != nil {
				return nil, failed(op, err)
			}
		}
		sum.Add(r, time.Time{})
	}
	if err := rows.Err(); err != nil {
		return nil, failed(op, err)
	}
	return sum.Rows()
}

func usageQuery(q *telemetry.UsageQuery) (query string, args []any) {
	var columns, groups []string
	for _, k := range telemetry.UsageKeys() {
		c := usageColumns[k]
		if !q.By(k) {
			columns = append(columns, "''", "''")
			continue
		}
		columns, groups = append(columns, c.value, c.name), append(groups, c.value)
	}
	exchanges := q.Exchanges()
	w := conditions(&exchanges)
	query = "SELECT " + strings.Join(columns, ", ") + ", toInt64(count()), toInt64(countIf(outcome != 'ok')), toInt64(sum(input_tokens)), toInt64(sum(output_tokens)), " +
		"toInt64(sumIf(cost_nano_usd, cost_known)), toInt64(sumIf(price_nano_usd, price_known)), toInt64(countIf(NOT price_known AND input_tokens + output_tokens > 0)) FROM llm_requests WHERE " + w.text()
	if len(groups) > 0 {
		query += " GROUP BY " + strings.Join(groups, ", ")
	}
	return query + " HAVING count() > 0 LIMIT ?", append(w.args, telemetry.MaxUsageRows+1)
}
