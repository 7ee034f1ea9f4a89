package objects

import (
	"context"
	"database/sql"
	"time"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/gateway/history"
	"github.com/sluicegate/sluice/internal/store/sql/db"
)

type responseRow struct {
	bun.BaseModel `bun:"table:responses"`

	Workspace  string `bun:"workspace_id,pk"`
	ID         string `bun:"id,pk"`
	APIKey     string `bun:"api_key_id"`
	VirtualKey string `bun:"virtual_key"`
	Native     bool   `bun:"native"`
	Sealed     string `bun:"sealed"`
	CreatedAt  int64  `bun:"created_at"`
	ExpiresAt  int64  `bun:"expires_at"`
}

// responseItemRow finds a response by one of its items.
type responseItemRow struct {
	bun.BaseModel `bun:"table:response_items"`

	Workspace string `bun:"workspace_id,pk"`
	APIKey    string `bun:"api_key_id,pk"`
	ID        string `bun:"id,pk"`
	Response  string `bun:"response_id,pk"`
	CreatedAt int64  `bun:"created_at"`
	ExpiresAt int64  `bun:"expires_at"`
}

// itemRows are the rows of the items of a response. An id that cannot be stored cannot be found.
func itemRows(r *history.Row) []responseItemRow {
	var list []responseItemRow
	for _, id := range r.Items {
		if db.Storable(id) {
			list = append(list, responseItemRow{Workspace: r.Workspace, APIKey: r.APIKey, ID: id, Response: r.ID, CreatedAt: db.Nanos(r.Created), ExpiresAt: db.Nanos(r.Expires)})
		}
	}
	return list
}

// PutResponses implements history.Store.
func (s *Store) PutResponses(ctx context.Context, rows []history.Row, keep int, now time.Time) error {
	const op = "sqlstore.PutResponses"
	keys := map[string]bool{}
	list := make([]responseRow, len(rows))
	var items []responseItemRow
	for i, r := range rows {
		if err := db.RefuseUnlessStorable(op, "response", r.ID, r.Workspace, r.APIKey, r.VirtualKey); err != nil {
			return err
		}
		keys[r.APIKey] = true
		list[i] = responseRow{Workspace: r.Workspace, ID: r.ID, APIKey: r.APIKey, VirtualKey: r.VirtualKey, Native: r.Native,
			Sealed: db.EncodeBytes(r.Sealed), CreatedAt: db.Nanos(r.Created), ExpiresAt: db.Nanos(r.Expires)}
		items = append(items, itemRows(&r)...)
	}
	err := s.db.RunInTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		if len(list) > 0 {
			if _, err := tx.NewInsert().Model(&list).On("CONFLICT (workspace_id, id) DO UPDATE").Exec(ctx); err != nil {
				return err
			}
		}
		if len(items) > 0 {
			if _, err := tx.NewInsert().Model(&items).On("CONFLICT (workspace_id, api_key_id, id, response_id) DO UPDATE").Exec(ctx); err != nil {
				return err
			}
		}
		for _, table := range []any{(*responseItemRow)(nil), (*responseRow)(nil)} {
			if _, err := tx.NewDelete().Model(table).Where("expires_at <= ?", db.Nanos(now)).Exec(ctx); err != nil {
				return err
			}
		}
		for key := range keys {
			oldest := tx.NewSelect().Model((*responseRow)(nil)).Column("created_at").Where("api_key_id = ?", key).Order("created_at DESC").Limit(1).Offset(int64(keep))
			for _, table := range []any{(*responseItemRow)(nil), (*responseRow)(nil)} {
				if _, err := tx.NewDelete().Model(table).Where("api_key_id = ?", key).Where("created_at <= (?)", oldest).Exec(ctx); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return db.Error(op, "response", err)
}

// Response implements history.Store.
func (s *Store) Response(ctx context.Context, workspace, id string, now time.Time) (history.Row, error) {
	const op = "sqlstore.Response"
	if err := db.AbsentUnlessStorable(op, "response", workspace, id); err != nil {
		return history.Row{}, err
	}
	var r responseRow
	if err := s.db.NewSelect().Model(&r).Where("workspace_id = ?", workspace).Where("id = ?", id).Where("expires_at > ?", db.Nanos(now)).Scan(ctx); err != nil {
		return history.Row{}, db.Error(op, "response", err)
	}
	sealed, _ := db.DecodeBytes(r.Sealed) // what does not decode does not open
	return history.Row{ID: r.ID, Workspace: r.Workspace, APIKey: r.APIKey, VirtualKey: r.VirtualKey, Native: r.Native, Sealed: sealed,
		Created: db.Time(r.CreatedAt), Expires: db.Time(r.ExpiresAt)}, nil
}

// ResponseWithItem implements history.Store.
func (s *Store) ResponseWithItem(ctx context.Context, workspace, apiKey, item string, now time.Time) (history.Row, error) {
	const op = "sqlstore.ResponseWithItem"
	if err := db.AbsentUnlessStorable(op, "item", workspace, apiKey, item); err != nil {
		return history.Row{}, err
	}
	var found []responseItemRow
	err := s.db.NewSelect().Model(&found).Where("workspace_id = ?", workspace).Where("api_key_id = ?", apiKey).Where("id = ?", item).
		Where("expires_at > ?", db.Nanos(now)).Limit(2).Scan(ctx)
	if err == nil && len(found) != 1 {
		err = sql.ErrNoRows
	}
	if err != nil {
		return history.Row{}, db.Error(op, "item", err)
	}
	return s.Response(ctx, workspace, found[0].Response, now)
}

// DeleteResponse implements history.Store.
func (s *Store) DeleteResponse(ctx context.Context, workspace, id string) error {
	const op = "sqlstore.DeleteResponse"
	if err := db.AbsentUnlessStorable(op, "response", workspace, id); err != nil {
		return err
	}
	if _, err := s.db.NewDelete().Model((*responseItemRow)(nil)).Where("workspace_id = ?", workspace).Where("response_id = ?", id).Exec(ctx); err != nil {
		return db.Error(op, "response", err)
	}
	res, err := s.db.NewDelete().Model((*responseRow)(nil)).Where("workspace_id = ?", workspace).Where("id = ?", id).Exec(ctx)
	return db.ErrorUnlessFound(op, "response", res, err)
}
