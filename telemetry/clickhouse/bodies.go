package clickhouse

import (
	"context"

	"github.com/sluicegate/sluice/telemetry"
)

// addBodies reads the bodies of a page, which are in the same order as its rows.
func (s *Store) addBodies(ctx context.Context, page []*telemetry.Record) error {
	if len(page) == 0 {
		return nil
	}
	byID, ids, workspaces := map[string]*telemetry.Record{}, make([]string, len(page)), make([]string, len(page))
	for i, r := range page {
		byID[r.ID], ids[i], workspaces[i] = r, r.ID, r.Workspace
	}
	w := &where{}
	w.and("workspace_id IN (?)", workspaces)
	w.and("ts >= "+at, page[len(page)-1].Time.UnixMicro())
	w.and("ts <= "+at, page[0].Time.UnixMicro())
	w.and("request_id IN (?)", ids)
	return s.readBodies(ctx, byID, w)
}

// readBodies reads the bodies of exchanges, which are given by their ids. w may only name columns
// that llm_payloads has.
func (s *Store) readBodies(ctx context.Context, byID map[string]*telemetry.Record, w *where) error {
	rows, err := s.conn.Query(ctx, "SELECT request_id, toString(kind), body FROM llm_payloads WHERE "+w.text(), w.args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id, kind, body string
		if err := rows.Scan(&id, &kind, &body); err != nil {
			return err
		}
		r := byID[id]
		if r == nil {
			continue
		}
		switch kind {
		case "request":
			r.Request = []byte(body)
		case "response":
			r.Response = []byte(body)
		case "upstream_request":
			r.Sent = []byte(body)
		}
	}
	return rows.Err()
}
