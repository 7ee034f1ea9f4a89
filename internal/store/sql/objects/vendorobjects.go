package objects

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/vendorobject"
	"github.com/sluicegate/sluice/internal/store/sql/db"
)

type vendorObjectRow struct {
	bun.BaseModel `bun:"table:vendor_objects"`

	Workspace  string `bun:"workspace_id,pk"`
	ID         string `bun:"id,pk"`
	Provider   string `bun:"provider"`
	VirtualKey string `bun:"virtual_key"`
	Credential string `bun:"credential"`
	APIKey     string `bun:"api_key_id"`
	Settled    bool   `bun:"settled"`
	CreatedAt  int64  `bun:"created_at"`

	Batch         *vendorobject.Batch `bun:"batch,type:text"`
	Reservation   string              `bun:"reservation_id"` // "": none
	Reserved      int64               `bun:"reserved"`
	ReservedUntil int64               `bun:"reserved_until"`

	Work      *vendorobject.Work `bun:"work,type:text"`
	ResultsOf string             `bun:"results_of"` // "": of nothing
	AskAt     int64              `bun:"ask_at"`     // when the work is asked about next; 0: never
}

func (r *vendorObjectRow) object() vendorobject.Object {
	o := vendorobject.Object{ID: r.ID, Workspace: r.Workspace, Provider: r.Provider, VirtualKey: r.VirtualKey, Credential: r.Credential,
		APIKey: r.APIKey, Created: db.Time(r.CreatedAt), Batch: r.Batch, Work: r.Work, ResultsOf: r.ResultsOf, Settled: r.Settled}
	if r.Reservation != "" {
		o.Reservation = &gateway.WorkReservation{ID: r.Reservation, APIKey: r.APIKey, Amount: r.Reserved, Until: db.Time(r.ReservedUntil)}
	}
	return o
}

// KeepObjects implements vendorobject.Store.
func (s *Store) KeepObjects(ctx context.Context, list []vendorobject.Object) error {
	const op = "sqlstore.KeepObjects"
	if len(list) == 0 {
		return nil
	}
	rows := make([]vendorObjectRow, 0, len(list))
	for _, o := range list {
		if slices.ContainsFunc(rows, func(r vendorObjectRow) bool { return r.ID == o.ID && r.Workspace == o.Workspace }) {
			continue
		}
		if err := db.RefuseUnlessStorable(op, "object", o.ID, o.Workspace, o.Provider, o.VirtualKey, o.Credential, o.APIKey); err != nil {
			return err
		}
		row := vendorObjectRow{Workspace: o.Workspace, ID: o.ID, Provider: o.Provider, VirtualKey: o.VirtualKey, Credential: o.Credential, APIKey: o.APIKey, CreatedAt: db.Nanos(o.Created), Batch: o.Batch,
			Work: o.Work, ResultsOf: o.ResultsOf}
		if o.Work != nil && o.VirtualKey != "" { // with the caller's own credential only the caller can ask
			row.AskAt = db.Nanos(o.Created)
		}
		if r := o.Reservation; r != nil {
			row.Reservation, row.Reserved, row.ReservedUntil = r.ID, r.Amount, db.Nanos(r.Until)
		}
		rows = append(rows, row)
	}
	_, err := s.db.NewInsert().Model(&rows).On("CONFLICT (workspace_id, id) DO UPDATE").
		Set("results_of = CASE WHEN vendor_object_row.results_of = '' THEN EXCLUDED.results_of ELSE vendor_object_row.results_of END").
		Set("batch = COALESCE(vendor_object_row.batch, EXCLUDED.batch)").Exec(ctx)
	return db.Error(op, "object", err)
}

// VendorObject implements vendorobject.Store.
func (s *Store) VendorObject(ctx context.Context, workspace, id string) (vendorobject.Object, error) {
	const op = "sqlstore.VendorObject"
	if err := db.AbsentUnlessStorable(op, "object", id); err != nil {
		return vendorobject.Object{}, err
	}
	var row vendorObjectRow
	if err := s.db.NewSelect().Model(&row).Where("workspace_id = ?", workspace).Where("id = ?", id).Scan(ctx); err != nil {
		return vendorobject.Object{}, db.Error(op, "object", err)
	}
	return row.object(), nil
}

