package sqlite

import (
	"context"
	"slices"
	"time"

	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/listing"
)

// Sessions reads which sessions there are from the index by session, then sums up the turns of
// those that the page may hold, the ones with the newest turns first.
func (s *Store) Sessions(ctx context.Context, q telemetry.Query) (telemetry.SessionPage, error) {
	const op = "sqlite.Sessions"
	if err := q.Check(); err != nil {
		return telemetry.SessionPage{}, err
	}
	last, workspace, id, after, err := telemetry.ParseSessionCursor(q.Cursor)
	if err != nil {
		return telemetry.SessionPage{}, err
	}
	q.Cursor = ""
	page := &telemetry.Session{ID: id, Workspace: workspace, Last: last}
	candidates, err := s.sessionsIn(ctx, &q)
	if err != nil {
		return telemetry.SessionPage{}, failed(op, err)
	}
	limit := listing.PageSize(q.Limit)
	var found []telemetry.Session
	for _, c := range candidates {
		// A session's newest turn that matches is no newer than its newest turn.
		if len(found) > limit && c.Last.Before(found[limit].Last) {
			break
		}
		turns := q
		turns.Scope, turns.Session = listing.Workspace(c.Workspace), c.ID
		if c.Workspace == "" {
			turns.Scope = q.Scope
		}
		records, err := s.newest(ctx, turns, telemetry.MaxTurns+1)
		if err != nil {
			return telemetry.SessionPage{}, failed(op, err)
		}
		records = slices.DeleteFunc(records, func(r *telemetry.Record) bool { return r.Workspace != c.Workspace })
		if len(records) == 0 {
			continue
		}
		sum := telemetry.SumSession(records)
		if after && telemetry.CompareSessions(page, &sum) >= 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(found, &sum, func(a telemetry.Session, b *telemetry.Session) int { return telemetry.CompareSessions(&a, b) })
		found = slices.Insert(found, at, sum)
		found = found[:min(len(found), limit+1)]
	}
	return telemetry.PageOf(found, limit), nil
}

// sessionsIn lists the sessions that may have turns which match, those with the newest turns first.
func (s *Store) sessionsIn(ctx context.Context, q *telemetry.Query) ([]telemetry.Session, error) {
	query := "SELECT session, max(ts) FROM exchanges INDEXED BY exchanges_by_session WHERE workspace = ? AND session IS NOT NULL"
	var args []any
	if q.Session != "" {
		query, args = query+" AND session = ?", append(args, q.Session)
	}
	if !q.Since.IsZero() {
		query, args = query+" AND ts >= ?", append(args, q.Since.UnixMicro())
	}
	if !q.Until.IsZero() {
		query, args = query+" AND ts < ?", append(args, q.Until.UnixMicro())
	}
	var out []telemetry.Session
	for _, n := range s.workspacesIn(q.Scope) {
		rows, err := s.read.QueryContext(ctx, query+" GROUP BY session", append([]any{n}, args...)...)
		if err != nil {
			return nil, err
		}
		workspace := s.workspaceID(n)
		for rows.Next() {
			var id string
			var last int64
			if err := rows.Scan(&id, &last); err != nil {
				rows.Close()
				return nil, err
			}
			out = append(out, telemetry.Session{ID: id, Workspace: workspace, Last: time.UnixMicro(last).UTC()})
		}
		if err := rows.Close(); err != nil {
			return nil, err
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(out, func(a, b telemetry.Session) int { return telemetry.CompareSessions(&a, &b) })
	return out, nil
}

// workspaceID returns the id of the workspace with this number.
func (s *Store) workspaceID(number int64) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, n := range s.workspaces {
		if n == number {
			return id
		}
	}
	return ""
}
