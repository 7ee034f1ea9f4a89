package sqlstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/store/sql/db"
)

// Restore puts a backup into an empty database, all of it or nothing. The rows of an older schema
// are migrated as those of an older database are.
func (s *Store) Restore(ctx context.Context, r io.Reader) (err error) {
	const op = "sqlstore.Restore"
	refuse := func(public string) error { return &gateway.Error{Op: op, Kind: gateway.Invalid, Public: public} }
	lines := json.NewDecoder(r)
	lines.UseNumber()
	var head backupHeader
	if err := lines.Decode(&head); err != nil || head.Backup != "control" {
		return refuse("The file is no backup of Sluice's control data.")
	}
	known := db.NewestSchema()
	if head.Schema > known {
		return refuse(fmt.Sprintf("The backup was written by a newer Sluice (migration %d, this one knows %d).", head.Schema, known))
	}
	if err := s.refuseUnlessEmpty(ctx); err != nil {
		return err
	}
	if err := s.db.TakeDown(ctx, head.Schema); err != nil {
		return db.Error(op, "restored data", err)
	}
	defer func() { // also after a failure, so that the database stays one of this Sluice
		up := s.db.MigrateUp(context.WithoutCancel(ctx))
		err = errors.Join(err, db.Error(op, "restored data", up))
	}()
	err = s.db.RunInTx(ctx, func(ctx context.Context, tx bun.Tx) error { return restoreRows(ctx, tx, lines, refuse) })
	return db.Error(op, "restored data", err)
}

func restoreRows(ctx context.Context, tx bun.Tx, lines *json.Decoder, refuse func(string) error) error {
	for rows := 0; ; rows++ {
		var line backupLine
		if err := lines.Decode(&line); err != nil {
			return refuse(fmt.Sprintf("The backup is damaged or cut off behind row %d.", rows))
		}
		if line.Rows != nil {
			if *line.Rows != rows {
				return refuse(fmt.Sprintf("The backup has %d rows, but says that there were %d.", rows, *line.Rows))
			}
			return nil
		}
		if !slices.Contains(backedUp, line.Table) || len(line.Row) == 0 {
			return refuse(fmt.Sprintf("Row %d of the backup belongs to no table of this Sluice: '%s'.", rows+1, line.Table))
		}
		if err := restoreRow(ctx, tx, line.Table, line.Row); err != nil {
			return err
		}
	}
}

func restoreRow(ctx context.Context, tx bun.Tx, table string, row map[string]any) error {
	for column, v := range row {
		if n, ok := v.(json.Number); ok {
			whole, err := n.Int64()
			if err != nil {
				return err
			}
			row[column] = whole
		}
	}
	_, err := tx.NewInsert().Model(&row).TableExpr("?", bun.Ident(table)).Exec(ctx)
	return err
}

// refuseUnlessEmpty keeps a restore from mixing two installations.
func (s *Store) refuseUnlessEmpty(ctx context.Context) error {
	_, err := s.Organisation(ctx)
	if e := (*gateway.Error)(nil); errors.As(err, &e) && e.Kind == gateway.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return &gateway.Error{Op: "sqlstore.Restore", Kind: gateway.Conflict, Public: "The control database already holds data. Restore into an empty one."}
}
