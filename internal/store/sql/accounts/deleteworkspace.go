package accounts

import (
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/replica"
	"github.com/sluicegate/sluice/internal/store/sql/db"
)

// held are the tables whose rows keep their workspace from being deleted, in the order in which a
// refusal names them.
var held = []struct{ table, one, many, where string }{
	{table: "api_keys", one: "API key", many: "API keys"},
	{table: "virtual_keys", one: "virtual key", many: "virtual keys"},
	{table: "configs", one: "config", many: "configs", where: "deleted_at IS NULL"},
	{table: "prompts", one: "prompt", many: "prompts"},
	{table: "teams", one: "team", many: "teams"},
	{table: "wallets", one: "wallet", many: "wallets"},
	{table: "usage_limits", one: "budget", many: "budgets"},
	{table: "rate_limits", one: "rate limit", many: "rate limits"},
	{table: "price_rules", one: "price rule", many: "price rules"},
	{table: "alert_targets", one: "alert target", many: "alert targets"},
}

// DeleteWorkspace implements identity.WorkspaceStore. Roles and sessions in the workspace, its
// price settings, saved views and log exports go with it; the ledger and the versions of deleted configs stay.
func (s *Store) DeleteWorkspace(ctx context.Context, id string) error {
	const op = "sqlstore.DeleteWorkspace"
	if err := db.AbsentUnlessStorable(op, "workspace", id); err != nil {
		return err
	}
	// Whoever adds to the workspace changes control data, too: it waits until this commits.
	err := s.db.Change(ctx, replica.Change{Kind: replica.Workspace, Workspace: id, ID: id}, func(ctx context.Context, tx bun.Tx) error {
		holds, err := holdings(ctx, tx, id)
		if err != nil {
			return err
		}
		if len(holds) > 0 {
			return &gateway.Error{Op: op, Kind: gateway.Conflict, Param: "workspace", Public: "The workspace still holds " + enumerated(holds) + ". Delete what it holds first."}
		}
		for _, table := range []string{"price_settings", "saved_views", "log_exports"} {
			if _, err := tx.NewDelete().Table(table).Where("workspace_id = ?", id).Exec(ctx); err != nil {
				return err
			}
		}
		res, err := tx.NewDelete().Model((*workspaceRow)(nil)).Where("id = ?", id).Exec(ctx)
		return db.ErrorUnlessFound(op, "workspace", res, err)
	})
	return db.Error(op, "workspace", err)
}

// holdings counts what a workspace holds: "2 API keys", "1 config".
func holdings(ctx context.Context, tx bun.Tx, workspace string) ([]string, error) {
	var out []string
	for _, h := range held {
		q := tx.NewSelect().Table(h.table).Where("workspace_id = ?", workspace)
		if h.where != "" {
			q = q.Where(h.where)
		}
		n, err := q.Count(ctx)
		switch {
		case err != nil:
			return nil, err
		case n == 1:
			out = append(out, "1 "+h.one)
		case n > 1:
			out = append(out, fmt.Sprintf("%d %s", n, h.many))
		}
	}
	return out, nil
}

// enumerated joins words as a sentence does: "a, b and c".
func enumerated(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
