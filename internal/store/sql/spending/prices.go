package spending

import (
	"context"
	"encoding/json"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/pricing"
	"github.com/sluicegate/sluice/gateway/replica"
	"github.com/sluicegate/sluice/internal/store/sql/db"
)

type priceRuleRow struct {
	bun.BaseModel `bun:"table:price_rules"`

	ID         string `bun:"id,pk"`
	Workspace  string `bun:"workspace_id"`
	Name       string `bun:"name"`
	Team       string `bun:"team_id"`
	VirtualKey string `bun:"virtual_key"`
	Provider   string `bun:"provider"`
	Model      string `bun:"model"`
	Effect     string `bun:"effect"`
	CreatedAt  int64  `bun:"created_at"`
	UpdatedAt  int64  `bun:"updated_at"`
}

// priceEffect is what a price rule does.
type priceEffect struct {
	Factor *gateway.PriceFactor `json:"factor,omitempty"`
	Price  *gateway.Price       `json:"price,omitempty"`
}

type priceSettingRow struct {
	bun.BaseModel `bun:"table:price_settings"`

	Workspace string `bun:"workspace_id,pk"`
	Unpriced  string `bun:"unpriced_models"`
}

// PriceRules implements pricing.Store.
func (s *Store) PriceRules(ctx context.Context) ([]pricing.Rule, error) {
	const op = "sqlstore.PriceRules"
	var rows []priceRuleRow
	if err := s.db.NewSelect().Model(&rows).OrderExpr(s.db.ByBytes("id")).Scan(ctx); err != nil {
		return nil, db.Error(op, "price rule", err)
	}
	out := make([]pricing.Rule, len(rows))
	for i, row := range rows {
		var effect priceEffect
		if err := json.Unmarshal([]byte(row.Effect), &effect); err != nil {
			return nil, db.Error(op, "price rule", err)
		}
		out[i] = pricing.Rule{ID: row.ID, Workspace: row.Workspace, Name: row.Name, Team: row.Team, VirtualKey: row.VirtualKey, Provider: row.Provider, Model: row.Model,
			Factor: effect.Factor, Price: effect.Price, CreatedAt: db.Time(row.CreatedAt), UpdatedAt: db.Time(row.UpdatedAt)}
	}
	return out, nil
}

// PutPriceRule implements pricing.Store.
func (s *Store) PutPriceRule(ctx context.Context, r pricing.Rule) error {
	const op = "sqlstore.PutPriceRule"
	if err := db.RefuseUnlessStorable(op, "price rule", r.ID, r.Workspace, r.Name, r.Team, r.VirtualKey, r.Provider, r.Model); err != nil {
		return err
	}
	row := priceRuleRow{ID: r.ID, Workspace: r.Workspace, Name: r.Name, Team: r.Team, VirtualKey: r.VirtualKey, Provider: r.Provider, Model: r.Model,
		Effect: db.JSON(priceEffect{r.Factor, r.Price}), CreatedAt: db.Nanos(r.CreatedAt), UpdatedAt: db.Nanos(r.UpdatedAt)}
	err := s.db.Change(ctx, replica.Change{Kind: replica.Prices, Workspace: r.Workspace, ID: r.ID}, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewInsert().Model(&row).On("CONFLICT (id) DO UPDATE").Exec(ctx)
		return err
	})
	return db.Error(op, "price rule", err)
}

// DeletePriceRule implements pricing.Store.
func (s *Store) DeletePriceRule(ctx context.Context, id string) error {
	const op = "sqlstore.DeletePriceRule"
	err := s.db.Change(ctx, replica.Change{Kind: replica.Prices, ID: id}, func(ctx context.Context, tx bun.Tx) error {
		res, err := tx.NewDelete().Model((*priceRuleRow)(nil)).Where("id = ?", id).Exec(ctx)
		return db.ErrorUnlessFound(op, "price rule", res, err)
	})
	return db.Error(op, "price rule", err)
}

// UnpricedModels implements pricing.Store.
func (s *Store) UnpricedModels(ctx context.Context) (map[string]gateway.UnpricedModels, error) {
	const op = "sqlstore.UnpricedModels"
	var rows []priceSettingRow
	if err := s.db.NewSelect().Model(&rows).Scan(ctx); err != nil {
		return nil, db.Error(op, "price setting", err)
	}
	out := make(map[string]gateway.UnpricedModels, len(rows))
	for _, row := range rows {
		var u gateway.UnpricedModels
		if err := json.Unmarshal([]byte(row.Unpriced), &u); err != nil {
			return nil, db.Error(op, "price setting", err)
		}
		out[row.Workspace] = u
	}
	return out, nil
}

// SetUnpricedModels implements pricing.Store.
func (s *Store) SetUnpricedModels(ctx context.Context, workspace string, to *gateway.UnpricedModels) error {
	err := s.db.Change(ctx, replica.Change{Kind: replica.Prices, Workspace: workspace}, func(ctx context.Context, tx bun.Tx) error {
		if to == nil {
			_, err := tx.NewDelete().Model((*priceSettingRow)(nil)).Where("workspace_id = ?", workspace).Exec(ctx)
			return err
		}
		_, err := tx.NewInsert().Model(&priceSettingRow{Workspace: workspace, Unpriced: db.JSON(to)}).On("CONFLICT (workspace_id) DO UPDATE").Exec(ctx)
		return err
	})
	return db.Error("sqlstore.SetUnpricedModels", "price setting", err)
}
