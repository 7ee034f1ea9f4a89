package credentials

import (
	"context"
	"encoding/base64"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/gateway/credential/seal"
	"github.com/sluicegate/sluice/gateway/replica"
	"github.com/sluicegate/sluice/internal/store/sql/db"
)

// sealedColumn is a column with values that the master key seals. Every such column is listed in
// sealedColumns, so that a rotation of the master key reaches it.
type sealedColumn struct {
	table, column string
	keys          []string // of a row
	// sealedFor is what the value of a row is sealed for, by its keys.
	sealedFor func(keys []string) (table, row, column string)
}

var sealedColumns = []sealedColumn{
	{"organisations", "canary", []string{"id"}, func(k []string) (string, string, string) { return "organisations", k[0], "canary" }},
	{"installation_keys", "sealed", []string{"purpose"}, func(k []string) (string, string, string) { return seal.TableKeys, k[0], "sealed" }},
	{"virtual_keys", "credential", []string{"id"}, func(k []string) (string, string, string) { return "virtual_keys", k[0], "credential" }},
	{"virtual_key_credentials", "credential", []string{"virtual_key_id", "name"}, func(k []string) (string, string, string) {
		return "virtual_key_credentials", k[0] + "/" + k[1], "credential"
	}},
	{"alert_targets", "sealed", []string{"id"}, func(k []string) (string, string, string) { return "alert_targets", k[0], "sealed" }},
	{"responses", "sealed", []string{"workspace_id", "id"}, func(k []string) (string, string, string) { return "responses", k[0] + "/" + k[1], "content" }},
}

// An envelope's head, and the part of it that names its master key, are whole numbers of groups of
// base64: a database can cut and compare them in the text.
var (
	headText   = base64.StdEncoding.EncodedLen(seal.HeadSize)
	prefixText = base64.StdEncoding.EncodedLen(9)
)

// SealedTables implements seal.Store, as do the methods below.
func (s *Store) SealedTables() []string {
	out := make([]string, len(sealedColumns))
	for i, c := range sealedColumns {
		out[i] = c.table
	}
	return out
}

func columnOf(table string) *sealedColumn {
	for i := range sealedColumns {
		if sealedColumns[i].table == table {
			return &sealedColumns[i]
		}
	}
	return nil
}

func (s *Store) SealedOtherwise(ctx context.Context, table string, prefix []byte, skip, limit int) ([]seal.Value, error) {
	const op = "sqlstore.SealedOtherwise"
	c := columnOf(table)
	if c == nil {
		return nil, db.Error(op, "sealed value", fmt.Errorf("no sealed column in %s", table))
	}
	query := s.db.NewSelect().TableExpr("?", bun.Ident(c.table)).ColumnExpr("substr(?, 1, ?)", bun.Ident(c.column), headText).
		Where("? <> ''", bun.Ident(c.column)).Where("substr(?, 1, ?) <> ?", bun.Ident(c.column), prefixText, db.EncodeBytes(prefix)).
		OrderExpr(s.db.ByBytes(c.keys...)).Offset(int64(skip)).Limit(int64(limit))
	for _, k := range c.keys {
		query = query.Column(k)
	}
	rows, err := query.Rows(ctx)
	if err != nil {
		return nil, db.Error(op, "sealed value", err)
	}
	defer rows.Close()
	var out []seal.Value
	for rows.Next() {
		text, keys := "", make([]string, len(c.keys))
		into := []any{&text}
		for i := range keys {
			into = append(into, &keys[i])
		}
		if err := rows.Scan(into...); err != nil {
			return nil, db.Error(op, "sealed value", err)
		}
		v := seal.Value{Keys: keys}
		v.Table, v.Row, v.Column = c.sealedFor(keys)
		v.Sealed, _ = db.DecodeBytes(text[:len(text)/4*4]) // what does not decode does not open
		out = append(out, v)
	}
	if err := rows.Err(); err != nil {
		return nil, db.Error(op, "sealed value", err)
	}
	rows.Close()
	for i := range out { // of what is no envelope all is needed
		if v := &out[i]; seal.SealedWith(v.Sealed) == "" {
			var whole string
			if err := s.row(s.db.NewSelect().TableExpr("?", bun.Ident(c.table)).Column(c.column), c, v).Scan(ctx, &whole); err != nil {
				continue // it is gone
			}
			v.Sealed, _ = db.DecodeBytes(whole)
		}
	}
	return out, nil
}

// row selects the row of a value.
func (s *Store) row(q *bun.SelectQuery, c *sealedColumn, v *seal.Value) *bun.SelectQuery {
	for i, k := range c.keys {
		q = q.Where("? = ?", bun.Ident(k), v.Keys[i])
	}
	return q
}

func (s *Store) ReplaceSealed(ctx context.Context, v seal.Value, by []byte, whole bool) error {
	return db.Error("sqlstore.ReplaceSealed", "sealed value", replaceSealed(ctx, s.db, &v, by, whole))
}

func (s *Store) ReplaceCanary(ctx context.Context, v seal.Value, by []byte, whole bool) error {
	err := s.db.Change(ctx, replica.Change{Kind: replica.Organisation, ID: v.Row}, func(ctx context.Context, tx bun.Tx) error {
		return replaceSealed(ctx, tx, &v, by, whole)
	})
	return db.Error("sqlstore.ReplaceCanary", "canary", err)
}

// updater is the database, or a transaction.
type updater interface{ NewUpdate() *bun.UpdateQuery }

// replaceSealed replaces a value if it still begins with what was read.
func replaceSealed(ctx context.Context, in updater, v *seal.Value, by []byte, whole bool) error {
	c := columnOf(v.Table)
	before := db.EncodeBytes(v.Sealed)
	q := in.NewUpdate().TableExpr("?", bun.Ident(c.table))
	if whole {
		q = q.Set("? = ?", bun.Ident(c.column), db.EncodeBytes(by)).Where("? = ?", bun.Ident(c.column), before)
	} else {
		q = q.Set("? = ? || substr(?, ?)", bun.Ident(c.column), db.EncodeBytes(by), bun.Ident(c.column), headText+1).
			Where("substr(?, 1, ?) = ?", bun.Ident(c.column), headText, before)
	}
	for i, k := range c.keys {
		q = q.Where("? = ?", bun.Ident(k), v.Keys[i])
	}
	_, err := q.Exec(ctx)
	return err
}
