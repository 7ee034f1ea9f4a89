package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strings"

	"github.com/sluicegate/sluice/telemetry"
)

// Facets counts the newest exchanges by their columns. Filters that no column has, and metadata, are
// looked up in the facts.
func (s *Store) Facets(ctx context.Context, q telemetry.FacetQuery) (out telemetry.Facets, err error) {
	if err := q.Check(); err != nil {
		return telemetry.Facets{}, err
	}
	q.Cursor = ""
	if factsNeeded(&q) {
		out, err = telemetry.CountFacets(&q, func(q telemetry.Query, limit int) (telemetry.FacetRows, error) {
			records, err := s.newest(ctx, q, limit)
			return telemetry.RecordRows(records), err
		})
	} else {
		err = s.snapshot(ctx, func(tx *sql.Tx) error {
			reader := facetReader{store: s, tx: tx, groups: map[int64]map[telemetry.Dimension]*groups{}}
			out, err = telemetry.CountFacets(&q, func(q telemetry.Query, limit int) (telemetry.FacetRows, error) { return reader.newest(ctx, &q, limit) })
			return err
		})
	}
	if err != nil {
		return telemetry.Facets{}, failed("sqlite.Facets", err)
	}
	return out, nil
}

// factsNeeded reports whether a question is about what no column has.
func factsNeeded(q *telemetry.FacetQuery) bool {
	about := telemetry.AnalyticsQuery{Query: q.Query}
	about.Session = "" // has a column and an index
	return !columnsSuffice(&about) || slices.ContainsFunc(q.Dimensions, func(d telemetry.Dimension) bool {
		_, ok := d.MetadataKey()
		return ok || d == telemetry.DimensionVariant
	})
}

// facetReader reads the columns that facets count.
type facetReader struct {
	store  *Store
	tx     *sql.Tx
	groups map[int64]map[telemetry.Dimension]*groups // by workspace
}

// facetColumns are the columns that dimensions are made of, in the order of facetRow.numbers.
var facetColumns = [...]string{"caller", "target", "team", "template", "result", "verdict", "rescued"}

// facetRow is an exchange as facets see it.
type facetRow struct {
	workspace, n, ts int64
	numbers          [len(facetColumns)]int64
	user             string
	id               string            // read only where two exchanges began at once
	record           *telemetry.Record // of rows whose columns do not say all
}

// facetRows are the newest exchanges. They implement telemetry.FacetRows.
type facetRows struct {
	rows   []facetRow
	reader *facetReader
}

// Len implements telemetry.FacetRows.
func (f *facetRows) Len() int { return len(f.rows) }

// Of implements telemetry.FacetRows.
func (f *facetRows) Of(i int, d telemetry.Dimension) (value, name string, ok bool) {
	row := &f.rows[i]
	switch {
	case row.record != nil:
		return d.Of(row.record)
	case d == telemetry.DimensionUser:
		return row.user, "", row.user != ""
	}
	g := f.reader.groups[row.workspace][d]
	value, name = g.of(row.numbers[slices.Index(facetColumns[:], g.column)])
	return value, name, true
}

// newest reads the newest exchanges of a query.
func (f *facetReader) newest(ctx context.Context, q *telemetry.Query, limit int) (*facetRows, error) {
	out := &facetRows{reader: f}
	for _, workspace := range f.store.workspacesIn(q.Scope) {
		if err := f.name(ctx, workspace); err != nil {
			return nil, err
		}
		sections, err := f.store.sections(ctx, f.tx, q, workspace)
		if err != nil {
			return nil, err
		}
		for _, in := range sections {
			if err := f.search(ctx, q, workspace, in, limit, out); err != nil {
				return nil, err
			}
			if err := f.sort(ctx, out); err != nil {
				return nil, err
			}
			out.rows = out.rows[:min(len(out.rows), limit)]
		}
	}
	return out, nil
}

// name reads the names of a workspace's groups.
func (f *facetReader) name(ctx context.Context, workspace int64) error {
	if f.groups[workspace] != nil {
		return nil
	}
	f.groups[workspace] = map[telemetry.Dimension]*groups{}
	for _, d := range telemetry.Dimensions() {
		g, err := groupsOf(ctx, f.tx, d, workspace)
		if err != nil {
			return err
		}
		f.groups[workspace][d] = g
	}
	return nil
}

// search adds the newest matching exchanges of a section, and those that began together with the
// last of them.
func (f *facetReader) search(ctx context.Context, q *telemetry.Query, workspace int64, in section, limit int, out *facetRows) error {
	columns := make([]string, len(facetColumns))
	for i, c := range facetColumns {
		columns[i] = "coalesce(" + c + ", 0)"
	}
	filters := f.store.columnFilters(q, workspace)
	where := filter{[]string{in.where}, in.args}
	if len(filters.conditions) > 0 {
		where.and("(("+sampled+") IS NOT TRUE OR "+strings.Join(filters.conditions, " AND ")+")", filters.args...)
	}
	if !q.Since.IsZero() {
		where.and("ts >= ?", q.Since.UnixMicro())
	}
	if !q.Until.IsZero() {
		where.and("ts < ?", q.Until.UnixMicro())
	}
	if len(out.rows) >= limit {
		where.and("ts >= ?", out.rows[limit-1].ts)
	}
	rows, err := f.tx.QueryContext(ctx, "SELECT n, ts, ("+sampled+") IS TRUE, user, "+strings.Join(columns, ", ")+" FROM exchanges INDEXED BY "+in.index+
		" WHERE "+strings.Join(where.conditions, " AND ")+" ORDER BY ts DESC", where.args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	row, user, complete := facetRow{workspace: workspace}, sql.RawBytes{}, false
	into := []any{&row.n, &row.ts, &complete, &user}
	for i := range row.numbers {
		into = append(into, &row.numbers[i])
	}
	for found := 0; rows.Next(); {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if found >= limit && row.ts < out.rows[len(out.rows)-1].ts {
			break
		}
		row.user, row.record = string(user), nil
		if !complete {
			if row.record, err = f.record(ctx, row.n); err != nil {
				return err
			}
			if !q.Match(row.record) {
				continue
			}
		}
		out.rows = append(out.rows, row)
		found++
	}
	return rows.Err()
}

func (f *facetReader) record(ctx context.Context, n int64) (*telemetry.Record, error) {
	var facts []byte
	if err := f.tx.QueryRowContext(ctx, "SELECT facts FROM exchanges WHERE n = ?", n).Scan(&facts); err != nil {
		return nil, err
	}
	return telemetry.Unpack(facts)
}

// sort sorts as a listing does. No index has ids, so those of exchanges that began at once are read.
func (f *facetReader) sort(ctx context.Context, out *facetRows) error {
	newer := func(a, b facetRow) int { return cmp.Or(cmp.Compare(b.ts, a.ts), strings.Compare(b.id, a.id)) }
	slices.SortStableFunc(out.rows, newer)
	for i := range out.rows {
		together := i > 0 && out.rows[i-1].ts == out.rows[i].ts || i+1 < len(out.rows) && out.rows[i+1].ts == out.rows[i].ts
		if !together || out.rows[i].id != "" {
			continue
		}
		if err := f.tx.QueryRowContext(ctx, "SELECT id FROM exchanges WHERE n = ?", out.rows[i].n).Scan(&out.rows[i].id); err != nil {
			return err
		}
	}
	slices.SortStableFunc(out.rows, newer)
	return nil
}