// OwnedObjects implements vendorobject.Store.
func (s *Store) OwnedObjects(ctx context.Context, workspace string, ids []string) (map[string]bool, error) {
	owners, err := s.ownersOf(ctx, "sqlstore.OwnedObjects", ids)
	out := map[string]bool{}
	for id, workspaces := range owners {
		if workspaces[workspace] {
			out[id] = true
		}
	}
	return out, err
}

// ForeignObjects implements vendorobject.Store.
func (s *Store) ForeignObjects(ctx context.Context, workspace string, ids []string) (map[string]bool, error) {
	owners, err := s.ownersOf(ctx, "sqlstore.ForeignObjects", ids)
	out := map[string]bool{}
	for id, workspaces := range owners {
		if !workspaces[workspace] {
			out[id] = true
		}
	}
	return out, err
}

// ownersOf returns the workspaces that have each of the objects.
func (s *Store) ownersOf(ctx context.Context, op string, ids []string) (map[string]map[string]bool, error) {
	var known []string
	for _, id := range ids {
		if db.Storable(id) {
			known = append(known, id)
		}
	}
	if len(known) == 0 {
		return nil, nil
	}
	var rows []vendorObjectRow
	if err := s.db.NewSelect().Model(&rows).Column("workspace_id", "id").Where("id IN (?)", bun.List(known)).Scan(ctx); err != nil {
		return nil, db.Error(op, "object", err)
	}
	out := map[string]map[string]bool{}
	for _, r := range rows {
		if out[r.ID] == nil {
			out[r.ID] = map[string]bool{}
		}
		out[r.ID][r.Workspace] = true
	}
	return out, nil
}

// ForgetObject implements vendorobject.Store.
func (s *Store) ForgetObject(ctx context.Context, workspace, id string) error {
	const op = "sqlstore.ForgetObject"
	if !db.Storable(id) {
		return nil
	}
	_, err := s.db.NewDelete().Model((*vendorObjectRow)(nil)).Where("workspace_id = ?", workspace).Where("id = ?", id).Exec(ctx)
	return db.Error(op, "object", err)
}

// SettleObject implements vendorobject.Store.
func (s *Store) SettleObject(ctx context.Context, workspace, id string) (vendorobject.Object, bool, error) {
	const op = "sqlstore.SettleObject"
	if !db.Storable(id) {
		return vendorobject.Object{}, false, nil
	}
	var rows []vendorObjectRow
	err := s.db.NewUpdate().Model(&rows).ModelTableExpr("vendor_objects").Set("settled = ?", true).Set("ask_at = 0").
		Where("workspace_id = ?", workspace).Where("id = ?", id).Where("settled = ?", false).Returning("*").Scan(ctx)
	if err != nil || len(rows) == 0 {
		return vendorobject.Object{}, false, db.Error(op, "object", err)
	}
	return rows[0].object(), true, nil
}

// ClaimWork implements vendorobject.Store. A copy that stands in for the database has none to give.
func (s *Store) ClaimWork(ctx context.Context, lease time.Duration) (vendorobject.Object, bool, error) {
	if s.db.Copied() {
		return vendorobject.Object{}, false, nil
	}
	var row vendorObjectRow
	skip := ""
	if s.db.Postgres() {
		skip = " FOR UPDATE SKIP LOCKED"
	}
	err := s.db.NewRaw(`UPDATE vendor_objects SET ask_at = `+s.db.Clock()+` + ? WHERE (workspace_id, id) IN
		(SELECT workspace_id, id FROM vendor_objects WHERE ask_at > 0 AND ask_at <= `+s.db.Clock()+` ORDER BY ask_at LIMIT 1`+skip+`) RETURNING *`, int64(lease)).Scan(ctx, &row)
	if errors.Is(err, sql.ErrNoRows) {
		return vendorobject.Object{}, false, nil
	}
	return row.object(), err == nil, db.Error("sqlstore.ClaimWork", "object", err)
}

// PostponeWork implements vendorobject.Store.
func (s *Store) PostponeWork(ctx context.Context, workspace, id string, after time.Duration) error {
	q := s.db.NewUpdate().Model((*vendorObjectRow)(nil)).Where("workspace_id = ?", workspace).Where("id = ?", id).Where("settled = ?", false)
	if after < 0 {
		q = q.Set("ask_at = 0")
	} else {
		q = q.Set("ask_at = ? + ?", bun.Safe(s.db.Clock()), int64(after))
	}
	_, err := q.Exec(ctx)
	return db.Error("sqlstore.PostponeWork", "object", err)
}
