package sqlstore

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/gateway/replica"
)

type changeRow struct {
	bun.BaseModel `bun:"table:changes"`

	Seq       int64  `bun:"seq,pk"`
	Kind      string `bun:"kind"`
	Workspace string `bun:"workspace_id"`
	Record    string `bun:"record_id"`
	Origin    string `bun:"origin"`
}

// keptChanges is how many changes stay for replicas that were away. Who misses more reads
// everything anew.
const keptChanges = 1_000

// change writes control data in one transaction, with the note of it that other replicas read.
// Writers hold the counter's row until they commit, so that they come one after the other.
func (s *Store) change(ctx context.Context, c replica.Change, write func(ctx context.Context, tx bun.Tx) error) error {
	return s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		row := changeRow{Kind: string(c.Kind), Workspace: c.Workspace, Record: c.ID, Origin: s.origin}
		if err := tx.NewRaw("UPDATE change_counter SET seq = seq + 1 WHERE id = 1 RETURNING seq").Scan(ctx, &row.Seq); err != nil {
			return err
		}
		if err := write(ctx, tx); err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return err
		}
		if _, err := tx.NewDelete().Model((*changeRow)(nil)).Where("seq <= ?", row.Seq-keptChanges).Exec(ctx); err != nil {
			return err
		}
		if !s.postgres() {
			return nil
		}
		_, err := tx.ExecContext(ctx, "NOTIFY "+changesChannel) // delivered when the transaction commits
		return err
	})
}

// changesChannel is where PostgreSQL tells replicas that there are changes to read.
const changesChannel = "sluice_changes"
