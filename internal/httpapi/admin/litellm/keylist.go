package litellm

import (
	"context"
	"slices"
	"strings"

	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
)

// keyInfoResponse is the answer of /key/info.
type keyInfoResponse struct {
	Key  string `json:"key"` // hash
	Info keyRow `json:"info"`
}

// keyInfo describes the key of ?key=, else the caller's own.
func (a *routes) keyInfo(ctx context.Context, r *action.Request) error {
	q := action.ReadQuery(r)
	q.Text("workspace")
	if err := q.Done(); err != nil {
		return err
	}
	var k identity.APIKeyInfo
	var err error
	if asked := r.NamedKey(); asked.Empty() {
		k, err = callersKey(ctx, a, r.By)
	} else {
		k, err = a.find(ctx, r, asked)
	}
	if err != nil {
		return err
	}
	row, err := a.row(ctx, k)
	r.Target, r.Reply = k.ID, keyInfoResponse{hashOf(k), row}
	return err
}

// keyList is the answer of /key/list. Keys are hashes, or whole rows.
type keyList struct {
	Keys    any `json:"keys"`
	Total   int `json:"total_count"`
	Current int `json:"current_page"`
	Pages   int `json:"total_pages"`
}

// listKeys takes page, size, user_id, team_id, key_alias, key_hash, return_full_object, sort_by and
// sort_order; the newest first.
func (a *routes) listKeys(ctx context.Context, r *action.Request) error {
	q := action.ReadQuery(r)
	workspace := q.Text("workspace")
	page, size := q.Whole("page", 1, 1, 1_000_000), q.Whole("size", 10, 1, 100)
	user, team, alias, hash := q.Text("user_id"), q.Text("team_id"), q.Text("key_alias"), q.Text("key_hash")
	full := q.Flag("return_full_object")
	q.Flag("include_team_keys") // whoever may see them sees them
	q.Flag("include_created_by_keys")
	by, order := q.OneOf("sort_by", "created_at", "updated_at", "spend", "key_alias"), q.OneOf("sort_order", "desc", "asc")
	if err := q.Done(); err != nil {
		return err
	}
	all, err := a.Keys.APIKeys(ctx, r.By, workspace)
	if err != nil {
		return named(err)
	}
	all = slices.DeleteFunc(all, func(k identity.APIKeyInfo) bool {
		name := aliasOf(k)
		return user != "" && user != k.MemberName && user != k.Member || team != "" && team != k.Team && team != k.TeamName ||
			alias != "" && (name == nil || *name != alias) || hash != "" && hash != hashOf(k)
	})
	slices.SortStableFunc(all, func(x, y identity.APIKeyInfo) int {
		if order == "desc" {
			x, y = y, x
		}
		return compareKeys(by, x, y)
	})
	rows, pages := listOf(all, page, size)
	out := keyList{Total: len(all), Current: page, Pages: pages}
	hashes := make([]string, len(rows))
	for i, k := range rows {
		hashes[i] = hashOf(k)
	}
	if out.Keys = hashes; full {
		if out.Keys, err = a.rows(ctx, rows...); err != nil {
			return err
		}
	}
	r.Reply = out
	return nil
}

func compareKeys(by string, x, y identity.APIKeyInfo) int {
	switch by {
	case "updated_at":
		return x.UpdatedAt.Compare(y.UpdatedAt)
	case "spend":
		return int(min(max(x.Spent-y.Spent, -1), 1))
	case "key_alias":
		return strings.Compare(x.Name, y.Name)
	}
	return x.CreatedAt.Compare(y.CreatedAt)
}
