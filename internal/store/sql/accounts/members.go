package accounts

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/replica"
	"github.com/sluicegate/sluice/internal/store/sql/db"
)

type memberRow struct {
	bun.BaseModel `bun:"table:members"`

	ID           string `bun:"id,pk"`
	Organisation string `bun:"organisation_id"`
	Name         string `bun:"name"`
	Owner        bool   `bun:"owner"`
	Everywhere   string `bun:"everywhere"`
	Service      bool   `bun:"service"`
	Password     string `bun:"password"`
	Subject      string `bun:"subject"`
	Disabled     bool   `bun:"disabled"`
	CreatedAt    int64  `bun:"created_at"`
}

type membershipRow struct {
	bun.BaseModel `bun:"table:memberships"`

	Member    string `bun:"member_id,pk"`
	Workspace string `bun:"workspace_id,pk"`
	Role      string `bun:"role"`
}

// Members implements identity.MemberStore.
func (s *Store) Members(ctx context.Context) ([]identity.Member, error) {
	const op = "sqlstore.Members"
	var rows []memberRow
	if err := s.db.NewSelect().Model(&rows).OrderExpr(s.db.ByBytes("name", "id")).Scan(ctx); err != nil {
		return nil, db.Error(op, "member", err)
	}
	var roles []membershipRow
	if err := s.db.NewSelect().Model(&roles).Scan(ctx); err != nil {
		return nil, db.Error(op, "member", err)
	}
	out := make([]identity.Member, len(rows))
	at := make(map[string]int, len(rows))
	for i, r := range rows {
		out[i] = identity.Member{ID: r.ID, Organisation: r.Organisation, Name: r.Name, Owner: r.Owner,
			Everywhere: gateway.Role(r.Everywhere), Service: r.Service, Disabled: r.Disabled, Password: r.Password, Subject: r.Subject, Roles: map[string]gateway.Role{}, CreatedAt: db.Time(r.CreatedAt)}
		at[r.ID] = i
	}
	for _, r := range roles {
		if i, ok := at[r.Member]; ok {
			out[i].Roles[r.Workspace] = gateway.Role(r.Role)
		}
	}
	return out, nil
}

// PutMember implements identity.MemberStore.
func (s *Store) PutMember(ctx context.Context, m identity.Member) error {
	if err := db.RefuseUnlessStorable("sqlstore.PutMember", "member", m.ID, m.Organisation, m.Name, m.Subject); err != nil {
		return err
	}
	r := memberRow{ID: m.ID, Organisation: m.Organisation, Name: m.Name, Owner: m.Owner, Everywhere: string(m.Everywhere), Service: m.Service, Disabled: m.Disabled, Password: m.Password, Subject: m.Subject, CreatedAt: db.Nanos(m.CreatedAt)}
	err := s.db.Change(ctx, replica.Change{Kind: replica.Member, ID: m.ID}, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewInsert().Model(&r).On("CONFLICT (id) DO UPDATE").Exec(ctx)
		if err != nil {
			return err
		}
		if _, err = tx.NewDelete().Model((*membershipRow)(nil)).Where("member_id = ?", m.ID).Exec(ctx); err != nil || len(m.Roles) == 0 {
			return err
		}
		var roles []membershipRow
		for w, role := range m.Roles {
			roles = append(roles, membershipRow{Member: m.ID, Workspace: w, Role: string(role)})
		}
		_, err = tx.NewInsert().Model(&roles).Exec(ctx)
		return err
	})
	return db.Error("sqlstore.PutMember", "member", err)
}
