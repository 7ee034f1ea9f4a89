package clickhouse

import (
	"context"
	"strings"

	"github.com/sluicegate/sluice/telemetry"
)

// Facets counts the newest exchanges: in one query those of all dimensions without a filter of their
// own, and in one for each of the others.
func (s *Store) Facets(ctx context.Context, q telemetry.FacetQuery) (telemetry.Facets, error) {
	const op = "clickhouse.Facets"
	if err := q.Check(); err != nil {
		return telemetry.Facets{}, err
	}
	q.Cursor = ""
	out := telemetry.Facets{Values: map[telemetry.Dimension]telemetry.Facet{}}
	var together []telemetry.Dimension
	for _, d := range q.Dimensions {
		other, ok := q.Without(d)
		if !ok {
			together = append(together, d)
			continue
		}
		f, err := s.count(ctx, &other, []telemetry.Dimension{d}, q.Counted())
		if err != nil {
			return telemetry.Facets{}, failed(op, err)
		}
		out.Values[d] = f.Values[d]
	}
	f, err := s.count(ctx, &q.Query, together, q.Counted())
	if err != nil {
		return telemetry.Facets{}, failed(op, err)
	}
	for d, values := range f.Values {
		out.Values[d] = values
	}
	out.Total, out.Capped = f.Total, f.Capped
	return out, nil
}

// count counts the newest exchanges of a query by some dimensions.
func (s *Store) count(ctx context.Context, q *telemetry.Query, by []telemetry.Dimension, most int) (telemetry.Facets, error) {
	newest := *q
	if err := s.narrow(ctx, &newest, most+1); err != nil {
		return telemetry.Facets{}, err
	}
	query, args := facetQuery(&newest, by, most)
	rows, err := s.conn.Query(ctx, query, args...)
	if err != nil {
		return telemetry.Facets{}, err
	}
	defer rows.Close()
	out := telemetry.Facets{Values: map[telemetry.Dimension]telemetry.Facet{}}
	found := map[string][]telemetry.FacetValue{}
	for rows.Next() {
		var dimension string
		var v telemetry.FacetValue
		if err := rows.Scan(&dimension, &v.Value, &v.Name, &v.Count); err != nil {
			return telemetry.Facets{}, err
		}
		if dimension == "" {
			out.Total = min(v.Count, int64(most))
			out.Capped = v.Count > int64(most)
		} else {
			found[dimension] = append(found[dimension], v)
		}
	}
	for _, d := range by {
		out.Values[d] = telemetry.Facet{Values: telemetry.SortFacet(found[string(d)]), Capped: out.Capped}
	}
	return out, rows.Err()
}

// facetQuery numbers the newest exchanges. The one behind the last that is counted tells that there
// are more: it counts for the total only, whose dimension is "".
func facetQuery(q *telemetry.Query, by []telemetry.Dimension, most int) (query string, args []any) {
	tuples := []string{"tuple('', '', '')"}
	for _, d := range by {
		value, name, of := dimension(d)
		tuples = append(tuples, "tuple(?, "+value+", "+name+")")
		args = append(append(args, string(d)), of...)
	}
	w := conditions(q)
	optional := []string{"''"}
	for _, d := range by {
		if d.Optional() {
			optional = append(optional, "?")
		}
	}
	newest := "SELECT *, row_number() OVER (ORDER BY ts DESC, request_id DESC) AS place FROM (SELECT " + facetColumns + " FROM llm_requests WHERE " + w.text() + " ORDER BY ts DESC, request_id DESC LIMIT ?)"
	query = "SELECT t.1 AS d, t.2 AS v, argMax(t.3, (ts, request_id)), toInt64(count()) FROM (SELECT ts, request_id, place, arrayJoin([" + strings.Join(tuples, ", ") + "]) AS t FROM (" + newest +
		")) WHERE (place <= ? OR t.1 = '') AND NOT (t.2 = '' AND t.1 != '' AND t.1 IN (" + strings.Join(optional, ", ") + ")) GROUP BY d, v"
	args = append(append(append(args, w.args...), most+1), most)
	for _, d := range by {
		if d.Optional() {
			args = append(args, string(d))
		}
	}
	return query, args
}

// facetColumns are the columns that dimensions are made of.
const facetColumns = "ts, request_id, model, requested_model, provider, virtual_key, member_id, member, team_id, team, api_key_id, api_key, config, prompt_id, prompt, prompt_variant, " +
	"status, outcome, cache_status, verdict, fallback_used, retry_count, metadata"
