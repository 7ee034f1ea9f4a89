package clickhouse

import (
	"context"
	"time"

	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/listing"
)

// Sessions asks which sessions the page holds, then reads the turns of these.
func (s *Store) Sessions(ctx context.Context, q telemetry.Query) (telemetry.SessionPage, error) {
	const op = "clickhouse.Sessions"
	if err := q.Check(); err != nil {
		return telemetry.SessionPage{}, err
	}
	last, workspace, id, after, err := telemetry.ParseSessionCursor(q.Cursor)
	if err != nil {
		return telemetry.SessionPage{}, err
	}
	q.Cursor = ""
	limit := listing.PageSize(q.Limit)
	w := conditions(&q)
	w.and("session_id != ''")
	query, args := "SELECT workspace_id, session_id, max(ts) AS newest FROM llm_requests WHERE "+w.text()+" GROUP BY workspace_id, session_id", w.args
	if after {
		query += " HAVING (newest, workspace_id, session_id) < (" + at + ", ?, ?)"
		args = append(args, last.UnixMicro(), workspace, id)
	}
	rows, err := s.conn.Query(ctx, query+" ORDER BY newest DESC, workspace_id DESC, session_id DESC LIMIT ?", append(args, limit+1)...)
	if err != nil {
		return telemetry.SessionPage{}, failed(op, err)
	}
	defer rows.Close()
	type session struct{ workspace, id string }
	var order []session
	for rows.Next() {
		var one session
		var newest time.Time
		if err := rows.Scan(&one.workspace, &one.id, &newest); err != nil {
			return telemetry.SessionPage{}, failed(op, err)
		}
		order = append(order, one)
	}
	if err := rows.Err(); err != nil {
		return telemetry.SessionPage{}, failed(op, err)
	}
	var out []telemetry.Session
	for _, one := range order {
		turns, err := s.turns(ctx, q, one.workspace, one.id)
		if err != nil {
			return telemetry.SessionPage{}, failed(op, err)
		}
		if len(turns) > 0 { // else retention deleted them meanwhile
			out = append(out, telemetry.SumSession(turns))
		}
	}
	return telemetry.PageOf(out, limit), nil
}

// turns reads the newest exchanges of a session that match a query.
func (s *Store) turns(ctx context.Context, q telemetry.Query, workspace, id string) ([]*telemetry.Record, error) {
	q.Session = id
	w := conditions(&q)
	w.and("workspace_id = ?", workspace)
	rows, err := s.conn.Query(ctx, "SELECT record FROM llm_requests WHERE "+w.text()+" ORDER BY ts DESC, request_id DESC LIMIT ?", append(w.args, telemetry.MaxTurns+1)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []*telemetry.Record
	for rows.Next() {
		var packed string
		if err := rows.Scan(&packed); err != nil {
			return nil, err
		}
		r, err := telemetry.Unpack([]byte(packed))
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}
