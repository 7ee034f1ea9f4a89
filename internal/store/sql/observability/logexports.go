package observability

import (
	"context"
	"encoding/json"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/store/sql/db"
	"github.com/sluicegate/sluice/telemetry/export"
)

type logExportRow struct {
	bun.BaseModel `bun:"table:log_exports"`

	ID          string `bun:"id,pk"`
	Workspace   string `bun:"workspace_id"`
	Member      string `bun:"member_id"`
	APIKey      string `bun:"api_key_id"`
	Description string `bun:"description"`
	Filter      string `bun:"filter"`
	Own         string `bun:"own"`
	Format      string `bun:"format"`
	Fields      string `bun:"fields"`
	Bodies      bool   `bun:"bodies"`
	Destination string `bun:"destination"`
	Status      string `bun:"status"`
	Reason      string `bun:"reason"`
	Total       int64  `bun:"total"`
	Rows        int64  `bun:"row_count"`
	Bytes       int64  `bun:"byte_count"`
	Cut         string `bun:"cut"`
	Tries       int64  `bun:"tries"`
	Node        string `bun:"node"`
	Lease       int64  `bun:"lease_until"`
	CreatedAt   int64  `bun:"created_at"`
	UpdatedAt   int64  `bun:"updated_at"`
	StartedAt   *int64 `bun:"started_at"`
	EndedAt     *int64 `bun:"ended_at"`
	ExpiresAt   *int64 `bun:"expires_at"`
}

// logExportRowOf is the row of a job without a lease.
func logExportRowOf(j export.Job) logExportRow {
	return logExportRow{ID: j.ID, Workspace: j.Workspace, Member: j.Member, APIKey: j.APIKey, Description: j.Description, Filter: db.JSON(j.Filter), Own: j.Own,
		Format: string(j.Format), Fields: db.JSON(j.Fields), Bodies: j.Bodies, Destination: string(j.Destination), Status: string(j.Status), Reason: j.Reason,
		Total: j.Total, Rows: j.Rows, Bytes: j.Bytes, Cut: j.Cut, Tries: int64(j.Tries), Node: j.Node, CreatedAt: db.Nanos(j.CreatedAt), UpdatedAt: db.Nanos(j.UpdatedAt),
		StartedAt: db.NanosOrNull(j.StartedAt), EndedAt: db.NanosOrNull(j.EndedAt), ExpiresAt: db.NanosOrNull(j.ExpiresAt)}
}

func (r *logExportRow) job() (export.Job, error) {
	j := export.Job{ID: r.ID, Workspace: r.Workspace, Member: r.Member, APIKey: r.APIKey, Description: r.Description, Own: r.Own, Format: export.Format(r.Format),
		Bodies: r.Bodies, Destination: export.Destination(r.Destination), Status: export.Status(r.Status), Reason: r.Reason, Total: r.Total, Rows: r.Rows, Bytes: r.Bytes,
		Cut: r.Cut, Tries: int(r.Tries), Node: r.Node, CreatedAt: db.Time(r.CreatedAt), UpdatedAt: db.Time(r.UpdatedAt),
		StartedAt: db.TimeOrZero(r.StartedAt), EndedAt: db.TimeOrZero(r.EndedAt), ExpiresAt: db.TimeOrZero(r.ExpiresAt)}
	if err := json.Unmarshal([]byte(r.Filter), &j.Filter); err != nil {
		return j, err
	}
	return j, json.Unmarshal([]byte(r.Fields), &j.Fields)
}

// AddExport implements export.Store. No process keeps jobs in memory, so a change needs no
// announcement.
func (s *Store) AddExport(ctx context.Context, j export.Job) error {
	const op = "sqlstore.AddExport"
	row := logExportRowOf(j)
	if err := db.RefuseUnlessStorable(op, "export", row.Description, row.Filter, row.Fields); err != nil {
		return err
	}
	_, err := s.db.NewInsert().Model(&row).Exec(ctx)
	return db.Error(op, "export", err)
}

// Exports implements export.Store.
func (s *Store) Exports(ctx context.Context, workspace string) ([]export.Job, error) {
	const op = "sqlstore.Exports"
	var rows []logExportRow
	if err := s.db.NewSelect().Model(&rows).Where("workspace_id = ?", workspace).OrderExpr("created_at DESC, " + s.db.ByBytes("id") + " DESC").Scan(ctx); err != nil {
		return nil, db.Error(op, "export", err)
	}
	out := make([]export.Job, len(rows))
	for i := range rows {
		var err error
		if out[i], err = rows[i].job(); err != nil {
			return nil, db.Error(op, "export", err)
		}
	}
	return out, nil
}

// Export implements export.Store.
func (s *Store) Export(ctx context.Context, id string) (export.Job, error) {
	const op = "sqlstore.Export"
	if err := db.AbsentUnlessStorable(op, "export", id); err != nil {
		return export.Job{}, err
	}
	var row logExportRow
	if err := s.db.NewSelect().Model(&row).Where("id = ?", id).Scan(ctx); err != nil {
		return export.Job{}, db.Error(op, "export", err)
	}
	j, err := row.job()
	return j, db.Error(op, "export", err)
}

// ReplaceExport implements export.Store.
func (s *Store) ReplaceExport(ctx context.Context, j export.Job, while ...export.Status) error {
	const op = "sqlstore.ReplaceExport"
	row := logExportRowOf(j)
	if err := db.RefuseUnlessStorable(op, "export", row.Description, row.Filter, row.Fields); err != nil {
		return err
	}
	res, err := s.db.NewUpdate().Model(&row).WherePK().Where("status IN (?)", bun.List(while)).Exec(ctx)
	if err != nil {
		return db.Error(op, "export", err)
	}
	if n, err := res.RowsAffected(); err != nil || n > 0 {
		return db.Error(op, "export", err)
	}
	return s.exportConflict(ctx, op, j.ID)
}

// exportConflict tells why a job cannot be changed as it is now.
func (s *Store) exportConflict(ctx context.Context, op, id string) error {
	now, err := s.Export(ctx, id)
	if err != nil {
		return err
	}
	return &gateway.Error{Op: op, Kind: gateway.Conflict, Param: "id", Public: "The status of the export is " + string(now.Status) + ": this cannot be done with it now."}
}

// DeleteExport implements export.Store.
func (s *Store) DeleteExport(ctx context.Context, id string) error {
	const op = "sqlstore.DeleteExport"
	res, err := s.db.NewDelete().Model((*logExportRow)(nil)).Where("id = ?", id).Where("status NOT IN (?)", bun.List([]export.Status{export.Queued, export.InProgress})).Exec(ctx)
	if err != nil {
		return db.Error(op, "export", err)
	}
	if n, err := res.RowsAffected(); err != nil || n > 0 {
		return db.Error(op, "export", err)
	}
	return s.exportConflict(ctx, op, id)
}
