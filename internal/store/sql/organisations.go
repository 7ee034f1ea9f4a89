package sqlstore

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/keys"
)

type organisationRow struct {
	bun.BaseModel `bun:"table:organisations"`

	ID        string `bun:"id,pk"`
	Name      string `bun:"name"`
	Canary    string `bun:"canary"`
	CreatedAt int64  `bun:"created_at"`
}

type workspaceRow struct {
	bun.BaseModel `bun:"table:workspaces"`

	ID             string `bun:"id,pk"`
	Organisation   string `bun:"organisation_id"`
	Name           string `bun:"name"`
	Config         string `bun:"config"`
	ConfigFromFile bool   `bun:"config_from_file"`
	CreatedAt      int64  `bun:"created_at"`
}

type memberRow struct {
	bun.BaseModel `bun:"table:members"`

	ID           string `bun:"id,pk"`
	Organisation string `bun:"organisation_id"`
	Name         string `bun:"name"`
	Owner        bool   `bun:"owner"`
	CreatedAt    int64  `bun:"created_at"`
}

type membershipRow struct {
	bun.BaseModel `bun:"table:memberships"`

	Member    string `bun:"member_id,pk"`
	Workspace string `bun:"workspace_id,pk"`
	Role      string `bun:"role"`
}

// Organisation implements keys.OrganisationStore.
func (s *Store) Organisation(ctx context.Context) (keys.Organisation, error) {
	const op = "sqlstore.Organisation"
	var r organisationRow
	if err := s.db.NewSelect().Model(&r).Order("created_at").Limit(1).Scan(ctx); err != nil {
		return keys.Organisation{}, wrong(op, "organisation", err)
	}
	canary, err := unbase(r.Canary)
	if err != nil {
		return keys.Organisation{}, wrong(op, "organisation", err)
	}
	return keys.Organisation{ID: r.ID, Name: r.Name, Canary: canary, CreatedAt: moment(r.CreatedAt)}, nil
}

// PutOrganisation implements keys.OrganisationStore.
func (s *Store) PutOrganisation(ctx context.Context, o keys.Organisation) error {
	r := organisationRow{ID: o.ID, Name: o.Name, Canary: base(o.Canary), CreatedAt: nanos(o.CreatedAt)}
	_, err := s.db.NewInsert().Model(&r).On("CONFLICT (id) DO UPDATE").Set("name = EXCLUDED.name, canary = EXCLUDED.canary").Exec(ctx)
	return wrong("sqlstore.PutOrganisation", "organisation", err)
}

// Workspaces implements keys.WorkspaceStore.
func (s *Store) Workspaces(ctx context.Context) ([]keys.Workspace, error) {
	var rows []workspaceRow
	if err := s.db.NewSelect().Model(&rows).Order("name", "id").Scan(ctx); err != nil {
		return nil, wrong("sqlstore.Workspaces", "workspace", err)
	}
	out := make([]keys.Workspace, len(rows))
	for i, r := range rows {
		out[i] = keys.Workspace{ID: r.ID, Organisation: r.Organisation, Name: r.Name, Config: r.Config, ConfigFromFile: r.ConfigFromFile,
			CreatedAt: moment(r.CreatedAt)}
	}
	return out, nil
}

// PutWorkspace implements keys.WorkspaceStore.
func (s *Store) PutWorkspace(ctx context.Context, w keys.Workspace) error {
	r := workspaceRow{ID: w.ID, Organisation: w.Organisation, Name: w.Name, Config: w.Config, ConfigFromFile: w.ConfigFromFile,
		CreatedAt: nanos(w.CreatedAt)}
	_, err := s.db.NewInsert().Model(&r).On("CONFLICT (id) DO UPDATE").Set("name = EXCLUDED.name, config = EXCLUDED.config, config_from_file = EXCLUDED.config_from_file").Exec(ctx)
	return wrong("sqlstore.PutWorkspace", "workspace", err)
}

// Members implements keys.MemberStore.
func (s *Store) Members(ctx context.Context) ([]keys.Member, error) {
	const op = "sqlstore.Members"
	var rows []memberRow
	if err := s.db.NewSelect().Model(&rows).Order("name", "id").Scan(ctx); err != nil {
		return nil, wrong(op, "member", err)
	}
	var roles []membershipRow
	if err := s.db.NewSelect().Model(&roles).Scan(ctx); err != nil {
		return nil, wrong(op, "member", err)
	}
	out := make([]keys.Member, len(rows))
	at := make(map[string]int, len(rows))
	for i, r := range rows {
		out[i] = keys.Member{ID: r.ID, Organisation: r.Organisation, Name: r.Name, Owner: r.Owner, Roles: map[string]gateway.Role{}, CreatedAt: moment(r.CreatedAt)}
		at[r.ID] = i
	}
	for _, r := range roles {
		if i, ok := at[r.Member]; ok {
			out[i].Roles[r.Workspace] = gateway.Role(r.Role)
		}
	}
	return out, nil
}

// PutMember implements keys.MemberStore.
func (s *Store) PutMember(ctx context.Context, m keys.Member) error {
	r := memberRow{ID: m.ID, Organisation: m.Organisation, Name: m.Name, Owner: m.Owner, CreatedAt: nanos(m.CreatedAt)}
	err := s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewInsert().Model(&r).On("CONFLICT (id) DO UPDATE").Set("name = EXCLUDED.name, owner = EXCLUDED.owner").Exec(ctx)
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
	return wrong("sqlstore.PutMember", "member", err)
}
