package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/telemetry"
)

// dimension is a small table of combinations that rows of exchanges name by their number. Only the
// holder of Store.writing may use its fields that change.
type dimension struct {
	table   string
	column  string   // of exchanges, with an index exchanges_by_<column>
	columns []string // of table, after workspace
	values  func(*telemetry.Record) [4]string

	insert, find string
	known        map[combination]int64 // read and written before; at most maxCombinations
	size         int64                 // rows in the table; -1: not counted
}

// combination is a row of a dimension.
type combination struct {
	workspace int64
	values    [4]string // of the columns; "" beyond them
}

// maxCombinations bounds each dimension: callers can name models that nobody has.
const maxCombinations = 20_000

// anyCombination is the number that stands for combinations beyond the bound.
const anyCombination = 0

func newDimension(column string, columns []string, values func(*telemetry.Record) [4]string) *dimension {
	d := &dimension{table: column + "s", column: column, columns: columns, values: values}
	d.insert = "INSERT INTO " + d.table + " (workspace, " + strings.Join(columns, ", ") + ") VALUES (?" + strings.Repeat(", ?", len(columns)) + ")"
	d.find = "SELECT n FROM " + d.table + " WHERE workspace = ? AND " + strings.Join(columns, " = ? AND ") + " = ?"
	d.forget()
	return d
}

// forget drops what was read and written: a transaction was rolled back, or rows were deleted.
func (d *dimension) forget() { d.known, d.size = map[combination]int64{}, -1 }

// number returns the number of a combination, which it adds if it is new.
func (d *dimension) number(ctx context.Context, tx *sql.Tx, workspace int64, values [4]string) (int64, error) {
	c := combination{workspace, values}
	if n, ok := d.known[c]; ok {
		return n, nil
	}
	n, err := d.lookup(ctx, tx, c)
	if err == nil && n != anyCombination {
		d.known[c] = n
	}
	return n, err
}

// lookup reads a combination from the table, or adds it.
func (d *dimension) lookup(ctx context.Context, tx *sql.Tx, c combination) (n int64, err error) {
	args := []any{c.workspace}
	for i := range d.columns {
		args = append(args, c.values[i])
	}
	err = tx.QueryRowContext(ctx, d.find, args...).Scan(&n)
	if !errors.Is(err, sql.ErrNoRows) {
		return n, err
	}
	if d.size < 0 {
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM "+d.table).Scan(&d.size); err != nil {
			return 0, err
		}
	}
	if d.size >= maxCombinations {
		return anyCombination, nil
	}
	res, err := tx.ExecContext(ctx, d.insert, args...)
	if err != nil {
		return 0, err
	}
	d.size++
	return res.LastInsertId()
}

// dimensions are what listings filter by.
type dimensions struct{ template, caller, team, target, result *dimension }

// all lists the dimensions in the order of the columns, which is the order in which the filters of
// a query are tried: what selects fewer rows comes first.
func (d *dimensions) all() []*dimension {
	return []*dimension{d.template, d.caller, d.team, d.target, d.result}
}

func (d *dimensions) forget() {
	for _, d := range d.all() {
		d.forget()
	}
}

func newDimensions() dimensions {
	return dimensions{
		template: newDimension("template", []string{"config", "prompt_id", "prompt"}, func(r *telemetry.Record) [4]string {
			if r.Prompt == nil {
				return [4]string{r.Config.Slug}
			}
			return [4]string{r.Config.Slug, r.Prompt.ID, r.Prompt.Slug}
		}),
		caller: newDimension("caller", []string{"member", "member_name", "api_key", "api_key_name"}, func(r *telemetry.Record) [4]string {
			return [4]string{r.Member, r.MemberName, r.APIKey, r.APIKeyName}
		}),
		team: newDimension("team", []string{"team", "team_name"}, func(r *telemetry.Record) [4]string {
			return [4]string{r.Team, r.TeamName}
		}),
		target: newDimension("target", []string{"model", "served", "provider", "virtual_key"}, func(r *telemetry.Record) [4]string {
			return [4]string{r.Model, r.Served, r.Provider, r.VirtualKey}
		}),
		result: newDimension("result", []string{"status", "outcome", "cache"}, func(r *telemetry.Record) [4]string {
			return [4]string{strconv.Itoa(r.Status), r.Outcome.String(), r.CacheStatus()}
		}),
	}
}
