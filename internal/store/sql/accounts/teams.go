package accounts

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/replica"
	"github.com/sluicegate/sluice/internal/store/sql/db"
)

type teamRow struct {
	bun.BaseModel `bun:"table:teams"`

	ID        string `bun:"id,pk"`
	Workspace string `bun:"workspace_id"`
	Name      string `bun:"name"`
	FromFile  bool   `bun:"from_file"`
	CreatedAt int64  `bun:"created_at"`
	UpdatedAt int64  `bun:"updated_at"`
}

type teamMemberRow struct {
	bun.BaseModel `bun:"table:team_members"`

	Team   string `bun:"team_id,pk"`
	Member string `bun:"member_id,pk"`
}

// Teams implements identity.TeamStore.
func (s *Store) Teams(ctx context.Context) ([]identity.Team, error) {
	const op = "sqlstore.Teams"
	var rows []teamRow
	if err := s.db.NewSelect().Model(&rows).OrderExpr(s.db.ByBytes("workspace_id", "name")).Scan(ctx); err != nil {
		return nil, db.Error(op, "team", err)
	}
	var members []teamMemberRow
	if err := s.db.NewSelect().Model(&members).OrderExpr(s.db.ByBytes("member_id")).Scan(ctx); err != nil {
		return nil, db.Error(op, "team", err)
	}
	out := make([]identity.Team, len(rows))
	at := make(map[string]int, len(rows))
	for i, r := range rows {
		out[i] = identity.Team{ID: r.ID, Workspace: r.Workspace, Name: r.Name, FromFile: r.FromFile, CreatedAt: db.Time(r.CreatedAt), UpdatedAt: db.Time(r.UpdatedAt)}
		at[r.ID] = i
	}
	for _, m := range members {
		if i, ok := at[m.Team]; ok {
			out[i].Members = append(out[i].Members, m.Member)
		}
	}
	return out, nil
}

// PutTeam implements identity.TeamStore.
func (s *Store) PutTeam(ctx context.Context, t identity.Team) error {
	const op = "sqlstore.PutTeam"
	if err := db.RefuseUnlessStorable(op, "team", append([]string{t.ID, t.Workspace, t.Name}, t.Members...)...); err != nil {
		return err
	}
	r := teamRow{ID: t.ID, Workspace: t.Workspace, Name: t.Name, FromFile: t.FromFile, CreatedAt: db.Nanos(t.CreatedAt), UpdatedAt: db.Nanos(t.UpdatedAt)}
	err := s.db.Change(ctx, replica.Change{Kind: replica.Team, Workspace: t.Workspace, ID: t.ID}, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewInsert().Model(&r).On("CONFLICT (id) DO UPDATE").Exec(ctx); err != nil {
			return err
		}
		_, err := tx.NewDelete().Model((*teamMemberRow)(nil)).Where("team_id = ?", t.ID).Exec(ctx)
		if err != nil || len(t.Members) == 0 {
			return err
		}
		members := make([]teamMemberRow, len(t.Members))
		for i, m := range t.Members {
			members[i] = teamMemberRow{Team: t.ID, Member: m}
		}
		_, err = tx.NewInsert().Model(&members).Exec(ctx)
		return err
	})
	return db.Error(op, "team", err)
}

// DeleteTeam implements identity.TeamStore.
func (s *Store) DeleteTeam(ctx context.Context, id string) error {
	const op = "sqlstore.DeleteTeam"
	if err := db.AbsentUnlessStorable(op, "team", id); err != nil {
		return err
	}
	err := s.db.Change(ctx, replica.Change{Kind: replica.Team, ID: id}, func(ctx context.Context, tx bun.Tx) error {
		res, err := tx.NewDelete().Model((*teamRow)(nil)).Where("id = ?", id).Exec(ctx)
		return db.ErrorUnlessFound(op, "team", res, err)
	})
	return db.Error(op, "team", err)
}
