package accounts

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity/device"
	"github.com/sluicegate/sluice/internal/store/sql/db"
)

type deviceGrantRow struct {
	bun.BaseModel `bun:"table:device_grants"`

	ID        string `bun:"id,pk"`
	Device    string `bun:"device_hash"`
	User      string `bun:"user_hash"`
	Scope     string `bun:"scope"`
	Client    string `bun:"client"`
	Address   string `bun:"address"`
	State     string `bun:"state"`
	Member    string `bun:"member_id"`
	Workspace string `bun:"workspace_id"`
	APIKey    string `bun:"api_key_id"`
	CreatedAt int64  `bun:"created_at"`
	ExpiresAt int64  `bun:"expires_at"`
}

func rowOfGrant(g device.Grant) deviceGrantRow {
	return deviceGrantRow{ID: g.ID, Device: db.EncodeBytes(g.Device[:]), User: db.EncodeBytes(g.User[:]), Scope: string(g.Scope), Client: g.Client, Address: g.Address,
		State: string(g.State), Member: g.Member, Workspace: g.Workspace, APIKey: g.APIKey, CreatedAt: db.Nanos(g.CreatedAt), ExpiresAt: db.Nanos(g.ExpiresAt)}
}

func (r *deviceGrantRow) grant() (g device.Grant, err error) {
	g = device.Grant{ID: r.ID, Scope: device.Scope(r.Scope), Client: r.Client, Address: r.Address, State: device.State(r.State),
		Member: r.Member, Workspace: r.Workspace, APIKey: r.APIKey, CreatedAt: db.Time(r.CreatedAt), ExpiresAt: db.Time(r.ExpiresAt)}
	if g.Device, err = readHash(r.Device); err == nil {
		g.User, err = readHash(r.User)
	}
	return g, err
}

// StartDevice implements device.Store, as do the methods below.
func (s *Store) StartDevice(ctx context.Context, g device.Grant, gone time.Time, ofAddress, inAll int) error {
	const op = "sqlstore.StartDevice"
	if err := db.RefuseUnlessStorable(op, "device grant", g.ID, string(g.Scope), g.Client, g.Address); err != nil {
		return err
	}
	row := rowOfGrant(g)
	err := s.db.RunInTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewDelete().Model((*deviceGrantRow)(nil)).Where("expires_at < ?", db.Nanos(gone)).Exec(ctx); err != nil {
			return err
		}
		waiting := tx.NewSelect().Model((*deviceGrantRow)(nil)).Where("expires_at > ?", row.CreatedAt)
		all, err := waiting.Count(ctx)
		if err != nil {
			return err
		}
		own, err := waiting.Where("address = ?", row.Address).Count(ctx)
		if err != nil {
			return err
		}
		if all >= int64(inAll) || own >= int64(ofAddress) {
			return &gateway.Error{Op: op, Kind: gateway.RateLimited, Public: "Too many programs wait."}
		}
		_, err = tx.NewInsert().Model(&row).Exec(ctx)
		return err
	})
	return db.Error(op, "device grant", err)
}

func (s *Store) deviceGrant(ctx context.Context, op, column string, hash device.Hash) (device.Grant, error) {
	var r deviceGrantRow
	err := s.db.NewSelect().Model(&r).Where("? = ?", bun.Ident(column), db.EncodeBytes(hash[:])).Scan(ctx)
	if err != nil {
		return device.Grant{}, db.Error(op, "device grant", err)
	}
	g, err := r.grant()
	return g, db.Error(op, "device grant", err)
}

func (s *Store) DeviceByCode(ctx context.Context, code device.Hash) (device.Grant, error) {
	return s.deviceGrant(ctx, "sqlstore.DeviceByCode", "device_hash", code)
}

func (s *Store) DeviceByUserCode(ctx context.Context, code device.Hash) (device.Grant, error) {
	return s.deviceGrant(ctx, "sqlstore.DeviceByUserCode", "user_hash", code)
}

func (s *Store) DecideDevice(ctx context.Context, g device.Grant) error {
	const op = "sqlstore.DecideDevice"
	if err := db.RefuseUnlessStorable(op, "device grant", g.ID, g.Member, g.Workspace, g.APIKey); err != nil {
		return err
	}
	row := rowOfGrant(g)
	res, err := s.db.NewUpdate().Model(&row).Column("state", "member_id", "workspace_id", "api_key_id").WherePK().Where("state = ?", string(device.Pending)).Exec(ctx)
	return db.ErrorUnlessFound(op, "device grant", res, err)
}

func (s *Store) TakeDevice(ctx context.Context, id string) error {
	const op = "sqlstore.TakeDevice"
	if err := db.AbsentUnlessStorable(op, "device grant", id); err != nil {
		return err
	}
	res, err := s.db.NewDelete().Model((*deviceGrantRow)(nil)).Where("id = ?", id).Exec(ctx)
	return db.ErrorUnlessFound(op, "device grant", res, err)
}
