package db

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/gateway/replica"
)

// ChangeRow is the note of a change, which other replicas read.
type ChangeRow struct {
	bun.BaseModel `bun:"table:changes"`

	Seq       int64  `bun:"seq,pk"`
	Kind      string `bun:"kind"`
	Workspace string `bun:"workspace_id"`
	Record    string `bun:"record_id"`
	Origin    string `bun:"origin"`
}

// KeptChanges is how many changes stay for replicas that were away. Who misses more reads
// everything anew.
const KeptChanges = 1_000

// Change writes control data in one transaction, with the note of it that other replicas read.
// Writers hold the counter's row until they commit, so that they come one after the other.
func (d *DB) Change(ctx context.Context, c replica.Change, write func(ctx context.Context, tx bun.Tx) error) error {
	return d.RunInTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		row := ChangeRow{Kind: string(c.Kind), Workspace: c.Workspace, Record: c.ID, Origin: d.origin}
		if err := tx.NewRaw("UPDATE change_counter SET seq = seq + 1 WHERE id = 1 RETURNING seq").Scan(ctx, &row.Seq); err != nil {
			return err
		}
		if err := write(ctx, tx); err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return err
		}
		if _, err := tx.NewDelete().Model((*ChangeRow)(nil)).Where("seq <= ?", row.Seq-KeptChanges).Exec(ctx); err != nil {
			return err
		}
		if !d.Postgres() {
			return nil
		}
		_, err := tx.ExecContext(ctx, "NOTIFY "+changesChannel) // delivered when the transaction commits
		return err
	})
}

// changesChannel is where PostgreSQL tells replicas that there are changes to read.
const changesChannel = "sluice_changes"

// Origin names this process in the notes of its changes.
func (d *DB) Origin() string { return d.origin }

// Listen calls wake at first, and then whenever PostgreSQL tells of changes, on a connection of its
// own, until ctx ends. With SQLite, which tells nothing, it returns at once.
func (d *DB) Listen(ctx context.Context, wake func()) error {
	if !d.Postgres() {
		return nil
	}
	c, err := pgx.ConnectConfig(ctx, d.now().connect)
	if err != nil {
		return err
	}
	defer c.Close(context.WithoutCancel(ctx))
	if _, err := c.Exec(ctx, "LISTEN "+changesChannel); err != nil {
		return err
	}
	for wake(); ; wake() { // the first time for what was changed before the connection was made
		if _, err := c.WaitForNotification(ctx); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
	}
}
